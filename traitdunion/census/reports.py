"""What a list brought: its counts, and the rows that its relay has to mend."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from traitdunion.base.spreadsheets import write_csv
from traitdunion.census.reading import LABELS

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not recorded: its line, its column, why, and its own cells to mend."""

    line: int
    column: str
    reason: str
    cells: tuple[str, ...] = field(repr=False)

    @property
    def label(self) -> str:
        """The column as a person calls it."""
        return str(LABELS.get(self.column, self.column))


@dataclass
class ImportReport:
    """What a list brought. ``rejected`` holds the relay's own rows, for the relay alone."""

    rows: int = 0
    added: int = 0
    known: int = 0
    corrected: int = 0
    doubtful: int = 0
    outside: int = 0
    duplicates: int = 0
    # Rows that ask for nothing, put down for a tablet because the household has no screen.
    assumed: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    # Lines that repeat an earlier line of the same list, with that line.
    repeated: list[tuple[int, int]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    header: tuple[str, ...] = ()

    def summary(self) -> Mapping[str, Any]:
        """Counts, columns and notices without a name: what is kept, what a command prints."""
        return {
            "rows": self.rows,
            "added": self.added,
            "known": self.known,
            "corrected": self.corrected,
            "doubtful": self.doubtful,
            "outside": self.outside,
            "duplicates": self.duplicates,
            "rejected": len(self.rejected),
            "repeated": [list(pair) for pair in self.repeated[:SHOWN]],
            "notices": self.notices,
            "columns": self.columns,
        }

    def tell_assumed(self) -> None:
        """Say of how many rows the kind was assumed, so that the relay may say otherwise."""
        if not self.assumed:
            return
        said = ngettext(
            "%(count)s ligne sans matériel demandé : le foyer n’a pas d’écran, une tablette est"
            " retenue. Ajoutez une colonne « Connexion » ou « Besoin » pour une clé 4G.",
            "%(count)s lignes sans matériel demandé : le foyer n’a pas d’écran, une tablette est"
            " retenue. Ajoutez une colonne « Connexion » ou « Besoin » pour une clé 4G.",
            self.assumed,
        )
        self.notices.append(said % {"count": self.assumed})

    def refused_rows(self) -> bytes:
        """The rows to mend, as the relay wrote them, each with its line, its column and why."""
        header = (*self.header, _("Ligne"), _("Colonne"), _("Motif"))
        rows = ((*one.cells, one.line, one.label, one.reason) for one in self.rejected)
        return write_csv(header, rows)
