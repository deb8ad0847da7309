"""How a line of the queue is shown, in the lists and in the spreadsheet."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.allocation.states import Decision
from traitdunion.base.money import euros
from traitdunion.census.states import Equipment
from traitdunion.web.lists import Cell, Column

LEVELS = {
    Decision.SERVED: "good",
    Decision.WAITING: "info",
    Decision.CHECK: "warning",
    Decision.DOUBTFUL: "warning",
}


def short(need_id: Any) -> str:
    """The code under which a need is published: the beginning of its identifier."""
    return str(need_id)[:8].upper()


def _neighbourhood(line: Any) -> Cell:
    if line.neighbourhood is None:
        return Cell(_("à placer"))
    return Cell(line.neighbourhood.name, note=line.neighbourhood.code)


COLUMNS = (
    Column("rang", gettext_lazy("Rang"), lambda one: Cell(one.rank), order="rank", is_number=True),
    Column(
        "besoin",
        gettext_lazy("Besoin"),
        lambda one: Cell(
            short(one.need_id),
            url=reverse("allocation:why", args=[one.need_id]),
            value=str(one.need_id),
        ),
    ),
    Column("quartier", gettext_lazy("Quartier"), _neighbourhood, order="neighbourhood__name"),
    Column(
        "relais",
        gettext_lazy("Recensé par"),
        lambda one: Cell(one.need.relay.name),
        order="need__relay__name",
    ),
    Column("degre", gettext_lazy("Degré"), lambda one: Cell(one.degree), order="degree"),
    Column("cle", gettext_lazy("Clé"), lambda one: Cell(one.key or "—")),
    Column(
        "materiel",
        gettext_lazy("Matériel"),
        lambda one: Cell(Equipment(one.need.kind).label, note=euros(one.cost_cents)),
    ),
    Column(
        "decision",
        gettext_lazy("Décision"),
        lambda one: Cell(one.get_decision_display(), level=LEVELS[Decision(one.decision)]),
        order="decision",
    ),
    Column("raison", gettext_lazy("Pourquoi"), lambda one: Cell(one.reason)),
)
# A file has one fact a column.
FILE = (
    *COLUMNS,
    Column(
        "code",
        gettext_lazy("Code du quartier"),
        lambda one: Cell(one.neighbourhood.code if one.neighbourhood else ""),
    ),
    Column(
        "cout",
        gettext_lazy("Coût TTC en euros"),
        lambda one: Cell(euros(one.cost_cents), value=one.cost_cents / 100),
        is_number=True,
    ),
    Column("source", gettext_lazy("Source"), lambda one: Cell(one.source)),
)
