"""What stands in the way of a decision, what was decided, and the letters that tell it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from traitdunion.base.errors import NotFound
from traitdunion.base.money import euros
from traitdunion.grants.models import (
    Application,
    BankChange,
    ConflictOfInterest,
    Decision,
    Letter,
    LetterContent,
    LetterTemplate,
    Opinion,
    SignedPage,
)
from traitdunion.grants.states import ApplicationState, DecisionForm, Outcome
from traitdunion.partners import queries as partners
from traitdunion.partners.states import Kind, Scheme

if TYPE_CHECKING:
    from traitdunion.budget.models import Envelope
    from traitdunion.partners.queries import Seat
    from traitdunion.programme.schema import Plan

# The accountant pays a SIRET, or its like overseas.
PAYABLE = frozenset({Scheme.SIRET, Scheme.RIDET, Scheme.TAHITI})
AGREEMENT_RULE = "convention-above-23000"
# An individual decision that creates rights may be withdrawn within that delay (CRPA, L. 242-1).
WITHDRAWAL_MONTHS = 4


@dataclass(frozen=True, slots=True)
class Ready:
    """What a decision on one application would be, what forbids it, what is worth knowing."""

    application: Application
    amount_cents: int
    form: str
    blockers: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preflight:
    """A batch before it is decided."""

    lines: tuple[Ready, ...]
    available_cents: int

    @property
    def ready(self) -> list[Ready]:
        return [line for line in self.lines if not line.blockers]

    @property
    def blocked(self) -> list[Ready]:
        return [line for line in self.lines if line.blockers]

    @property
    def total_cents(self) -> int:
        return sum(line.amount_cents for line in self.ready)

    @property
    def short_cents(self) -> int:
        """What the envelope lacks."""
        return max(0, self.total_cents - self.available_cents)

    @property
    def may_go(self) -> bool:
        return bool(self.ready) and not self.short_cents


def tied(user_id: UUID | None, organisation_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these organisations to which this person declared a tie, or for which they act."""
    asked = set(organisation_ids)
    rows = ConflictOfInterest.objects.filter(
        user=user_id, organisation__in=asked, ended_at__isnull=True
    )
    declared = set(rows.order_by().values_list("organisation", flat=True))
    return declared | asked & partners.acted_for(user_id)


def granted_this_year(
    authority_id: UUID, organisation_ids: Iterable[UUID], year: int
) -> dict[UUID, int]:
    """What stands granted to each by that authority in a year, in cents."""
    rows = Decision.objects.filter(
        application__authority=authority_id,
        application__organisation__in=list(organisation_ids),
        outcome=Outcome.ACCEPTED,
        withdrawn_at__isnull=True,
        decided_at__year=year,
    )
    summed = rows.values("application__organisation").annotate(n=Sum("amount_cents"))
    return {
        row["application__organisation"]: row["n"]
        for row in summed.order_by("application__organisation")
    }


def form_needed(plan: "Plan", total_cents: int, on: date) -> str:
    """An agreement above the amount that the law says, by year and authority; else an order."""
    above = plan.threshold(AGREEMENT_RULE, on)
    needs = above is not None and total_cents > above
    return DecisionForm.AGREEMENT if needs else DecisionForm.ORDER


def preflight(
    *,
    applications: Sequence[Application],
    amounts: Mapping[UUID, int],
    envelope: "Envelope",
    user_id: UUID | None,
    plan: "Plan",
    on: date,
) -> Preflight:
    """
    What deciding these together would do.

    Args:
        amounts: by application; what it asks for where nothing is said.
    """
    asked = {one.organisation_id for one in applications}
    ties = tied(user_id, asked)
    granted = granted_this_year(envelope.holder_id, asked, on.year)
    payable = partners.numbered(asked, PAYABLE)
    waiting = set(
        Opinion.objects.filter(application__in=applications, given_at__isnull=True, due_on__gte=on)
        .order_by()
        .values_list("application", flat=True)
    )
    lines = []
    for one in applications:
        cents = amounts.get(one.pk, one.requested_cents or 0)
        total = granted[one.organisation_id] = granted.get(one.organisation_id, 0) + cents
        warnings = []
        if one.organisation_id not in payable:
            warnings.append(_("Sans SIRET : décidée, elle ne sera pas versée avant de l’avoir."))
        if one.pk in waiting:
            warnings.append(_("Un avis demandé n’est pas rendu."))
        lines.append(
            Ready(
                application=one,
                amount_cents=cents,
                form=form_needed(plan, total, on),
                blockers=_blockers(one, cents, envelope, is_tied=one.organisation_id in ties),
                warnings=tuple(warnings),
            )
        )
    return Preflight(tuple(lines), max(0, envelope.available_cents))


def _blockers(
    one: Application, cents: int, envelope: "Envelope", *, is_tied: bool
) -> tuple[str, ...]:
    found = []
    if one.state != ApplicationState.UNDER_REVIEW:
        found.append(_("Elle n’est pas en instruction : %(state)s.") % {
            "state": one.get_state_display()
        })  # fmt: skip
    if is_tied:
        found.append(_("Vous avez déclaré un lien avec cette association : un autre décide."))
    if one.authority_id != envelope.holder_id:
        found.append(_("Ces crédits ne sont pas ceux de qui décide de cette demande."))
    if cents <= 0 or cents > (one.requested_cents or 0):
        found.append(
            _("Le montant doit être entre zéro et ce qui est demandé, %(asked)s.")
            % {"asked": euros(one.requested_cents or 0)}
        )
    return tuple(found)


def standing(application: Application) -> Decision | None:
    """The decision that stands, if any."""
    rows = Decision.objects.filter(application=application, withdrawn_at__isnull=True)
    return rows.select_related("commitment", "application").first()


def decisions_of(application: Application) -> list[Decision]:
    """Every decision, the latest first; those withdrawn too."""
    rows = Decision.objects.filter(application=application)
    return list(rows.order_by("-decided_at", "pk"))


def decisions_seen_by(seat: "Seat | None") -> QuerySet[Decision]:
    """An association its own, who decides its own, ministry and controller all of them."""
    rows = Decision.objects.all()
    if seat is None:
        return rows.none()
    if not seat.perimeter.everything:
        here = seat.organisation.pk
        own = Q(application__authority=here) | Q(application__organisation=here)
        rows = rows.filter(own)
    if seat.kind == Kind.ASSOCIATION:
        rows = rows.filter(application__organisation=seat.organisation.pk)
    rows = rows.select_related(
        "application__organisation", "application__authority", "application__strand", "commitment"
    )
    return rows.order_by("-decided_at", "pk")


def decision(decision_id: UUID, seat: "Seat | None") -> Decision:
    """Raises NotFound, for a foreign decision as for none."""
    found = decisions_seen_by(seat).filter(pk=decision_id).first()
    if found is None:
        raise NotFound
    return found


def reopening_warnings(decision: Decision, on: date) -> list[str]:
    """What the law says before a decision is taken back."""
    if decision.outcome != Outcome.ACCEPTED:
        return []
    told = [
        _(
            "Une subvention accordée crée des droits. Elle ne se retire que si la décision était"
            " illégale, dans les quatre mois (code des relations entre le public et"
            " l’administration, article L. 242-1), ou si une condition mise à l’octroi n’est pas"
            " remplie (article L. 242-2). L’association est entendue d’abord (article L. 121-1)."
        )
    ]
    months = (on.year - decision.decided_at.year) * 12 + on.month - decision.decided_at.month
    if months > WITHDRAWAL_MONTHS or (
        months == WITHDRAWAL_MONTHS and on.day > decision.decided_at.day
    ):
        told.append(
            _(
                "Les quatre mois sont passés : seule une condition non remplie permet encore de"
                " la retirer."
            )
        )
    if decision.commitment and decision.commitment.paid_cents:
        told.append(_("De l’argent est déjà versé : demandez d’abord qu’il soit rendu."))
    return told


# --- Letters


def letters_seen_by(seat: "Seat | None") -> QuerySet[Letter]:
    rows = Letter.objects.filter(decision__in=decisions_seen_by(seat).order_by().values("pk"))
    rows = rows.select_related("decision__application__organisation", "words")
    return rows.order_by("-prepared_at", "pk")


def letter(letter_id: UUID, seat: "Seat | None") -> Letter:
    """Raises NotFound."""
    found = letters_seen_by(seat).filter(pk=letter_id).first()
    if found is None:
        raise NotFound
    return found


def letter_numbered(number: str) -> Letter | None:
    """By the number that its pages carry; for whoever holds the paper."""
    rows = Letter.objects.select_related(
        "decision__application__organisation", "decision__application__authority"
    )
    return rows.filter(number=number).first()


def letters_of(decision: Decision) -> list[Letter]:
    return list(Letter.objects.filter(decision=decision).order_by("-prepared_at", "pk"))


def content_of(letter: Letter) -> bytes | None:
    """The PDF as it left; None while the worker has not drawn it."""
    kept = LetterContent.objects.filter(letter=letter).first()
    return bytes(kept.content) if kept else None


def letters_to_draw(limit: int) -> list[Letter]:
    rows = Letter.objects.filter(drawn_at__isnull=True).select_related(
        "decision__application__organisation", "decision__application__authority",
        "decision__application__strand", "words__authority",
    )  # fmt: skip
    return list(rows.order_by("prepared_at", "pk")[:limit])


def templates_of(authority_id: UUID) -> list[LetterTemplate]:
    """Every version, the latest of each kind first."""
    rows = LetterTemplate.objects.filter(authority=authority_id)
    return list(rows.order_by("kind", "-version"))


def words_in_use(authority_id: UUID, kind: str) -> LetterTemplate | None:
    """The latest words of that authority; None: those that come with the service."""
    rows = LetterTemplate.objects.filter(authority=authority_id, kind=kind)
    return rows.select_related("authority").order_by("-version").first()


def signed_pages(letter: Letter) -> list[SignedPage]:
    return list(SignedPage.objects.filter(letter=letter).order_by("position", "added_at", "pk"))


def signed_page(page_id: UUID, letter: Letter) -> SignedPage:
    """Raises NotFound."""
    found = SignedPage.objects.filter(letter=letter, pk=page_id).first()
    if found is None:
        raise NotFound
    return found


def bank_change_waiting(application: Application) -> BankChange | None:
    return BankChange.objects.filter(application=application, ended_at__isnull=True).first()


def changing_accounts(application_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these applications whose bank details wait for a second person."""
    rows = BankChange.objects.filter(application__in=list(application_ids), ended_at__isnull=True)
    return set(rows.order_by().values_list("application", flat=True))
