"""Reading a name is an act: it says why, and it leaves a trace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import NotFound
from traitdunion.journal import operations as journal
from traitdunion.people.models import (
    Address,
    Authorisation,
    Guardianship,
    InformationNotice,
    Person,
)

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class GuardianLine:
    """
    Who answers for the child, as they are reached; ``address`` is theirs, or empty when it is the
    child's.
    """

    tie_id: UUID
    name: str
    phone: str
    email: str
    language: str
    address: str
    is_institution: bool


@dataclass(frozen=True, slots=True)
class ChildFile:
    """A child's file as the authorised reader sees it."""

    person_id: UUID
    first_name: str
    last_name: str
    birth_date: date | None
    household_id: UUID | None
    guardians: tuple[GuardianLine, ...]
    addresses: tuple[str, ...]
    objected_at: datetime | None

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@transaction.atomic
def open_file(*, person_id: UUID, purpose: str, by: Actor, at: datetime) -> ChildFile:
    """Read one child's file; the reading is journaled with its purpose. Raises NotFound."""
    files = _files([person_id])
    if person_id not in files:
        raise NotFound(_("Ce dossier n’existe pas, ou a été effacé."))
    _trace([person_id], purpose, by, at)
    return files[person_id]


@transaction.atomic
def names(
    *, person_ids: Sequence[UUID], purpose: str, by: Actor, at: datetime
) -> dict[UUID, ChildFile]:
    """Read several children's files for one purpose; each reading is journaled."""
    files: dict[UUID, ChildFile] = {}
    for start in range(0, len(person_ids), CHUNK):
        files |= _files(person_ids[start : start + CHUNK])
    _trace(list(files), purpose, by, at)
    return files


def _trace(person_ids: Sequence[UUID], purpose: str, by: Actor, at: datetime) -> None:
    journal.record_many(
        verb="people.file_read",
        subject_kind="people.person",
        subjects=[(pk, {"purpose": purpose}) for pk in person_ids],
        by=by,
        at=at,
    )


def _files(person_ids: Sequence[UUID]) -> dict[UUID, ChildFile]:
    children = Person.objects.filter(pk__in=person_ids, purged_at__isnull=True).order_by("pk")
    guardians: dict[UUID, list[GuardianLine]] = {}
    ties = Guardianship.objects.filter(child__in=person_ids).select_related(
        "guardian", "institution"
    )
    found = list(ties.order_by("rank", "pk"))
    addresses = _addresses([*person_ids, *(tie.guardian_id for tie in found if tie.guardian_id)])
    for tie in found:
        home = addresses.get(tie.guardian_id, [""])[0]
        guardians.setdefault(tie.child_id, []).append(_guardian(tie, home))
    return {
        child.pk: ChildFile(
            person_id=child.pk,
            first_name=child.first_name,
            last_name=child.last_name,
            birth_date=child.birth_date,
            household_id=child.household_id,
            guardians=tuple(guardians.get(child.pk, ())),
            addresses=tuple(addresses.get(child.pk, ())),
            objected_at=child.objected_at,
        )
        for child in children
    }


def _addresses(person_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for start in range(0, len(person_ids), CHUNK):
        rows = Address.objects.filter(person__in=person_ids[start : start + CHUNK])
        for address in rows.order_by("pk"):
            line = " ".join(filter(None, (address.text, address.postcode, address.city)))
            if line:
                found.setdefault(address.person_id, []).append(line)
    return found


def _guardian(tie: Guardianship, home: str) -> GuardianLine:
    if tie.institution:
        service = tie.institution
        phone, name = tie.phone or service.phone, service.name
        return GuardianLine(tie.pk, name, phone, tie.email, "", service.address, True)
    name = tie.guardian.last_name
    return GuardianLine(tie.pk, name, tie.phone, tie.email, tie.language, home, False)


@transaction.atomic
def record_authorisation(
    *,
    person_id: UUID,
    activity: str,
    is_given: bool,
    means: str,
    by: Actor,
    at: datetime,
    guardianship_id: UUID | None = None,
) -> Authorisation:
    """
    Write what a holder of parental authority said of an activity.

    Args:
        guardianship_id: who said it, among those who answer for this child; None: not noted.
    Raises: NotFound.
    """
    ties = Guardianship.objects.filter(child=person_id)
    if guardianship_id and not ties.filter(pk=guardianship_id).exists():
        raise NotFound(_("Cette personne ne répond pas de cet enfant."))
    said = Authorisation.objects.create(
        child_id=person_id,
        guardianship_id=guardianship_id,
        activity=activity,
        is_given=is_given,
        means=means,
        at=at,
    )
    journal.record(
        verb="people.authorisation_recorded",
        subject=said,
        by=by,
        at=at,
        facts={"person": str(person_id), "activity": activity, "given": is_given},
    )
    return said


@transaction.atomic
def open_notices(
    *, relay_id: UUID, by: Actor, at: datetime
) -> list[tuple[InformationNotice, ChildFile]]:
    """The notices still to hand out, with what must be printed on them; marks them printed."""
    rows = InformationNotice.objects.filter(relay=relay_id, handed_on__isnull=True)
    notices = list(rows.filter(child__purged_at__isnull=True).order_by("due_on", "pk"))
    files = names(
        person_ids=[notice.child_id for notice in notices],
        purpose="information_notice",
        by=by,
        at=at,
    )
    rows.filter(printed_at__isnull=True).update(printed_at=at)
    return [(notice, files[notice.child_id]) for notice in notices if notice.child_id in files]


@transaction.atomic
def hand_out_notices(*, relay_id: UUID, on: date, by: Actor, at: datetime) -> int:
    """Note that the printed notices were handed out on that day; return how many."""
    rows = InformationNotice.objects.filter(
        relay=relay_id, handed_on__isnull=True, printed_at__isnull=False
    )
    handed = list(rows.order_by("pk").values_list("pk", flat=True))
    rows.update(handed_on=on)
    journal.record_many(
        verb="people.notice_handed_out",
        subject_kind="people.informationnotice",
        subjects=[(pk, {"on": on.isoformat()}) for pk in handed],
        by=by,
        at=at,
    )
    return len(handed)
