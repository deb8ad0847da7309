"""The journal is closed over again and again, and every seal says what it covers."""

import pytest

from tests.journal.conftest import WHO, Office
from traitdunion.journal import operations, queries
from traitdunion.journal.models import Event, Head, Seal
from traitdunion.steering import queries as steering


def test_everything_holds_together_when_three_days_are_sealed(office: Office) -> None:
    assert list(steering.every_wrong()) == []
    assert queries.unsealed() == 0
    assert Seal.objects.count() == Head.objects.get().seals == 3


def test_sealing_again_adds_nothing_when_nothing_happened(office: Office) -> None:
    assert office.seal() == 0
    assert Seal.objects.count() == 3


def test_a_days_work_waits_for_the_evening(office: Office) -> None:
    office.work_a_day()

    assert queries.unsealed() > 10
    assert list(queries.check()) == []
    assert office.seal() > 10
    assert queries.unsealed() == 0


def test_a_long_day_is_sealed_in_several_times(office: Office, monkeypatch) -> None:
    monkeypatch.setattr("traitdunion.journal.sealing.MOST", 4)
    office.work_a_day()
    waiting = queries.unsealed()

    assert office.seal() == waiting
    assert Seal.objects.count() == 3 + -(-waiting // 4)
    assert list(queries.check()) == []


def test_a_seal_is_recognised_from_its_outside_copy(office: Office) -> None:
    last = Seal.objects.get(number=3)

    assert queries.has_seal(f" {last.hash.upper()} ")
    assert not queries.has_seal("0" * 64)


def test_an_event_committed_late_enters_a_later_seal(office: Office) -> None:
    """A lower identifier that shows up after a higher one was sealed, as on PostgreSQL."""
    late = Event.objects.order_by("-id").first().pk + 1
    office.work_a_day()
    Event.objects.filter(pk=0).exists()
    operations.record(verb="test.sealed_before", subject=office.school, **WHO)
    newest = Event.objects.order_by("-id").first()
    Event.objects.bulk_create([_copy(newest, newest.pk + 5)])
    office.seal()

    Event.objects.bulk_create([_copy(newest, newest.pk + 2)])

    assert late < newest.pk
    assert _verdict() in ("late", "added")


def _copy(event: Event, pk: int) -> Event:
    return Event(
        pk=pk,
        at=event.at,
        actor_kind="robot",
        verb="test.late",
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        facts={},
    )


def _verdict() -> str:
    """On PostgreSQL the transaction may still have been running; on SQLite it cannot."""
    wrong = list(queries.check())
    if wrong:
        return "added"
    assert queries.unsealed() == 1
    assert operations.seal(**WHO) == 1
    assert list(queries.check()) == []
    return "late"


def test_an_operation_that_writes_rows_of_another_event_is_refused(office: Office) -> None:
    stray = Seal(number=9)
    stray.told_by = "another"

    with pytest.raises(ValueError, match="is not told by"):
        operations.record(verb="test.stray", subject=office.school, rows=[stray], **WHO)
