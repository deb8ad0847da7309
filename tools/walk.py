"""
Every page of a running demonstration that somebody reaches by following links, by the name of its
address: what `tools/screens.py` takes pictures of.
"""

import os
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urldefrag, urljoin, urlsplit

import django
from django.urls import Resolver404, resolve
from playwright.sync_api import APIResponse, BrowserContext

# Pages of one name that are read for the links they hold.
READ = 12
LINK = re.compile(r'(?:href|data-page)="([^"]+)"')


def set_up() -> None:
    """Addresses are named by the project's own list of them."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "traitdunion.project.settings"
    os.environ.setdefault("TRAITDUNION_DEMONSTRATION", "yes")
    os.environ.setdefault("TRAITDUNION_SECRET_KEY", "only to name addresses")
    django.setup()


@dataclass
class Walk:
    """
    From the home page, along every link.

    Attributes:
        found: name of an address → the address of the page that holds most, first seen first.
    """

    context: BrowserContext
    origin: str
    found: dict[str, str] = field(default_factory=dict)
    _held: dict[str, int] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    _read: dict[str, int] = field(default_factory=dict)

    def go(self, *starts: str) -> dict[str, str]:
        waiting = deque(starts)
        while waiting:
            path = waiting.popleft()
            name = route(path)
            if name is None or path in self._seen or self._read.get(name, 0) >= READ:
                continue
            self._seen.add(path)
            self._read[name] = self._read.get(name, 0) + 1
            answer = self.context.request.get(self.origin + path, max_redirects=0)
            if is_page(answer):
                waiting.extend(self._keep(name, path, answer.text()))
        return self.found

    def _keep(self, name: str, path: str, text: str) -> Iterator[str]:
        """The page that holds most rows shows most of what a page of that name can show."""
        held = text.count("<tr") + text.count("<li")
        if name not in self.found or ("?" not in path and held > self._held[name]):
            self.found[name], self._held[name] = path, held
        for link in LINK.findall(text):
            whole = urldefrag(urljoin(self.origin + path, unescape(link))).url
            if whole.startswith(self.origin + "/"):
                yield whole.removeprefix(self.origin)


def is_page(answer: APIResponse) -> bool:
    return answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html")


def route(path: str) -> str | None:
    """The name of an address, or nothing when it is not one of ours or leaves the session."""
    try:
        name = resolve(urlsplit(path).path).view_name
    except Resolver404:
        return None
    return None if name in {"logout", "enter_demonstration", "set_language"} else str(name)
