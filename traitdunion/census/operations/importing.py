"""A relay's list becomes needs: all of its good rows or, when the machine stops, none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base import bulk
from traitdunion.base.actors import Actor
from traitdunion.base.columns import Columns, Same
from traitdunion.base.sheets import Sheet
from traitdunion.census import queries
from traitdunion.census.models import Census, Duplicate, Import, Need
from traitdunion.census.queries import CensusClosed
from traitdunion.census.reading import (
    BadCell,
    Defaults,
    ReadNeed,
    read_row,
    recognised,
)
from traitdunion.census.reports import ImportReport, Rejected
from traitdunion.census.states import Doubt, NeedState
from traitdunion.journal import operations as journal
from traitdunion.people import arrays as likeness
from traitdunion.people import operations as people
from traitdunion.people import queries as persons
from traitdunion.people.states import Answer
from traitdunion.programme.schema import Plan

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation
    from traitdunion.people.queries import Eligibility

CHUNK = 5_000
NO_DEFAULTS = Defaults()
# The state a need begins in, and the doubt on it.
BEGINS: Mapping[str, tuple[str, str]] = {
    Answer.IN: (NeedState.OPEN.value, Doubt.NONE.value),
    Answer.OUT: (NeedState.OUT.value, Doubt.NONE.value),
    Answer.REVIEW: (NeedState.DOUBTFUL.value, Doubt.LIMIT.value),
    Answer.UNKNOWN: (NeedState.DOUBTFUL.value, Doubt.ADDRESS.value),
}
Progress = Callable[[int], None]

__all__ = ["CensusClosed", "Progress", "Writer", "import_rows"]


def import_rows(
    *,
    census: Census,
    sheet: Sheet,
    relay: "Organisation",
    plan: Plan,
    generation: str,
    by: Actor,
    at: datetime,
    defaults: Defaults = NO_DEFAULTS,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """
    Record the needs of a list, once: the same child, or the same file again, adds nothing.

    Args:
        generation: of the neighbourhoods that decide.
        defaults: what the relay says for a list without those columns.
        dry_run: read and check everything, write nothing.
        progress: told how many rows are done.
    Raises: CensusClosed, Unreadable.
    """
    queries.check_open(census, plan, at)
    where = recognised(sheet)
    report = ImportReport(
        notices=list(sheet.notices),
        columns={sheet.header[index]: name for name, index in where.items()},
        header=sheet.header,
    )
    writer = Writer(census, relay, plan, generation, by, at, report)
    with bulk.large_write(), transaction.atomic():
        for batch in sheet.batches(CHUNK):
            good = _read(batch, where, defaults, at, report)
            if dry_run:
                writer.rehearse(good)
            else:
                writer.write(good)
            if progress:
                progress(report.rows)
        report.tell_assumed()
        if not dry_run:
            writer.flag_duplicates()
            _note_import(census, relay, sheet, report, by, at)
            queries.check_open(census, plan, at)
    return report


def _read(
    batch: Sequence,
    where: dict[str, int],
    defaults: Defaults,
    at: datetime,
    report: ImportReport,
) -> list[ReadNeed]:
    good = []
    for row in batch:
        report.rows += 1
        try:
            read = read_row(row, where, defaults, at.date())
            good.append(read)
            report.assumed += read.is_assumed
        except BadCell as bad:
            report.rejected.append(Rejected(row.line, bad.column, bad.reason, row.cells))
    return good


@dataclass
class Writer:
    """Writes rows by thousands: people, where they live, their needs, what looks double."""

    census: Census
    relay: "Organisation"
    plan: Plan
    generation: str
    by: Actor
    at: datetime
    report: ImportReport
    _rehearsed: set[str] = field(default_factory=set)

    def rehearse(self, good: Sequence[ReadNeed]) -> None:
        """Count what would be added, and write nothing."""
        keys = [row.child.search_key(self.relay.pk) for row in good]
        known = persons.known_children(set(keys))
        recorded = queries.persons_with_need(self.census, list(known.values()))
        for key in keys:
            if key in self._rehearsed or known.get(key) in recorded:
                self.report.known += 1
            else:
                self.report.added += 1
            self._rehearsed.add(key)

    def write(self, good: Sequence[ReadNeed], *, revives: bool = False) -> None:
        """
        Record these rows.

        Args:
            revives: a need withdrawn before comes back; a list that comes again never does that.
        """
        found = people.register_children(
            rows=[row.child for row in good],
            relay_id=self.relay.pk,
            notice_days=self.plan.lending.notice_days,
            by=self.by,
            at=self.at,
        )
        fresh, again = self._sorted(found, good, revives)
        self._correct(again)
        answers = people.decide_eligibility(
            person_ids=list(fresh),
            generation=self.generation,
            tolerance_m=self.plan.eligibility.tolerance_m,
            by=self.by,
            at=self.at,
            listed=found.listed,
        )
        if fresh:
            self._write_needs(fresh, [answers[person] for person in fresh])

    def _write_needs(self, fresh: dict[UUID, ReadNeed], answers: Sequence["Eligibility"]) -> None:
        ids, persons_, rows = bulk.new_ids(len(fresh)), list(fresh), list(fresh.values())
        stated = [BEGINS[answer.answer] for answer in answers]
        priority = self.plan.census.drop_out_priority
        columns: Columns = {
            "id": ids,
            "census_id": Same(self.census.pk),
            "relay_id": Same(self.relay.pk),
            "person_id": persons_,
            "neighbourhood_id": [answer.neighbourhood_id for answer in answers],
            "state": [state for state, _doubt in stated],
            "doubt": [doubt for _state, doubt in stated],
            "recorded_at": Same(self.at),
            "kind": [row.kind for row in rows],
            "degree": [row.degree for row in rows],
            "priority": [priority if row.drop_out_signal else 0 for row in rows],
            "level": [row.level for row in rows],
            "school_class": [row.school_class for row in rows],
            "drop_out_signal": [row.drop_out_signal for row in rows],
        }
        bulk.insert_columns(Need, columns)
        self._count([state for state, _doubt in stated])
        journal.record_many(
            verb="census.need_recorded",
            subject_kind="census.need",
            subjects=[(pk, {"person": str(who)}) for pk, who in zip(ids, fresh, strict=True)],
            by=self.by,
            at=self.at,
        )

    def _sorted(
        self, found: people.Registered, good: Sequence[ReadNeed], revives: bool
    ) -> tuple[dict[UUID, ReadNeed], dict[UUID, ReadNeed]]:
        """The rows to record and those already recorded; a line that repeats one is told."""
        known = [person for person in found if person not in found.listed]
        recorded = queries.persons_with_need(self.census, known, withdrawn=not revives)
        recorded |= persons.has_objected(known)
        fresh: dict[UUID, ReadNeed] = {}
        again: dict[UUID, ReadNeed] = {}
        for person, row in zip(found, good, strict=True):
            if person in fresh:
                self.report.repeated.append((row.line, fresh[person].line))
            if person in fresh or person in recorded:
                self.report.known += 1
                again.setdefault(person, row)
            else:
                fresh[person] = row
        return fresh, {person: row for person, row in again.items() if person not in fresh}

    def _correct(self, again: dict[UUID, ReadNeed]) -> None:
        """The relay says otherwise of a child that it listed before: the need follows."""
        for need in queries.correctable(self.census, self.relay.pk, list(again)):
            said = self._said(again[need.person_id])
            changed = [name for name, value in said.items() if getattr(need, name) != value]
            if not changed:
                continue
            Need.objects.filter(pk=need.pk).update(**{name: said[name] for name in changed})
            self.report.corrected += 1
            facts = {"columns": changed}
            journal.record(
                verb="census.need_corrected", subject=need, by=self.by, at=self.at, facts=facts
            )

    def _said(self, row: ReadNeed) -> dict[str, Any]:
        """What the list says of a need."""
        priority = self.plan.census.drop_out_priority if row.drop_out_signal else 0
        return {
            "kind": row.kind,
            "degree": row.degree,
            "priority": priority,
            "level": row.level,
            "school_class": row.school_class,
            "drop_out_signal": row.drop_out_signal,
        }

    def _count(self, states: Sequence[str]) -> None:
        self.report.added += len(states)
        self.report.doubtful += states.count(NeedState.DOUBTFUL)
        self.report.outside += states.count(NeedState.OUT)

    def flag_duplicates(self) -> None:
        """Look-alikes wait for a person: both needs are kept, the newer one becomes doubtful."""
        alike = likeness.resembling(listed_at=self.at)
        while some := list(islice(alike, CHUNK)):
            self._flag(some)

    def _flag(self, alike: Sequence[likeness.Resemblance]) -> None:
        needs = queries.needs_of_persons(
            self.census, {pk for pair in alike for pk in (pair.person_id, pair.other_id)}
        )
        pairs = {
            (needs[pair.person_id], needs[pair.other_id]): pair
            for pair in alike
            if pair.person_id in needs and pair.other_id in needs
        }
        # A pair that was settled stays settled.
        for known in queries.pairs_known(list(pairs)):
            pairs.pop(known, None)
        flags = [
            Duplicate(need_id=need, other_id=other, score=pair.score, reasons=list(pair.reasons))
            for (need, other), pair in pairs.items()
        ]
        bulk.create(flags)
        doubtful = Need.objects.filter(pk__in={flag.need_id for flag in flags})
        self.report.doubtful += doubtful.filter(state=NeedState.OPEN).update(
            state=NeedState.DOUBTFUL, doubt=Doubt.DUPLICATE
        )
        self.report.duplicates += len(flags)


def _note_import(
    census: Census,
    relay: "Organisation",
    sheet: Sheet,
    report: ImportReport,
    by: Actor,
    at: datetime,
) -> None:
    done, created = Import.objects.get_or_create(
        census=census,
        relay=relay,
        digest=sheet.digest,
        defaults={
            "rows": report.rows,
            "added": report.added,
            "known": report.known,
            "rejected": len(report.rejected),
            "at": at,
        },
    )
    if not created:
        report.notices.append(_("Fichier déjà importé : rien n’a été ajouté deux fois."))
    facts = {"rows": report.rows, "added": report.added, "rejected": len(report.rejected)}
    journal.record(verb="census.list_imported", subject=done, by=by, at=at, facts=facts)
