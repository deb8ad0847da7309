"""The report of an association, what becomes of it, and money given back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.base.money import euros
from traitdunion.budget import operations as budget
from traitdunion.gateways import operations as gateways
from traitdunion.grants.models import Decision, ReportLine, Restitution, UseReport
from traitdunion.grants.queries import answering as queries
from traitdunion.grants.states import REPORT_MOVES, ReportState, Side
from traitdunion.journal import operations as journal

if TYPE_CHECKING:
    from traitdunion.partners.models import User

REMIND_DAYS = 30
SHORTEST_TEXT = 20


class BadReport(Refusal):
    """The report lacks something, or its amounts cannot be."""

    status = 400


@dataclass(frozen=True, slots=True)
class NewLine:
    """One line as it was typed."""

    side: str
    label: str
    planned_cents: int
    real_cents: int


@transaction.atomic
def save_report(
    *,
    report: UseReport,
    text: str,
    keys: str,
    lines: Sequence[NewLine],
    by: Actor,
    at: datetime,
) -> UseReport:
    """Keep what was typed; nothing is sent. Raises MoveRefused once it was handed in."""
    rows = UseReport.objects.filter(pk=report.pk, state__in=queries.OPEN)
    if not rows.update(text=text.strip(), keys=keys.strip()):
        raise MoveRefused(_("Ce compte rendu est remis : il ne se modifie plus."))
    if any(min(one.planned_cents, one.real_cents) < 0 for one in lines):
        raise BadReport(_("Un montant du compte rendu est négatif : corrigez-le."))
    ReportLine.objects.filter(report=report).delete()
    places = dict.fromkeys(Side.values, 0)
    for one in lines:
        ReportLine.objects.create(
            report=report,
            side=one.side,
            position=places[one.side],
            label=one.label.strip()[:120] or _("Autre"),
            planned_cents=one.planned_cents,
            real_cents=one.real_cents,
        )
        places[one.side] += 1
    journal.record(verb="grants.report_saved", subject=report, by=by, at=at)
    report.refresh_from_db()
    return report


@transaction.atomic
def submit_report(*, report: UseReport, by: Actor, at: datetime) -> UseReport:
    """Hand it in; what was not spent is told. Raises BadReport, MoveRefused."""
    if len(report.text.strip()) < SHORTEST_TEXT:
        raise BadReport(_("Dites en quelques phrases ce qui a été fait avec la subvention."))
    lines = queries.lines_of(report)
    spent = sum(one.real_cents for one in lines if one.side == Side.EXPENSE)
    if not spent:
        raise BadReport(_("Le tableau ne dit aucune dépense : remplissez la colonne « réalisé »."))
    refusal = _("Ce compte rendu est déjà remis.")
    states.move(
        row=report,
        to=ReportState.SUBMITTED,
        moves=REPORT_MOVES,
        refusal=refusal,
        spent_cents=spent,
        submitted_at=at,
    )
    facts = {"spent_cents": spent}
    journal.record(verb="grants.report_submitted", subject=report, by=by, at=at, facts=facts)
    return report


@transaction.atomic
def look_at_report(
    *,
    report: UseReport,
    is_whole: bool,
    remark: str,
    kept_cents: int,
    by: "User",
    at: datetime,
) -> UseReport:
    """
    Accept it, or ask for what lacks. What was not spent is kept as far as the decision says so,
    and to be given back otherwise.

    Args:
        kept_cents: the reasonable surplus that the association keeps.
    Raises: BadReport, MoveRefused.
    """
    unspent = queries.unspent_cents(report, queries.lines_of(report))
    if not is_whole and len(remark.strip()) < 10:
        raise BadReport(_("Dites ce qui manque, en une phrase."))
    if kept_cents and not report.decision.keeps_surplus:
        raise BadReport(_("La décision ne permet pas de garder un excédent."))
    if not 0 <= kept_cents <= unspent:
        raise BadReport(
            _("L’excédent gardé doit être entre zéro et ce qui n’est pas dépensé, %(unspent)s.")
            % {"unspent": euros(unspent)}
        )
    changes = {"remark": remark.strip(), "looked_at": at}
    if is_whole:
        changes |= {"kept_cents": kept_cents, "to_return_cents": unspent - kept_cents}
    states.move(
        row=report,
        to=ReportState.ACCEPTED if is_whole else ReportState.TO_COMPLETE,
        moves={ReportState.SUBMITTED: REPORT_MOVES[ReportState.SUBMITTED]},
        refusal=_("Ce compte rendu n’attend pas d’être examiné."),
        **changes,
    )
    verb = "grants.report_accepted" if is_whole else "grants.report_sent_back"
    facts = {"to_return_cents": report.to_return_cents}
    journal.record(verb=verb, subject=report, by=by, at=at, facts=facts)
    return report


@transaction.atomic
def give_back(
    *,
    decision: Decision,
    amount_cents: int,
    document: str,
    reason: str,
    by: "User",
    at: datetime,
) -> Restitution:
    """
    Money came back to whoever paid it: the ledger follows.

    Raises: BadReport, MoveRefused when that paper was entered already, BadAmount.
    """
    if decision.commitment is None:
        raise BadReport(_("Cette décision n’a versé aucun argent."))
    if len(reason.strip()) < 10 or not document.strip():
        raise BadReport(_("Dites pourquoi, et le numéro du titre ou du virement reçu."))
    try:
        with transaction.atomic():
            one = Restitution.objects.create(
                decision=decision,
                amount_cents=amount_cents,
                document=document.strip()[:80],
                reason=reason.strip()[:300],
                received_at=at,
            )
    except IntegrityError:
        raise MoveRefused(
            _("« %(document)s » est déjà noté pour cette subvention, ou son montant est nul.")
            % {"document": document.strip()[:80]}
        ) from None
    budget.give_back(
        commitment=decision.commitment,
        amount_cents=amount_cents,
        document=one.document,
        reason=one.reason,
        by=by,
        at=at,
    )
    facts = {"amount_cents": amount_cents, "decision": str(decision.pk)}
    journal.record(verb="grants.given_back", subject=one, by=by, at=at, facts=facts)
    return one


def remind_reports(*, by: Actor, at: datetime) -> int:
    """Once for each: the association whose report falls due within a month."""
    found = queries.reports_due_by(timezone.localdate(at) + timedelta(days=REMIND_DAYS))
    for one in found:
        application = one.decision.application
        to = application.representative_email or application.organisation.email
        with transaction.atomic():
            rows = UseReport.objects.filter(pk=one.pk, reminded_at__isnull=True)
            if rows.update(reminded_at=at) and to:
                context = {"number": one.decision.number, "due_on": f"{one.due_on:%d/%m/%Y}"}
                gateways.post(
                    to=to, template="grant_report", context=context, language="fr", by=by, at=at
                )
    return len(found)
