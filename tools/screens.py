"""
Pictures of every page of the demonstration, for docs/screens: ``python tools/screens.py [URL]``.

Without an address a demonstration is built and served for the time it takes. A picture is called
after its address (`census:needs` → `census-needs-desktop.png`), is taken by the first persona who
reaches the page by following links, and a test wants one of each page.
"""

import io
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from walk import Walk, set_up

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "screens"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
SIZES = {"desktop": {"width": 1120, "height": 660}, "phone": {"width": 390, "height": 844}}
COLOURS = 64
# Of a long page, what a reader sees in two or three turns of the wheel.
TALLEST = 1_600
# Nobody first: what the public sees is shown as the public sees it.
PERSONAS = (
    "", "Chloé", "Alice", "Léa", "Élise", "Bakary", "Hugo", "Inès", "Jeanne", "Farid", "Gaëlle",
    "Karim", "Samir", "Yanis",
)  # fmt: skip
# Pages to which no link leads, by name.
STARTS = ("/", "/mot-de-passe/envoye/")
# What is done standing, at a school gate or in a corridor.
ON_A_PHONE = {
    "home", "census:needs", "census:need", "census:record", "lending:today", "lending:hand_over",
    "lending:sign", "lending:give_back", "lending:transfer", "lending:declare", "people:notices",
    "mentoring:log", "mentoring:paper",
    "allocation:wave", "allocation:why", "allocation:published", "budget:envelope",
    "budget:signatures", "equipment:device", "steering:dashboard", "steering:traced",
    "supply:order", "supply:receive", "territories:neighbourhood",
}  # fmt: skip
# Whose home page is shown beside the public one.
HOMES = ("Chloé", "Alice", "Driss")


@contextmanager
def demonstration() -> Iterator[str]:
    """A demonstration of its own, in a temporary folder, ended with it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "traitdunion"), "demo", "--port", str(port)]
    with tempfile.TemporaryDirectory(prefix="traitdunion-screens-") as folder:
        server = subprocess.Popen(command, cwd=folder)
        try:
            origin = f"http://127.0.0.1:{port}"
            _wait(origin)
            yield origin
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait(origin: str) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"{origin}/healthz") as answer:
                if json.load(answer)["status"] == "ok":
                    return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the demonstration did not start")


def picture(name: str, size: str) -> Path:
    """Where the picture of an address is kept."""
    return FOLDER / f"{name.replace(':', '-').replace('_', '-')}-{size}.png"


def _enter(browser: Browser, origin: str, person: str, size: str) -> BrowserContext:
    context = browser.new_context(viewport=SIZES[size], locale="fr-FR", color_scheme="light")
    page = context.new_page()
    page.goto(f"{origin}/")
    if person:
        page.locator(".tu-personas button", has_text=person).first.click()
        page.wait_for_load_state()
    return context


def _take(page: Page, url: str, file: Path) -> None:
    page.goto(url)
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    image = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    image = image.crop((0, 0, image.width, min(image.height, TALLEST)))
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    sys.stderr.write(f"{file.name}\n")


def _everything(browser: Browser, origin: str) -> None:
    done: set[str] = set()
    for person in PERSONAS:
        desktop = _enter(browser, origin, person, "desktop")
        found = Walk(desktop, origin).go(*STARTS)
        fresh = {name: path for name, path in found.items() if name not in done}
        _show(desktop, origin, fresh, "desktop")
        phone = {name: path for name, path in fresh.items() if name in ON_A_PHONE}
        _show(_enter(browser, origin, person, "phone"), origin, phone, "phone")
        done |= fresh.keys()
    for person in HOMES:
        name = f"home-{person.lower().replace('é', 'e')}"
        for size in SIZES:
            _show(_enter(browser, origin, person, size), origin, {name: "/"}, size)


def _show(context: BrowserContext, origin: str, pages: dict[str, str], size: str) -> None:
    page = context.pages[0]
    for name, path in pages.items():
        _take(page, origin + path, picture(name, size))


def main(arguments: list[str]) -> None:
    set_up()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        if arguments:
            _everything(browser, arguments[0].rstrip("/"))
        else:
            with demonstration() as origin:
                _everything(browser, origin)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
