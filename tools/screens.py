"""
Pictures of the demonstration's pages, for docs/screens: ``python tools/screens.py [URL]``.

Without an address a demonstration is built and served for the time it takes.
"""

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

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "screens"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
SIZES = {"bureau": {"width": 1120, "height": 660}, "telephone": {"width": 390, "height": 844}}
# Name of the picture, who opens it (nobody: empty), address, then links followed from there.
PAGES = (
    ("accueil", "", "/", ""),
    ("connexion", "", "/connexion/", ""),
    ("regle", "", "/programme/regle/", ""),
    ("attributions-publiees", "", "/attributions/publiees/", ""),
    ("donnees-personnelles", "", "/donnees-personnelles/", ""),
    ("accessibilite", "", "/accessibilite/", ""),
    ("introuvable", "", "/nulle-part/", ""),
    ("aujourd-hui-college", "Chloé", "/", ""),
    ("aujourd-hui-prefecture", "Alice", "/", ""),
    ("sans-role", "Driss", "/", ""),
    ("tableau-de-bord", "Léa", "/tableau-de-bord/", ""),
    ("recensement", "Alice", "/recensement/", ""),
    ("importer", "Chloé", "/recensement/importer/", ""),
    ("besoins", "Chloé", "/recensement/besoins/", ""),
    ("besoin", "Chloé", "/recensement/besoins/", "tbody a"),
    ("doublons", "Chloé", "/recensement/doublons/", ""),
    ("cloture", "Léa", "/recensement/cloture/", ""),
    ("attributions", "Léa", "/attributions/", ""),
    ("vague", "Léa", "/attributions/", "main a[href*='vagues']"),
    ("pourquoi", "Léa", "/attributions/", "main a[href*='vagues'] > tbody a[href*='besoins']"),
    ("enveloppes", "Alice", "/enveloppes/", ""),
    ("enveloppe", "Alice", "/enveloppes/", "tbody a"),
    ("commandes", "Alice", "/commandes/", ""),
    ("commande", "Alice", "/commandes/", "tbody a"),
    ("commander", "Alice", "/commandes/nouvelle/", ""),
    ("remises", "Chloé", "/prets/", ""),
    ("saisie-des-remises", "Chloé", "/prets/saisie/", ""),
    ("prets-en-cours", "Chloé", "/prets/en-cours/", ""),
    ("retour", "Chloé", "/prets/retour/", ""),
    ("incident", "Chloé", "/prets/incidents/declarer/", ""),
    ("transferts", "Alice", "/prets/transferts/", ""),
    ("materiel", "Karim", "/materiel/", ""),
    ("appareil", "Karim", "/materiel/", "tbody a"),
    ("avis-aux-familles", "Chloé", "/familles/avis/", ""),
    ("organisation", "Chloé", "/organisation/", ""),
    ("quartiers", "Alice", "/territoires/quartiers/", ""),
    ("quartier", "Alice", "/territoires/quartiers/", "tbody a"),
)
ON_A_PHONE = {
    "accueil",
    "aujourd-hui-college",
    "remises",
    "retour",
    "besoins",
    "vague",
    "commande",
}


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


def _enter(page: Page, origin: str, person: str) -> None:
    page.goto(f"{origin}/")
    if person:
        page.locator(".tu-personas button", has_text=person).first.click()
        page.wait_for_load_state()


def _follow(page: Page, links: str) -> bool:
    for link in filter(None, links.split(" > ")):
        found = page.locator(link).first
        if not found.count():
            return False
        found.click()
        page.wait_for_load_state()
    return True


def _take(browser: Browser, origin: str, size: str) -> None:
    opened: dict[str, Page] = {}
    for name, person, path, links in PAGES:
        if size == "telephone" and name not in ON_A_PHONE:
            continue
        if person not in opened:
            opened[person] = browser.new_context(
                viewport=SIZES[size], locale="fr-FR", color_scheme="light"
            ).new_page()
            _enter(opened[person], origin, person)
        page = opened[person]
        answer = page.goto(f"{origin}{path}")
        if (answer and answer.status >= 500) or not _follow(page, links):
            sys.stderr.write(f"{name}: nothing to show\n")
            continue
        page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
        page.screenshot(path=FOLDER / f"{name}-{size}.png")


def main(arguments: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        if arguments:
            for size in SIZES:
                _take(browser, arguments[0].rstrip("/"), size)
        else:
            with demonstration() as origin:
                for size in SIZES:
                    _take(browser, origin, size)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
