"""
Territories computed by several machines, through a Dask scheduler: `traitdunion[cluster]`.

What travels is what the engine is given, arrays of numbers: no name, no identifier, no address.
Territories are cut before anybody computes, and put together in their order: the same bytes come
out whoever computes, and a machine that falls has its territories done again by another.
"""

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from distributed import Client, Security
from django.utils.translation import gettext as _

from traitdunion.base.errors import Refusal
from traitdunion.engine.pairing import Pairs, Runner, Task, solve

CONNECT_SECONDS = 10
# A task on a machine that falls is tried again elsewhere, so many times.
RETRIES = 3


class NoMachines(Refusal):
    """The scheduler cannot be used; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Papers:
    """Files by which both ends know each other."""

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None


@contextmanager
def machines(address: str, papers: Papers) -> Iterator[Runner]:
    """
    Who solves territories on the machines of a scheduler. Raises NoMachines.

    Off this machine only ``tls://`` is accepted, with the three files.
    """
    security = _security(address, papers)
    try:
        client = Client(address, timeout=CONNECT_SECONDS, security=security, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NoMachines(
            _("%(address)s : le répartiteur ne répond pas (%(error)s).")
            % {"address": address, "error": type(error).__name__}
        ) from None
    with client:

        def run(tasks: Sequence[Task]) -> Iterable[Pairs]:
            futures = client.map(solve, tasks, pure=False, retries=RETRIES)
            found: list[Pairs] = client.gather(futures)
            return found

        yield run


def _security(address: str, papers: Papers) -> Security | None:
    parts = urlsplit(address)
    if parts.scheme == "tcp" and _is_here(parts.hostname or ""):
        return None
    if parts.scheme != "tls":
        raise NoMachines(
            _("%(address)s : hors de cette machine, l’adresse commence par tls://.")
            % {"address": address}
        )
    if not (papers.ca and papers.cert and papers.key):
        raise NoMachines(_("Avec tls://, donnez --tls-ca, --tls-cert et --tls-key."))
    for path in (papers.ca, papers.cert, papers.key):
        if not path.is_file():
            raise NoMachines(_("« %(name)s » : fichier introuvable.") % {"name": path.name})
    return Security(
        require_encryption=True,
        tls_ca_file=str(papers.ca),
        tls_client_cert=str(papers.cert),
        tls_client_key=str(papers.key),
    )


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
