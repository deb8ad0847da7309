"""
From addresses to points, by the batch search of the Base Adresse Nationale.

Only the address leaves, never a name or an identifier. Off until the installation gives the
service's address. A failure is an answer not given, to be asked again: never an « outside ».
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import httpx
from django.utils.translation import gettext as _

from traitdunion.base.errors import Refusal

BATCH = 500
TIMEOUT_SECONDS = 60.0
COLUMNS = ("text", "postcode", "city")
WANTED = ("result_type", "result_score", "longitude", "latitude", "result_citycode")


class GeocoderUnavailable(Refusal):
    """The service did not answer as it should; the addresses wait."""

    status = 503


class AddressLine(Protocol):
    """What is asked: `people.Address` is one."""

    text: str
    postcode: str
    city: str


@dataclass(frozen=True, slots=True)
class Found:
    """What the service recognised, how precisely and how surely."""

    kind: str
    score: float
    lon: float
    lat: float


def search(addresses: Sequence[AddressLine], *, url: str) -> list[Found | None]:
    """
    Where these addresses are; None where the service found nothing usable.

    Args:
        url: of the batch search, e.g. ``https://data.geopf.fr/geocodage/search/csv``.
    Raises: GeocoderUnavailable when it cannot be reached or answers something else.
    """
    found: list[Found | None] = []
    with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
        for start in range(0, len(addresses), BATCH):
            found += _asked(client, addresses[start : start + BATCH], url)
    return found


def _asked(client: httpx.Client, addresses: Sequence[AddressLine], url: str) -> list[Found | None]:
    files = {"data": ("adresses.csv", _table(addresses), "text/csv")}
    data = {"columns": ["text", "city"], "postcode": "postcode", "result_columns": list(WANTED)}
    try:
        answer = client.post(url, files=files, data=data)
        answer.raise_for_status()
    except httpx.HTTPError:
        raise GeocoderUnavailable(
            _("Le géocodeur ne répond pas : les adresses attendent, rien n’est décidé.")
        ) from None
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    if len(rows) != len(addresses):
        raise GeocoderUnavailable(
            _("Le géocodeur a rendu %(got)s lignes pour %(sent)s : les adresses attendent.")
            % {"got": len(rows), "sent": len(addresses)}
        )
    return [_read(row) for row in rows]


def _table(addresses: Sequence[AddressLine]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows((one.text, one.postcode, one.city) for one in addresses)
    return out.getvalue().encode()


def _read(row: dict[str, str]) -> Found | None:
    """One answer; a score, a point or a type that is missing or absurd is no answer."""
    try:
        score = float(row.get("result_score") or "")
        lon, lat = float(row.get("longitude") or ""), float(row.get("latitude") or "")
    except ValueError:
        return None
    kind = row.get("result_type") or ""
    sound = 0 <= score <= 1 and abs(lon) <= 180 and abs(lat) <= 90
    return Found(kind[:20], score, lon, lat) if sound and kind else None
