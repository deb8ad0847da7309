"""Reading people without their names; names are read by an operation, which leaves a trace."""

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from traitdunion.base.errors import NotFound
from traitdunion.base.identifiers import SIGNS, folded, squeezed
from traitdunion.people.models import (
    Address,
    Authorisation,
    AuthorisationRequest,
    EligibilityDecision,
    Guardianship,
    Household,
    InformationNotice,
    ListFile,
    Person,
)
from traitdunion.people.states import Answer, Kind

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat

BATCH = 5_000
CODE = re.compile(r"E[A-Z2-7]{8}", re.ASCII)
# Twelve signs that nobody confuses, sixty bits drawn at random.
PAPER_CODE = re.compile(rf"[{SIGNS}]{{12}}", re.ASCII)


class Eligibility(NamedTuple):
    """The answer in force on one child's address."""

    answer: str
    neighbourhood_id: UUID | None
    distance_m: float | None
    method: str
    layer: str
    at: datetime


def keyed(*words: str) -> str:
    """A digest that only this installation can make; compares people without reading them."""
    message = "\x1f".join(words).encode()
    return hmac.digest(settings.PSEUDONYM_KEY.encode(), message, "sha256")[:16].hex()


def pseudonym(person_id: UUID) -> str:
    """
    The short code under which a child appears everywhere outside `people`, e.g. ``E-7K3Q-9FMA``.
    """
    raw = hmac.new(settings.PSEUDONYM_KEY.encode(), person_id.bytes, hashlib.sha256).digest()
    letters = b32encode(raw).decode()[:8]
    return f"E-{letters[:4]}-{letters[4:]}"


def is_code(text: str) -> bool:
    """Whether somebody typed a child's code, dashes or not."""
    return CODE.fullmatch(squeezed(text)) is not None


def kept_code(person_id: UUID) -> str:
    """The code as it is kept: without dashes, as somebody may type it."""
    return squeezed(pseudonym(person_id))


def search_key(
    relay_id: UUID, first_name: str, last_name: str, birth_date: date | None, *more: str
) -> str:
    """Under what a relay finds the same child again."""
    born = birth_date.isoformat() if birth_date else ""
    rest = [folded(word) for word in more]
    return keyed("person", relay_id.hex, folded(last_name), folded(first_name), born, *rest)


def household_key(relay_id: UUID, declared: str, phone: str) -> str:
    """Two schools that give the same telephone number speak of the same household."""
    digits = "".join(letter for letter in phone if letter.isdigit())[-9:]
    if len(digits) == 9:
        return keyed("household-phone", digits)
    return keyed("household", str(relay_id), folded(declared))


def households_called(keys: Iterable[str]) -> dict[str, UUID]:
    """The households already known under these keys."""
    found: dict[str, UUID] = {}
    wanted = list(keys)
    for start in range(0, len(wanted), BATCH):
        rows = Household.objects.filter(key__in=wanted[start : start + BATCH])
        found.update(rows.values_list("key", "pk"))
    return found


def known_children(keys: Iterable[str]) -> dict[str, UUID]:
    """Children already known under these search keys."""
    found: dict[str, UUID] = {}
    wanted = list(keys)
    for start in range(0, len(wanted), BATCH):
        rows = Person.objects.filter(
            search_key__in=wanted[start : start + BATCH], kind=Kind.CHILD, purged_at__isnull=True
        )
        found.update(rows.values_list("search_key", "pk"))
    return found


def eligibility_of(person_ids: Sequence[UUID]) -> dict[UUID, Eligibility]:
    """The latest decision on each of these children."""
    latest: dict[UUID, Eligibility] = {}
    for start in range(0, len(person_ids), BATCH):
        rows = EligibilityDecision.objects.filter(person_id__in=person_ids[start : start + BATCH])
        for row in rows.order_by("at", "pk"):
            latest[row.person_id] = Eligibility(
                row.answer, row.neighbourhood_id, row.distance_m, row.method, row.layer, row.at
            )
    return latest


def decisions_on(person_id: UUID) -> list[EligibilityDecision]:
    """Every answer given on this child's address, oldest first."""
    rows = EligibilityDecision.objects.filter(person_id=person_id)
    return list(rows.select_related("neighbourhood").order_by("at", "pk"))


def children_known_to(seat: "Seat | None") -> QuerySet[Person]:
    """Children whose file this seat may open: those its own organisation made known."""
    if seat is None or not seat.acts or not seat.is_relay:
        return Person.objects.none()
    return Person.objects.filter(
        known_to=seat.organisation.pk, kind=Kind.CHILD, purged_at__isnull=True
    )


def waiting_addresses(limit: int) -> list[Address]:
    """Addresses with a text but no point, those never asked first."""
    return list(_to_place().order_by(F("asked_at").asc(nulls_first=True), "pk")[:limit])


def waiting_address_count() -> int:
    return _to_place().count()


def _to_place() -> QuerySet[Address]:
    """Where a child lives decides; a parent's own address is printed and leaves nowhere."""
    rows = Address.objects.filter(lon__isnull=True, purged_at__isnull=True)
    return rows.filter(person__kind=Kind.CHILD).exclude(text="")


def due_notices(relay_id: UUID) -> list[InformationNotice]:
    """Families still to be told, the most pressing first."""
    rows = InformationNotice.objects.filter(
        relay=relay_id, handed_on__isnull=True, child__purged_at__isnull=True
    )
    return list(rows.select_related("child").order_by("due_on", "pk"))


def authorisations_of(person_id: UUID) -> list[Authorisation]:
    """What those who answer for this child said of each activity, the latest first."""
    rows = Authorisation.objects.filter(child=person_id).select_related("guardianship")
    return list(rows.order_by("-at", "pk"))


class RequestRefused(NotFound):
    """The link or code was used, has expired, or never existed: the answer is the same."""


def secret_digest(secret: str) -> str:
    """What is kept of a link's secret or of a code on paper, typed with or without dashes."""
    return keyed("authorisation", squeezed(secret) if is_paper_code(secret) else secret)


def is_paper_code(text: str) -> bool:
    return PAPER_CODE.fullmatch(squeezed(text)) is not None


def contact_digest(tie: Guardianship) -> str:
    """How this adult is reached, as the relay verified it."""
    digits = "".join(letter for letter in tie.phone if letter.isdigit())
    return keyed("contact", digits, tie.email.strip().lower())


def open_request(secret: str, at: datetime) -> AuthorisationRequest:
    """
    The question that this link or code opens: one that waits, in its time, of an adult who is
    still reached where the relay verified it. Raises RequestRefused.
    """
    rows = AuthorisationRequest.objects.select_related("guardianship", "child").filter(
        secret_digest=secret_digest(secret),
        answered_at__isnull=True,
        cancelled_at__isnull=True,
        expires_at__gt=at,
        child__purged_at__isnull=True,
    )
    found = rows.first()
    if found is None or found.contact_digest != contact_digest(found.guardianship):
        raise RequestRefused(
            _("Ce lien ou ce code a déjà servi, ou a expiré : demandez-en un autre à l’école.")
        )
    return found


def yes_and_no(person_id: UUID, activity: str) -> tuple[int, int]:
    """How many of those who answer for this child said yes to an activity, and how many no."""
    latest: dict[UUID | None, bool] = {}
    rows = Authorisation.objects.filter(child=person_id, activity=activity)
    for said in rows.order_by("at", "pk"):
        latest[said.guardianship_id] = said.is_given
    return sum(latest.values()), sum(not one for one in latest.values())


def has_objected(person_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these children whose family asked not to be in the plan."""
    rows = Person.objects.filter(pk__in=person_ids, objected_at__isnull=False)
    return set(rows.values_list("pk", flat=True))


def households(person_ids: Sequence[UUID]) -> dict[UUID, UUID | None]:
    """The household of each of these children."""
    rows = Person.objects.filter(pk__in=person_ids)
    return dict(rows.values_list("pk", "household_id"))


def guardians_count(person_id: UUID) -> int:
    return Guardianship.objects.filter(child=person_id).count()


def guardianships_of(person_id: UUID) -> list[UUID]:
    """The ties of those who answer for this child, without their names."""
    rows = Guardianship.objects.filter(child=person_id)
    return list(rows.order_by("rank", "pk").values_list("pk", flat=True))


def verified_contacts(person_id: UUID) -> set[UUID]:
    """Those who answer for this child whom somebody reached where the file says."""
    rows = Guardianship.objects.filter(child=person_id, verified_at__isnull=False)
    return set(rows.values_list("pk", flat=True))


def answers_waiting_for_a_person() -> tuple[str, ...]:
    """The answers that only a person, or a better address, can settle."""
    return (Answer.REVIEW, Answer.UNKNOWN)


def list_file(pk: UUID, organisation_id: UUID) -> ListFile:
    """A list that this organisation sent. Raises NotFound."""
    found = ListFile.objects.filter(pk=pk, organisation_id=organisation_id).first()
    if found is None:
        raise NotFound(_("Cette liste n’existe pas, ou a été effacée : envoyez-la de nouveau."))
    return found


def persons_coded(code: str) -> list[UUID]:
    """The children who appear under that code (two may, very rarely)."""
    if not is_code(code):
        return []
    # Said again as the index says it, or SQLite does not see that it answers.
    rows = Person.objects.filter(~Q(code=""), code=squeezed(code)).order_by("pk")
    return list(rows.values_list("pk", flat=True))
