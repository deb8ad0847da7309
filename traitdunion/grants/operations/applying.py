"""Starting, filling in and submitting: once, whoever of the association does it."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.base.identifiers import drawn_number, folded
from traitdunion.base.money import euros
from traitdunion.grants import queries
from traitdunion.grants.models import Application, ApplicationNeighbourhood
from traitdunion.grants.reading import check_iban, other_aid_cents
from traitdunion.grants.states import APPLICATION_MOVES, ApplicationState
from traitdunion.grants.telling import tell_authority
from traitdunion.journal import operations as journal
from traitdunion.partners import queries as partners
from traitdunion.partners.states import Kind

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation
    from traitdunion.programme.models import Strand
    from traitdunion.programme.schema import Plan
    from traitdunion.territories.models import Neighbourhood

# What an application asks, the neighbourhoods apart.
ANSWERS = frozenset(
    {
        "purpose",
        "title",
        "summary",
        "requested_cents",
        "other_aid",
        "iban",
        "account_holder",
        "representative_name",
        "representative_email",
        "contact_phone",
    }
)
# Those without which nothing is reviewed.
REQUIRED = (
    "purpose",
    "title",
    "summary",
    "requested_cents",
    "iban",
    "account_holder",
    "representative_name",
)


class Ineligible(Refusal):
    """The programme cannot help: said before anything is filled in."""


class Incomplete(Refusal):
    """Answers are missing; the sentence names them."""

    status = 400


class AlreadySubmitted(MoveRefused):
    """The same application was already sent: there is one."""


@transaction.atomic
def start(
    *, organisation: "Organisation", strand: "Strand", plan: "Plan", by: Actor, at: datetime
) -> Application:
    """
    The draft of an association: the one it already has, or a new one. Asked twice, there is one.

    Raises: Ineligible.
    """
    check_eligible(organisation=organisation, plan=plan, by=by, at=at)
    if draft := queries.draft_of(organisation.pk, strand):
        return draft
    today = timezone.localdate(at)
    known = {
        "account_holder": organisation.name[:150],
        "representative_name": organisation.contact_name,
        "contact_phone": organisation.phone,
        **queries.last_answers(organisation.pk),
    }
    try:
        with transaction.atomic():
            draft = Application.objects.create(
                number=drawn_number("S"),
                strand=strand,
                organisation=organisation,
                authority=_authority_of(organisation),
                starts_on=max(today, plan.programme.start_date),
                ends_on=max(today, plan.programme.end_date),
                created_at=at,
                saved_at=at,
                **known,
            )
    except IntegrityError:
        # Two fingers at once: the other one's draft is the draft.
        found = queries.draft_of(organisation.pk, strand)
        assert found is not None
        return found
    journal.record(verb="grants.started", subject=draft, by=by, at=at)
    return draft


def check_eligible(*, organisation: "Organisation", plan: "Plan", by: Actor, at: datetime) -> None:
    """Raises Ineligible with the reason; writes nothing."""
    if organisation.kind != Kind.ASSOCIATION:
        raise Ineligible(_("Ces subventions sont pour les associations seulement."))
    if timezone.localdate(at) > plan.programme.end_date:
        raise Ineligible(
            _("Le programme est terminé depuis le %(day)s : il ne reçoit plus de demande.")
            % {"day": plan.programme.end_date.strftime("%d/%m/%Y")}
        )
    _authority_of(organisation)


def _authority_of(organisation: "Organisation") -> "Organisation":
    found = partners.prefecture_of(organisation.department_id or "")
    if found is None:
        raise Ineligible(
            _(
                "Aucune préfecture ne répond de votre département ici : écrivez au contact du"
                " service pour qu’il soit renseigné."
            )
        )
    return found


@transaction.atomic
def save(
    *,
    application: Application,
    answers: Mapping[str, Any],
    neighbourhoods: "Collection[Neighbourhood] | None" = None,
    by: Actor,
    at: datetime,
) -> Application:
    """
    Keep answers of a draft, or of an application whose correction was asked for.

    Args:
        answers: some of ``ANSWERS``; those not given stay as they are.
        neighbourhoods: all those served; None: as they are.
    Raises: MoveRefused, BadIban, NotAnAmount.
    """
    read = _checked(answers)
    changes = {name: value for name, value in read.items() if getattr(application, name) != value}
    if not queries.may_change(application):
        raise MoveRefused(
            _(
                "La demande %(number)s est déposée : elle ne change plus sauf correction"
                " demandée ; écrivez un message."
            )
            % {"number": application.number}
        )
    rows = Application.objects.filter(pk=application.pk, state=application.state)
    if not rows.update(saved_at=at, **changes):
        raise MoveRefused(_("La demande vient de changer d’état : rechargez la page."))
    moved = neighbourhoods is not None and _serve(application, neighbourhoods)
    application.refresh_from_db()
    # Kept as one types: a pause that changed nothing tells nothing.
    if changes or moved:
        facts = {"columns": sorted(changes)}
        journal.record(verb="grants.saved", subject=application, by=by, at=at, facts=facts)
    return application


def _checked(answers: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(answers) - ANSWERS
    assert not unknown, f"not answers of an application: {sorted(unknown)}"
    changes = dict(answers)
    if changes.get("iban"):
        changes["iban"] = check_iban(changes["iban"])
    if "other_aid" in changes:
        changes["other_aid_cents"] = other_aid_cents(changes["other_aid"])
    if "representative_name" in changes:
        changes["representative_folded"] = folded(changes["representative_name"])[:120]
    return changes


def _serve(application: Application, neighbourhoods: "Collection[Neighbourhood]") -> bool:
    """Serve these and no others; return whether anything changed."""
    links = ApplicationNeighbourhood.objects.filter(application=application)
    wanted = {one.pk for one in neighbourhoods}
    left = links.exclude(neighbourhood__in=wanted).delete()[0]
    kept = set(links.values_list("neighbourhood", flat=True))
    ApplicationNeighbourhood.objects.bulk_create(
        ApplicationNeighbourhood(application=application, neighbourhood_id=pk)
        for pk in sorted(wanted - kept)
    )
    return bool(left or wanted - kept)


@transaction.atomic
def submit(*, application: Application, plan: "Plan", by: Actor, at: datetime) -> Application:
    """
    Send the application: its dates start here. Sent twice, it is one.

    Raises: Incomplete, Ineligible, AlreadySubmitted.
    """
    _check_whole(application, plan)
    check_eligible(organisation=application.organisation, plan=plan, by=by, at=at)
    today = timezone.localdate(at)
    silence = plan.rule_in_force(queries.SILENCE, today)
    try:
        states.move(
            row=application,
            to=ApplicationState.SUBMITTED,
            moves={ApplicationState.DRAFT: APPLICATION_MOVES[ApplicationState.DRAFT]},
            refusal="",
            submitted_at=at,
            address_folded=folded(application.organisation.address)[:300],
            silence_on=_months_after(today, plan.grants.silence_months) if silence else None,
        )
    except MoveRefused:
        raise AlreadySubmitted(
            _("Votre demande %(number)s est déjà déposée : il n’y a rien à refaire.")
            % {"number": application.number}
        ) from None
    facts = {"requested_cents": application.requested_cents, "purpose": application.purpose}
    journal.record(verb="grants.submitted", subject=application, by=by, at=at, facts=facts)
    tell_authority(application=application, by=by, at=at)
    return application


def _check_whole(application: Application, plan: "Plan") -> None:
    labels = {
        "purpose": _("à quoi sert la subvention"),
        "title": _("le titre"),
        "summary": _("ce que vous ferez"),
        "requested_cents": _("le montant demandé"),
        "iban": _("l’IBAN"),
        "account_holder": _("le titulaire du compte"),
        "representative_name": _("le nom de qui représente l’association"),
    }
    lacking = [labels[name] for name in REQUIRED if not getattr(application, name)]
    if not queries.numbers_of(application.organisation):
        lacking.append(_("le numéro RNA ou SIRET de l’association"))
    if not queries.neighbourhoods_of(application):
        lacking.append(_("les quartiers servis"))
    if lacking:
        raise Incomplete(_("Il manque : %(what)s.") % {"what": ", ".join(lacking)})
    most = plan.grants.largest_cents
    if most is not None and (application.requested_cents or 0) > most:
        raise Ineligible(
            _("Ce programme aide jusqu’à %(most)s par demande : demandez moins.")
            % {"most": euros(most)}
        )


def _months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(day)
