"""What a loading did, and the words of a header under whatever name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from traitdunion.base.identifiers import folded
from traitdunion.base.sheets import Sheet, Unreadable


@dataclass
class LoadReport:
    """
    Rows added, changed, left as they were, rejected with a reason; and what is worth knowing.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def reject(self, line: int, reason: str) -> None:
        self.rejected.append((line, reason))

    def as_dict(self) -> dict[str, object]:
        return {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "rejected": [{"line": line, "reason": reason} for line, reason in self.rejected],
            "notices": self.notices,
        }


def columns(
    sheet: Sheet, aliases: Mapping[str, Sequence[str]], required: Sequence[str]
) -> dict[str, int]:
    """
    Where each known column is, whatever its name's case, accents and order.

    Raises: Unreadable naming the missing column and what it may be called.
    """
    titles = {folded(title): index for index, title in reversed(list(enumerate(sheet.header)))}
    found = {
        name: titles[folded(alias)]
        for name, words in aliases.items()
        for alias in reversed(words)
        if folded(alias) in titles
    }
    for name in required:
        if name not in found:
            raise Unreadable(
                _("« %(file)s » : la colonne « %(column)s » manque (noms reconnus : %(names)s).")
                % {"file": sheet.name, "column": name, "names": ", ".join(aliases[name])}
            )
    return found


def department_code(text: str) -> str:
    """
    A département as the State's codes write it: « 035 » and « 35 » are 35, « 02A » is 2A.

    >>> [department_code(code) for code in ("035", "02a", "971", "1")]
    ['35', '2A', '971', '01']
    """
    code = text.strip().upper()
    if len(code) == 3 and code.startswith("0"):
        code = code[1:]
    return code.zfill(2) if code.isdecimal() else code
