"""Chromium as tests use it: Debian’s own, a fresh profile each time, nothing else reached."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

EXECUTABLE = shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
# A window of 1,280 pixels enlarged four times leaves 320 to the page.
ENLARGED = {"width": 320, "height": 256}
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


@dataclass
class Visit:
    """A page open in a fresh profile, and what the browser complained of."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> int:
        """Open a page; return the status of its answer."""
        answer = self.page.goto(f"{self.origin}{path}")
        return answer.status if answer else 0

    def hear(self, message: ConsoleMessage) -> None:
        # The answer's own status is what the test asked for; the rest is a defect.
        if message.type in {"error", "warning"} and "the server responded" not in message.text:
            self.complaints.append(message.text)

    def barriers(self) -> list[str]:
        """What axe finds: rule and first element, one line each."""
        found = Axe().run(self.page, options=AXE_OPTIONS).response["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]

    def overflows(self) -> bool:
        """Whether the page must be scrolled sideways."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not EXECUTABLE:
        pytest.skip("Chromium is not on this machine: ./dev test installs it")
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=EXECUTABLE, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_browser(chromium: Browser, live_server: object) -> Iterator[Callable[..., Visit]]:
    """Open a fresh profile on the live server; ``session`` is the cookie of somebody signed in."""
    opened = []

    def opener(*, session: str = "", size: dict[str, int] = DESKTOP, **context: object) -> Visit:
        profile = chromium.new_context(viewport=size, locale="fr-FR", **context)
        opened.append(profile)
        if session:
            cookie = {"name": "sessionid", "value": session, "url": live_server.url}
            profile.add_cookies([cookie])
        visit = Visit(profile.new_page(), live_server.url)
        visit.page.on("console", visit.hear)
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        return visit

    yield opener
    for profile in opened:
        profile.close()
