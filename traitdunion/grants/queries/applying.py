"""What an association asked for, and what is still missing in it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from traitdunion.base.errors import NotFound
from traitdunion.grants.models import (
    Application,
    ApplicationNeighbourhood,
    Message,
    Opinion,
    Piece,
    PieceContent,
    Signature,
)
from traitdunion.grants.states import RECEIVED, ApplicationState, MessageKind, PieceKind
from traitdunion.partners import queries as partners
from traitdunion.partners.states import Kind, Scheme
from traitdunion.territories import queries as territories

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation
    from traitdunion.partners.queries import Seat
    from traitdunion.programme.models import Strand
    from traitdunion.programme.schema import Plan
    from traitdunion.territories.models import Neighbourhood

# How the programme file calls the strand that pays for grants.
STRAND = "associations"
REPUBLICAN, SILENCE = "republican-commitment", "silence-is-refusal"
SINGLE_FORM = "single-form"
# Numbers under which the State knows an association.
NUMBERS = (Scheme.SIRET, Scheme.RNA, Scheme.RIDET, Scheme.TAHITI)
# Those that an accountant pays: an RNA number alone is not enough.
PAYABLE = frozenset({Scheme.SIRET, Scheme.RIDET, Scheme.TAHITI})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the timeline: what, when it happened, or when it is expected."""

    label: str
    at: datetime | None = None
    expected_on: date | None = None


def seen_by(seat: "Seat | None") -> QuerySet[Application]:
    """
    An association sees its own; an authority those that it received; ministry and controller
    all those received; whoever is asked for an opinion, that one.
    """
    rows = Application.objects.select_related(
        "organisation__commune", "organisation__department", "authority", "strand"
    )
    if seat is None:
        return rows.none()
    own = Q(organisation=seat.organisation)
    received = Q(state__in=RECEIVED)
    match seat.kind:
        case Kind.MINISTRY | Kind.CONTROLLER:
            return rows.filter(received)
        case Kind.PREFECTURE:
            return rows.filter(received, authority=seat.organisation)
    asked = Opinion.objects.filter(organisation=seat.organisation).values("application")
    return rows.filter(own | received & Q(pk__in=asked))


def application(number: str, seat: "Seat | None") -> Application:
    """Raises NotFound, also for somebody else's."""
    found = seen_by(seat).filter(number=number).first()
    if found is None:
        raise NotFound(_("Cette demande de subvention n’existe pas."))
    return found


def of_organisation(organisation_id: UUID) -> list[Application]:
    """Everything that an association asked for, the latest first."""
    rows = Application.objects.filter(organisation=organisation_id)
    return list(rows.select_related("authority").order_by("-created_at", "pk"))


def was_helped_before(application: Application) -> bool:
    """The association already had a grant here when it asked for this one."""
    rows = Application.objects.filter(
        organisation=application.organisation_id, state=ApplicationState.ACCEPTED
    )
    return rows.filter(created_at__lt=application.created_at).exists()


def draft_of(organisation_id: UUID, strand: "Strand") -> Application | None:
    rows = Application.objects.filter(organisation=organisation_id, strand=strand)
    return rows.filter(state=ApplicationState.DRAFT).first()


def neighbourhoods_of(application: Application) -> "list[Neighbourhood]":
    """The neighbourhoods that it says it serves."""
    links = ApplicationNeighbourhood.objects.filter(application=application)
    return territories.neighbourhoods_among(list(links.values_list("neighbourhood", flat=True)))


def pieces(application: Application) -> list[Piece]:
    rows = Piece.objects.filter(application=application, removed_at__isnull=True)
    return list(rows.select_related("added_by").order_by("kind", "added_at", "pk"))


def piece(application: Application, piece_id: UUID) -> Piece:
    """Raises NotFound."""
    rows = Piece.objects.filter(application=application, removed_at__isnull=True)
    found = rows.filter(pk=piece_id).first()
    if found is None:
        raise NotFound(_("Cette pièce n’existe pas, ou a été retirée."))
    return found


def content_of(piece: Piece) -> bytes:
    return bytes(PieceContent.objects.get(piece=piece).content)


def messages(application: Application) -> list[Message]:
    rows = Message.objects.filter(application=application)
    return list(rows.select_related("author").order_by("sent_at", "pk"))


def open_correction(application: Application) -> Message | None:
    """What the applicant was asked to correct, and has not yet said is done."""
    rows = Message.objects.filter(application=application, kind=MessageKind.CORRECTION)
    return rows.filter(answered_at__isnull=True).first()


def may_change(application: Application) -> bool:
    """The applicant's answers may be changed: a draft, or a correction asked for."""
    if application.state == ApplicationState.DRAFT:
        return True
    return application.state == ApplicationState.SUBMITTED and bool(open_correction(application))


def signature(application: Application) -> Signature | None:
    rows = Signature.objects.filter(application=application, revoked_at__isnull=True)
    return rows.first()


def signature_of(token: str, at: datetime) -> Signature:
    """The signature that a link asks for. Raises NotFound when it has expired or never was."""
    rows = Signature.objects.select_related("application__organisation", "application__authority")
    wanted = rows.filter(token_digest=partners.token_digest(token), revoked_at__isnull=True)
    found = wanted.filter(expires_at__gt=at).first()
    if found is None:
        raise NotFound(
            _("Ce lien de signature a expiré ou a été remplacé : demandez-en un à l’association.")
        )
    return found


def is_signed(application: Application) -> bool:
    """Signed, and nothing of what was signed has changed since."""
    found = signature(application)
    return bool(found and found.signed_at and found.content_digest == content_digest(application))


def content_digest(application: Application) -> str:
    """Of everything that the legal representative commits to."""
    links = ApplicationNeighbourhood.objects.filter(application=application)
    served = links.order_by("neighbourhood__code").values_list("neighbourhood__code", flat=True)
    told = [
        str(application.organisation_id),
        application.purpose,
        application.title,
        application.summary,
        application.requested_cents,
        application.other_aid,
        application.iban,
        application.account_holder,
        application.representative_name,
        application.starts_on.isoformat(),
        application.ends_on.isoformat(),
        list(served),
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def numbers_of(organisation: "Organisation") -> dict[str, str]:
    """Scheme → number, of those under which the State knows an association."""
    found = partners.identifiers(organisation)
    return {one.scheme: one.value for one in found if one.scheme in NUMBERS}


def is_payable(organisation: "Organisation") -> bool:
    """Without SIRET it can be decided, not paid."""
    return bool(PAYABLE & set(numbers_of(organisation)))


def needs_commitment(plan: "Plan", on: date) -> bool:
    """Whether the republican commitment is asked for at that date."""
    return plan.rule_in_force(REPUBLICAN, on)


def asked_on(application: Application, at: datetime) -> date:
    """The date whose law applies: that of the application, today's for a draft."""
    return timezone.localdate(application.submitted_at or at)


def missing(application: Application) -> list[str]:
    """What still lacks for it to be decided and paid, in sentences for the applicant."""
    found = []
    if not is_signed(application):
        found.append(_("la signature de la personne qui représente l’association"))
    kinds = {one.kind for one in pieces(application)}
    if PieceKind.BANK_SLIP not in kinds:
        found.append(_("le relevé d’identité bancaire : une photo suffit"))
    if not is_payable(application.organisation):
        found.append(
            _(
                "le SIRET : la demande peut être décidée sans lui, mais pas payée ; il s’obtient"
                " gratuitement sur lecompteasso.associations.gouv.fr"
            )
        )
    return found


def timeline(application: Application, plan: "Plan", at: datetime) -> list[Step]:
    """What happened and what comes, with the expected delay."""
    steps = [Step(_("Commencée"), application.created_at)]
    if application.submitted_at is None:
        return [*steps, Step(_("À déposer"))]
    steps.append(Step(_("Déposée"), application.submitted_at))
    steps.append(Step(_("Instruction"), application.review_started_at))
    if application.decided_at:
        label = _("Décision : %(state)s") % {"state": application.get_state_display()}
        return [*steps, Step(label, application.decided_at)]
    expected = asked_on(application, at) + timedelta(days=plan.grants.expected_days)
    steps.append(Step(_("Décision attendue"), expected_on=expected))
    if application.silence_on:
        steps.append(Step(_("Sans réponse, la demande est refusée"), None, application.silence_on))
    return steps


def choices_of_neighbourhoods(
    organisation: "Organisation", plan: "Plan"
) -> "Sequence[Neighbourhood]":
    """Those of its département, in the generation of the programme."""
    used = territories.layer_state(plan.programme.neighbourhood_generation).used
    rows = territories.neighbourhoods(used)
    if organisation.department_id:
        rows = rows.filter(department=organisation.department_id)
    return list(rows)


def last_answers(organisation_id: UUID) -> dict[str, Any]:
    """What was already told once and is not asked again."""
    rows = Application.objects.filter(organisation=organisation_id)
    last = rows.exclude(state=ApplicationState.DRAFT).order_by("-created_at", "pk").first()
    names = (
        "iban",
        "account_holder",
        "representative_name",
        "representative_email",
        "contact_phone",
    )
    return {name: getattr(last, name) for name in names} if last else {}
