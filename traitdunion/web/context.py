"""What every page knows: where one may go, and what must be said at the top of each."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from traitdunion.allocation import rights as allocation
from traitdunion.budget import rights as budget
from traitdunion.census import rights as census
from traitdunion.equipment import rights as equipment
from traitdunion.grants import rights as grants
from traitdunion.lending import rights as lending
from traitdunion.mentoring import rights as mentoring
from traitdunion.partners import rights as partners
from traitdunion.programme import queries as programme
from traitdunion.steering import rights as steering
from traitdunion.supply import rights as supply
from traitdunion.territories import queries as territories

# What each seat finds in the menu, in this order; the page itself checks the same right.
MENU: tuple[tuple[Any, str, Callable[[Any], bool]], ...] = (
    (_("Accueil"), "home", lambda seat: True),
    (_("Tableau de bord"), "steering:dashboard", steering.may_see_dashboard),
    (_("Recensement"), "census:board", census.may_see_census),
    (_("Attributions"), "allocation:waves", allocation.may_see_waves),
    (_("Commandes"), "supply:orders", supply.may_see_orders),
    (_("Remises et prêts"), "lending:today", lending.may_lend),
    (_("Matériel"), "equipment:devices", equipment.may_see_devices),
    (_("Subventions"), "grants:index", grants.may_see_applications),
    (_("Mentorat"), "mentoring:desk", mentoring.may_coordinate),
    (_("Mes séances"), "mentoring:log", mentoring.may_mentor),
    (_("Mentorat"), "mentoring:young", mentoring.may_refer),
    # Whoever coordinates finds the counts from the desk.
    (_("Mentorat"), "networks:counts", mentoring.only_counts),
    (_("Enveloppes"), "budget:envelopes", budget.has_money),
    (_("Journal"), "journal:events", steering.may_read_journal),
    (_("Mon organisation"), "partners:organisation", partners.may_see_team),
)


def service(request: HttpRequest) -> dict[str, Any]:
    """The menu of this seat, and the notices that no page may hide."""
    seat = getattr(request, "seat", None)
    return {
        "seat": seat,
        "menu": _menu(request, seat) if request.user.is_authenticated else [],
        "demonstration": settings.DEMONSTRATION,
        "contours_notice": _contours_notice() if request.user.is_authenticated else None,
    }


def _menu(request: HttpRequest, seat: Any) -> list[dict[str, Any]]:
    here = request.path
    entries = []
    for label, name, check in MENU:
        if not check(seat):
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        current = here == url or (url != "/" and here.startswith(url))
        entries.append({"label": label, "url": url, "is_current": current})
    return entries


def _contours_notice() -> territories.LayerState | None:
    """Only the 2024 contours are loaded where the plan is of 2015: every page says so."""
    current = programme.current_or_none()
    if current is None:
        return None
    wanted = programme.plan(current).programme.neighbourhood_generation
    state = territories.layer_state(wanted)
    return state if state.differs else None
