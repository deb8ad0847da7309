"""The columns of the census's lists, on pages and in exports alike."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from traitdunion.census.queries import BoardRow
from traitdunion.people.queries import pseudonym
from traitdunion.web.lists import Cell, Column

ASKED_LEVELS = {
    "NOT_ASKED": "bad",
    "SILENT": "warning",
    "ANSWERED": "good",
    "NO_NEED": "info",
}
STATE_LEVELS = {"OPEN": "good", "DOUBTFUL": "warning", "OUT": "plain", "WITHDRAWN": "plain"}


def _rate(row: BoardRow) -> Cell:
    if row.per_hundred is None:
        return Cell("—", value="")
    return Cell(f"{row.per_hundred:.1f}".replace(".", ","), value=row.per_hundred)


def _needs(row: BoardRow) -> Cell:
    note = _("dont %(doubtful)s à vérifier") % {"doubtful": row.doubtful} if row.doubtful else ""
    return Cell(row.needs, note=note)


BOARD = (
    Column(
        "quartier",
        _("Quartier"),
        lambda row: Cell(row.name, note=row.code),
        lambda row: (row.name, row.code),
    ),
    Column("communes", _("Communes"), lambda row: Cell(row.communes), lambda row: row.communes),
    Column(
        "etat",
        _("Réponse"),
        lambda row: Cell(row.asked.label, level=ASKED_LEVELS[row.asked]),
        lambda row: list(ASKED_LEVELS).index(row.asked),
    ),
    Column("besoins", _("Besoins"), _needs, lambda row: row.needs, is_number=True),
    Column(
        "pour-cent",
        _("Pour 100 élèves"),
        _rate,
        lambda row: row.per_hundred or 0,
        is_number=True,
    ),
    Column("par", _("Recensés par"), lambda row: Cell(", ".join(row.recorded_by) or "—")),
    Column("contact", _("Qui appeler"), lambda row: Cell(row.contact or "—", note=row.phone)),
)

# A file has one fact a column, so that whoever calls needs nothing else.
BOARD_FILE = (
    Column("code", _("Code du quartier"), lambda row: Cell(row.code)),
    *BOARD,
    Column("telephone", _("Téléphone"), lambda row: Cell(row.phone)),
)


def _ceiling(row: BoardRow) -> Cell:
    shown = _("aucun") if row.ceiling is None else row.ceiling
    return Cell(
        shown,
        url=reverse("census:ceiling", args=[row.neighbourhood_id]),
        value="" if row.ceiling is None else row.ceiling,
        note=row.ceiling_reason,
    )


# For those who decide: above it, somebody checks.
CEILING = Column("plafond", _("Plafond par degré"), _ceiling, is_number=True)


def _code(row: Any) -> Cell:
    return Cell(pseudonym(row.person_id), url=reverse("census:need", args=[row.pk]))


def _state(row: Any) -> Cell:
    note = row.get_doubt_display() if row.doubt else ""
    return Cell(row.get_state_display(), level=STATE_LEVELS[row.state], note=note)


def _place(row: Any) -> Cell:
    return Cell(row.neighbourhood.name if row.neighbourhood else "—")


NEEDS = (
    Column("enfant", _("Enfant"), _code),
    Column("classe", _("Classe"), lambda row: Cell(row.school_class or "—"), "school_class"),
    Column("relais", _("Recensé par"), lambda row: Cell(row.relay.name), "relay__name"),
    Column("materiel", _("Matériel"), lambda row: Cell(row.get_kind_display()), "kind"),
    Column("degre", _("Situation"), lambda row: Cell(row.get_degree_display()), "degree"),
    Column("quartier", _("Quartier"), _place, "neighbourhood__name"),
    Column("etat", _("État"), _state, "state"),
)
