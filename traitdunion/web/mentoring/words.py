"""What codes are called on a page, and names where the task needs them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.base.clock import now
from traitdunion.mentoring.states import Level, Mode, Signal, Slot, Subject
from traitdunion.people import operations as people
from traitdunion.people.queries import pseudonym

if TYPE_CHECKING:
    from traitdunion.mentoring.models import Mentor, YoungPerson

KINDS = {"LEVEL": Level, "SUBJECT": Subject, "SLOT": Slot, "MODE": Mode}
BLOCKED = {
    "MENTORS": gettext_lazy("aucun mentor disponible, formé et contrôlé"),
    "LEVEL": gettext_lazy("aucun mentor disponible pour ce niveau"),
    "SUBJECT": gettext_lazy("aucun mentor disponible pour ces matières"),
    "SLOT": gettext_lazy("aucun mentor libre sur ces créneaux"),
    "MODE": gettext_lazy("aucun mentor assez près, ou à distance"),
    "ROOM": gettext_lazy("les mentors possibles suivent déjà d’autres jeunes"),
}


def labels(kind: Any, values: Iterable[str]) -> str:
    """« mathématiques, lecture »."""
    known = set(kind)
    return ", ".join(str(kind(one).label) if one in known else str(one) for one in values)


def reason(code: str, value: Any) -> str:
    """One thing that a pair shares, in words."""
    if code == "DISTANCE":
        kilometres = f"{value:.1f}".replace(".", ",")
        return _("à %(km)s km") % {"km": kilometres}
    kind = KINDS.get(code)
    return labels(kind, [value]) if kind else str(value)


def reasons(listed: Sequence[Sequence[Any]]) -> str:
    return ", ".join(reason(code, value) for code, value in listed) or _("choisi à la main")


def profile(one: "YoungPerson | Mentor") -> list[tuple[Any, str]]:
    """What a match looks at, line by line."""
    levels = getattr(one, "levels", None)
    told = levels if levels is not None else [one.level] if one.level else []
    lines = [
        (_("Niveau"), labels(Level, told)),
        (_("Matières"), labels(Subject, one.subjects)),
        (_("Créneaux"), labels(Slot, one.slots)),
        (_("Mode"), labels(Mode, one.modes)),
        (_("Langues"), ", ".join(one.languages)),
    ]
    if hasattr(one, "signals"):
        lines.append((_("Signes de décrochage"), labels(Signal, one.signals)))
    return [(label, said or _("à convenir")) for label, said in lines]


def names(
    request: Any, young: "Iterable[YoungPerson]", purpose: str, *, first_only: bool = False
) -> Mapping[UUID, str]:
    """Young person → name; each reading is journaled with its purpose."""
    listed = list(young)
    files = people.names(
        person_ids=sorted({one.person_id for one in listed}),
        purpose=purpose,
        by=request.user,
        at=now(),
    )
    found = {}
    for one in listed:
        file = files.get(one.person_id)
        if file:
            found[one.pk] = file.first_name if first_only else file.full_name
    return found


def called(one: "YoungPerson", known: Mapping[UUID, str]) -> str:
    """The name where it was read, else the code."""
    return known.get(one.pk) or pseudonym(one.person_id)
