"""
A file of transfers for a bank (SEPA pain.001), for a payer that is not the State.

The State's own payments never pass here: its accountant makes them in Chorus.
"""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from sepaxml import SepaTransfer
from sepaxml.validation import ValidationError, try_valid_xml

from traitdunion.base.errors import Refusal

# The version that every French bank takes in; its XSD comes with the library.
SCHEMA = "pain.001.001.03"
NAMESPACE = f"{{urn:iso:std:iso:20022:tech:xsd:{SCHEMA}}}"


class NotATransferFile(Refusal):
    """What would be sent is not what banks take in; nothing leaves."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account, as the bank knows it."""

    holder: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment: ``reference`` comes back in the bank's answers, hence unique and short."""

    to: Account
    amount_cents: int
    reference: str
    label: str


def transfers_file(
    *, payer: Account, transfers: Sequence[Transfer], message: str, pay_on: date, at: datetime
) -> bytes:
    """
    The file that the payer's bank takes in, checked against its schema.

    Args:
        message: identifier of the file; a bank refuses the same one twice, so no double payment.
    Raises: NotATransferFile.
    """
    sheet = SepaTransfer(
        {"name": payer.holder, "IBAN": payer.iban, "batch": True, "currency": "EUR"}
        | ({"BIC": payer.bic} if payer.bic else {}),
        schema=SCHEMA,
    )
    for one in transfers:
        sheet.add_payment(_payment(one, pay_on))
    return _checked(_told(sheet.export(validate=False), message, at))


def _payment(one: Transfer, pay_on: date) -> dict[str, object]:
    bank = {"BIC": one.to.bic} if one.to.bic else {}
    return {
        "name": one.to.holder,
        "IBAN": one.to.iban,
        "amount": one.amount_cents,
        "execution_date": pay_on,
        "description": one.label,
        "endtoend_id": one.reference[:35],
    } | bank


def _told(xml: bytes, message: str, at: datetime) -> bytes:
    """The same file under our own identifiers and clock: made twice, it is the same file."""
    # What we wrote ourselves a moment ago, not a foreign document.
    root = ET.fromstring(xml)  # noqa: S314
    names = {"MsgId": message[:35], "CreDtTm": f"{at:%Y-%m-%dT%H:%M:%S}"}
    for name, text in names.items():
        for node in root.iter(f"{NAMESPACE}{name}"):
            node.text = text
    for k, node in enumerate(root.iter(f"{NAMESPACE}PmtInfId"), start=1):
        node.text = f"{message[:30]}-{k}"
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "utf-8")


def _checked(xml: bytes) -> bytes:
    try:
        try_valid_xml(xml, SCHEMA)
    except ValidationError as error:
        raise NotATransferFile(
            _(
                "Le fichier de virements n’est pas conforme (%(why)s) : vérifiez le titulaire,"
                " l’IBAN et le BIC de chaque compte, puis recommencez."
            )
            % {"why": _why(error)}
        ) from None
    return xml


def _why(error: ValidationError) -> str:
    reason = getattr(error.__cause__, "reason", "") or str(error)
    return " ".join(str(reason).split())[:120]
