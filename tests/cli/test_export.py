"""The ledger in a file: a checker that is not ours accepts it, and finds our own totals in it."""

import json
import stat
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core.data import Transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.budget.conftest import NEXT_YEAR, WHO, commit, open_envelope, plan
from tests.budget.test_sequences import TRIALS, Money
from tests.cli.conftest import traitdunion
from traitdunion.base.actors import ROBOT
from traitdunion.budget import operations, queries
from traitdunion.budget.models import Envelope, PaymentRequest
from traitdunion.budget.queries import Totals
from traitdunion.journal.models import Event

BEAN_CHECK = Path(sys.executable).with_name("bean-check")


def written(path: Path) -> str:
    operations.export_ledger(path=path, by=ROBOT, at=WHO["at"])
    return path.read_text(encoding="utf-8")


def read(path: Path) -> tuple[list[Transaction], list[object]]:
    """Beancount's own reading: the transactions, and what it finds wrong."""
    entries, errors, _options = loader.load_file(str(path))
    return [one for one in entries if isinstance(one, Transaction)], errors


def sums(transactions: list[Transaction]) -> dict[tuple[str, str], int]:
    """(ledger, account) -> cents, every envelope together."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for one in transactions:
        for leg in one.postings:
            _root, ledger, _envelope, account = leg.account.split(":")
            cents = leg.units.number * 100
            assert cents == int(cents) and leg.units.currency == "EUR"
            found[ledger, account] += int(cents)
    return found


def totals(transactions: list[Transaction]) -> Totals:
    """What the dashboard shows, from beancount's transactions alone."""
    held = sums(transactions)

    def of(account: str, *ledgers: str) -> int:
        return sum(held[ledger, account] for ledger in ledgers)

    def opened(*ledgers: str) -> int:
        """What was delegated, or carried over to the next year, is granted twice."""
        return -sum(of(name, *ledgers) for name in ("Granted", "Delegated", "Carried"))

    return Totals(
        authorized_cents=opened("AE", "OWN"),
        committed_cents=of("Committed", "AE", "OWN") + of("Paid", "OWN"),
        certified_cents=of("Expense", "DUE"),
        paid_cents=of("Paid", "CP", "OWN"),
        cp_granted_cents=opened("CP", "OWN"),
        available_cents=of("Available", "AE", "OWN"),
        cp_available_cents=of("Available", "CP", "OWN") + of("Committed", "OWN"),
    )


@pytest.fixture
def envelope(db: None) -> Envelope:
    return open_envelope(100_000)


def everything() -> Totals:
    return queries.totals(Envelope.objects.order_by("pk"))


class Exported(Money):
    """Any sequence of what offices do, exported at its end."""

    folder: Path

    def teardown(self) -> None:
        try:
            path = self.folder / "ledger.beancount"
            written(path)
            transactions, errors = read(path)
            assert errors == []
            assert totals(transactions) == everything()
            for one in transactions:
                by_ledger: dict[str, Decimal] = defaultdict(Decimal)
                for leg in one.postings:
                    by_ledger[leg.account.split(":")[1]] += leg.units.number
                assert set(by_ledger.values()) == {Decimal(0)}
        finally:
            super().teardown()


@pytest.mark.django_db
def test_whatever_offices_do_the_checker_accepts_it_and_finds_our_totals(tmp_path: Path) -> None:
    Exported.folder = tmp_path

    run_state_machine_as_test(
        Exported,
        settings=settings(
            max_examples=8 * TRIALS,
            stateful_step_count=20,
            deadline=None,
            derandomize=TRIALS == 1,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_what_was_carried_over_is_in_the_totals_of_the_file_once(
    envelope: Envelope, tmp_path: Path
) -> None:
    commit(envelope, 12_345)
    operations.close_year(envelope=envelope, by=ROBOT, at=NEXT_YEAR)
    operations.carry_over(
        envelope=envelope, ae_cents=40_000, cp_cents=20_000, document="REP", by=ROBOT,
        at=NEXT_YEAR,
    )  # fmt: skip

    written(tmp_path / "ledger.beancount")
    transactions, errors = read(tmp_path / "ledger.beancount")

    assert errors == []
    assert totals(transactions) == everything()


def test_a_counter_that_is_a_cent_off_is_found_by_the_checker(
    envelope: Envelope, tmp_path: Path
) -> None:
    """Negative control: our counters are compared with our entries, by somebody else."""
    commit(envelope, 12_345)
    Envelope.objects.filter(pk=envelope.pk).update(committed_cents=12_346)

    written(tmp_path / "off.beancount")
    _transactions, errors = read(tmp_path / "off.beancount")

    assert [type(error).__name__ for error in errors] == ["BalanceError"] * 2


def test_an_entry_that_is_a_cent_off_is_found_by_the_checker(
    envelope: Envelope, tmp_path: Path
) -> None:
    commit(envelope, 12_345)
    path = tmp_path / "off.beancount"

    path.write_text(written(path).replace("Available  -123.45 EUR", "Available  -123.44 EUR"))
    _transactions, errors = read(path)

    assert any("does not balance" in error.message for error in errors)


def test_a_payment_says_its_papers_and_who_and_never_a_name(
    envelope: Envelope, tmp_path: Path
) -> None:
    bought = commit(envelope, 10_000, reference='BC "12"', ej_number="1512345678")
    operations.certify(commitment=bought, amount_cents=10_000, document="Réception", **WHO)
    operations.record_unasked_payment(
        commitment=bought, amount_cents=10_000, paid_on=WHO["at"].date(), dp_number="7000000077",
        plan=plan(), **WHO,
    )  # fmt: skip
    written(tmp_path / "paid.beancount")
    paid = read(tmp_path / "paid.beancount")[0][-1]
    request = PaymentRequest.objects.get()
    operations.send_back(request=request, reason="RIB refusé par la banque", **WHO)
    written(tmp_path / "ledger.beancount")
    transactions, errors = read(tmp_path / "ledger.beancount")
    undone = transactions[-1]

    assert errors == []
    assert (paid.payee, paid.narration, paid.meta["dp"]) == ("PAY", "7000000077", "7000000077")
    assert (undone.payee, undone.meta["reason"]) == ("REVERSE", "RIB refusé par la banque")
    assert {paid.meta["ej"], undone.meta["ej"]} == {"1512345678"}
    assert {one.meta["by"] for one in transactions} == {"robot"}
    assert any(one.narration == 'BC "12"' for one in transactions)


def test_a_reversal_leads_to_what_it_undoes(envelope: Envelope, tmp_path: Path) -> None:
    bought = commit(envelope, 10_000)
    done = operations.grant_advance(
        commitment=bought, amount_cents=5_000, document="Décision", **WHO
    )
    operations.reverse(movement=done, reason="Erreur de saisie", **WHO)

    written(tmp_path / "ledger.beancount")
    transactions, _errors = read(tmp_path / "ledger.beancount")

    undone = next(one for one in transactions if one.payee == "REVERSE")
    assert f"movement-{done.pk}" in undone.links
    assert undone.meta["reverses"] == str(done.pk)


def test_what_left_is_told_in_the_journal_and_its_owner_alone_reads_the_file(
    envelope: Envelope, tmp_path: Path
) -> None:
    path = tmp_path / "ledger.beancount"

    written(path)

    event = Event.objects.get(verb="budget.exported")
    assert event.facts == {"movements": 1, "entries": 4}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["ledger.beancount"]


@pytest.mark.once
@pytest.mark.django_db
def test_the_demonstration_is_accepted_by_bean_check(demonstration: str, tmp_path: Path) -> None:
    path = tmp_path / "demonstration.beancount"

    ran = traitdunion("export", "ledger", str(path), "--json", url=demonstration)
    checked = subprocess.run([BEAN_CHECK, path], capture_output=True, text=True, check=False)

    document = json.loads(ran.stdout)
    transactions, _errors = read(path)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert document["movements"] == len(transactions) > 0
    assert document["entries"] == sum(len(one.postings) for one in transactions)
    assert totals(transactions).committed_cents > 0


@pytest.mark.once
@pytest.mark.parametrize(
    ("what", "file", "says"),
    [
        ("opendata", "dossier", "« export opendata » n’existe pas encore"),
        ("ledger", "nulle/part.beancount", "fichier ou dossier introuvable"),
    ],
)
def test_what_cannot_be_written_is_one_line(
    what: str, file: str, says: str, tmp_path: Path
) -> None:
    ran = traitdunion("export", what, str(tmp_path / file), url=f"sqlite:///{tmp_path}/x.sqlite3")

    assert (ran.returncode, ran.stdout) == (2, "")
    assert says in ran.stderr and ran.stderr.count("\n") == 1
