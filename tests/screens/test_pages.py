"""
Every page in Chromium, on a desk, on a phone and enlarged four times: no barrier that axe knows,
no complaint of the browser, nothing to scroll sideways.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.browser import DESKTOP, ENLARGED, PHONE, Visit
from tests.web import world as worlds
from tests.web.matrix import FILES, Row, rows

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BACKEND = "django.contrib.auth.backends.ModelBackend"
# Files, and links that need a token. Nothing is sealed in this world: where a seal would be
# printed, a page says so.
NOT_PAGES = (FILES - {"journal:latest"}) | {"accept_invitation", "password_reset_confirm"}
# Who shows a page best, when several may open it.
GUIDES = ("chloe", "alice", "lea", "karim", "driss", "anonymous")
AREAS = sorted({name.partition(":")[0] if ":" in name else "shell" for name in rows()})


def _pages(area: str) -> list[tuple[str, Row, str]]:
    """Name of the address, its row, and who opens it."""
    found = []
    for name, some in sorted(rows().items()):
        mine = name.partition(":")[0] if ":" in name else "shell"
        row = next((one for one in some if not one.post and 200 in one.ok), None)
        may = (row.own if row.names else row.may) if row else frozenset()
        if mine == area and name not in NOT_PAGES and row and may:
            guide = next(person for person in (*GUIDES, *sorted(may)) if person in may)
            found.append((name, row, guide))
    return found


def _session(world: worlds.World, person: str) -> str:
    if person == "anonymous":
        return ""
    client = Client()
    client.force_login(world.people[person], backend=BACKEND)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _defects(visit: Visit, address: str, expected: tuple[int, ...] = (200,)) -> list[str]:
    answer = visit.go(address)
    found = [] if answer in expected else [f"answered {answer}"]
    found += [f"axe {line}" for line in visit.barriers()]
    found += [f"console {line}" for line in visit.complaints]
    found += ["wider than the window"] if visit.overflows() else []
    visit.complaints.clear()
    return [f"{address}: {line}" for line in found]


@pytest.fixture
def world(live_server: Any, settings: Any) -> worlds.World:
    settings.DEMONSTRATION = True
    built = worlds.build()
    for user in built.people.values():
        user.is_demonstration = True
        user.save()
    return built


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("size", [DESKTOP, PHONE, ENLARGED], ids=["desk", "phone", "enlarged"])
def test_no_page_stops_anybody(
    area: str, size: dict[str, int], world: worlds.World, open_browser: Callable[..., Visit]
) -> None:
    visits = {}
    defects = []
    for name, row, person in _pages(area):
        if person not in visits:
            visits[person] = open_browser(session=_session(world, person), size=size)
        arguments = row.names(world.a, world) if row.names else {}
        # A page that says no is a page too: a list's preview once the census is closed.
        defects += _defects(visits[person], reverse(name, kwargs=arguments), tuple(row.ok))

    assert not defects, "\n".join(defects)


def test_the_pages_of_errors_stop_nobody(open_browser: Callable[..., Visit]) -> None:
    visit = open_browser(size=PHONE)

    assert not _defects(visit, "/nulle-part/", (404,))
