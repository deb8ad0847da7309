"""A town hall pays its associations by a file that its bank takes in."""

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sepaxml
import xmlschema

from traitdunion.gateways.sepa import Account, NotATransferFile, Transfer, transfers_file

pytestmark = pytest.mark.once

AT = datetime(2020, 6, 2, 9, tzinfo=UTC)
TOWN = Account("Ville de Créteil", "FR7630001007941234567890185", "BDFEFRPPCCT")
BAKARY = Account("Association L’Étoile filante", "FR1420041010050500013M02606")
NS = {"n": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"}


def made(*transfers: Transfer, payer: Account = TOWN) -> bytes:
    return transfers_file(
        payer=payer, transfers=transfers, message="SUB-2020-0001", pay_on=date(2020, 6, 4), at=AT
    )


def test_the_file_of_the_town_hall_is_what_the_schema_of_banks_says() -> None:
    file = made(
        Transfer(BAKARY, 800_000, "G-1", "Subvention « été »"),
        Transfer(BAKARY, 150_050, "G-2", "Solde"),
    )

    folder = Path(sepaxml.__file__).parent / "schemas"
    assert xmlschema.XMLSchema(folder / "pain.001.001.03.xsd").is_valid(file.decode())
    root = ET.fromstring(file)
    assert root.findtext(".//n:GrpHdr/n:CtrlSum", namespaces=NS) == "9500.50"
    assert root.findtext(".//n:GrpHdr/n:NbOfTxs", namespaces=NS) == "2"
    told = [one.text for one in root.findall(".//n:InstdAmt", NS)]
    assert told == ["8000.00", "1500.50"]
    assert root.findtext(".//n:Cdtr/n:Nm", namespaces=NS) == "Association L'Etoile filante"


def test_made_twice_it_is_the_same_file_so_that_a_bank_refuses_the_second() -> None:
    one = Transfer(BAKARY, 800_000, "G-1", "Subvention")

    assert made(one) == made(one)


def test_an_iban_that_no_bank_could_read_stops_the_whole_file() -> None:
    wrong = Account("Association", "FR76 3000 1007")

    with pytest.raises(NotATransferFile, match="vérifiez le titulaire"):
        made(Transfer(wrong, 1_00, "G-1", "Subvention"))
