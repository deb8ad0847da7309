"""The lists of decisions, payments and reports."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from traitdunion.grants.states import GrantPaymentState, Outcome, ReportState
from traitdunion.web.budget.acting import day, money
from traitdunion.web.lists import Cell, Column

OUTCOMES: Mapping[str, str] = {
    Outcome.ACCEPTED: "good", Outcome.REFUSED: "bad", Outcome.CLOSED: "plain",
}  # fmt: skip
PAYMENTS: Mapping[str, str] = {
    GrantPaymentState.PREPARED: "new",
    GrantPaymentState.SENT: "info",
    GrantPaymentState.PAID: "good",
    GrantPaymentState.RETURNED: "bad",
    GrantPaymentState.CANCELLED: "plain",
}
REPORTS: Mapping[str, str] = {
    ReportState.DUE: "plain", ReportState.SUBMITTED: "new",
    ReportState.TO_COMPLETE: "warning", ReportState.ACCEPTED: "good",
}  # fmt: skip
_ASKER = "decision__application__organisation__searchable"
DECISIONS = (
    Column(
        "numero", _("Décision"),
        lambda one: Cell(one.number, url=reverse("decisions:decision", args=[one.pk])),
        order="number", is_code=True,
    ),
    Column(
        "association", _("Association"),
        lambda one: Cell(one.application.organisation.name, note=one.application.title),
        order="application__organisation__searchable",
    ),
    Column(
        "sens", _("Sens"),
        lambda one: Cell(one.get_outcome_display(), level=OUTCOMES[one.outcome]),
        order="outcome",
    ),
    Column("forme", _("Forme"), lambda one: Cell(one.get_form_display()), order="form"),
    Column("montant", _("Montant"), lambda one: money(one.amount_cents), "amount_cents", True),
    Column("date", _("Décidée le"), lambda one: day(one.decided_at), order="decided_at"),
)  # fmt: skip
PAYMENT_COLUMNS = (
    Column(
        "decision", _("Décision"),
        lambda one: Cell(
            one.decision.number, url=reverse("decisions:decision", args=[one.decision_id])
        ),
        order="decision__number", is_code=True,
    ),
    Column(
        "association", _("Association"),
        lambda one: Cell(one.decision.application.organisation.name), order=_ASKER,
    ),
    Column("nature", _("Versement"), lambda one: Cell(one.get_kind_display()), order="kind"),
    Column(
        "etat", _("État"),
        lambda one: Cell(one.get_state_display(), level=PAYMENTS[one.state]), order="state",
    ),
    Column("montant", _("Montant"), lambda one: money(one.amount_cents), "amount_cents", True),
    Column("limite", _("À payer avant le"), lambda one: day(one.due_on), order="due_on"),
)  # fmt: skip
REPORT_COLUMNS = (
    Column(
        "decision", _("Subvention"),
        lambda one: Cell(
            one.decision.number, url=reverse("decisions:report", args=[one.pk]),
            note=one.decision.application.title,
        ),
        order="decision__number", is_code=True,
    ),
    Column(
        "association", _("Association"),
        lambda one: Cell(one.decision.application.organisation.name), order=_ASKER,
    ),
    Column(
        "etat", _("État"),
        lambda one: Cell(one.get_state_display(), level=REPORTS[one.state]), order="state",
    ),
    Column("attendu", _("Attendu avant le"), lambda one: day(one.due_on), order="due_on"),
    Column(
        "rendre", _("À rendre"), lambda one: money(one.to_return_cents), "to_return_cents", True
    ),
)  # fmt: skip
