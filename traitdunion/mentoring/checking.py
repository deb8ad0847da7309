"""Does mentoring hold together? What its sessions, places and certificates should sum to."""

import hashlib
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from uuid import UUID

from django.db.models import Count, F, Q

from traitdunion.mentoring import arrays, recount
from traitdunion.mentoring.models import (
    CountCertificate,
    CountedChild,
    FollowedSpan,
    Mentor,
    Pair,
    PlaceShare,
    Session,
    YoungPerson,
)
from traitdunion.programme import queries as programme
from traitdunion.programme.schema import Plan

Wrong = tuple[str, str, str]
CHUNK = 5_000


def check() -> Iterator[Wrong]:
    """What does not hold together: (table, identifier, reason) of each wrong row."""
    yield from _miscounted_places()
    yield from _miscounted_mentors()
    yield from _misplaced_sessions()
    yield from _miscounted_children()
    yield from _false_certificates()


def _miscounted_places() -> Iterator[Wrong]:
    rows = PlaceShare.objects.order_by("pk").values_list("pk", "taken")
    grouped = YoungPerson.objects.filter(share__isnull=False).values("share").order_by("share")
    held = dict(grouped.annotate(n=Count("pk")).values_list("share", "n"))
    for pk, taken in rows:
        if taken != held.get(pk, 0):
            yield "mentoring_placeshare", str(pk), "its places taken are not those held"


def _miscounted_mentors() -> Iterator[Wrong]:
    is_open = Count("pk")
    grouped = Pair.objects.filter(ended_on__isnull=True).values("mentor").order_by("mentor")
    held = dict(grouped.annotate(n=is_open).values_list("mentor", "n"))
    for pk, taken in Mentor.objects.order_by("pk").values_list("pk", "taken"):
        if taken != held.get(pk, 0):
            yield "mentoring_mentor", str(pk), "its open pairs are not those counted"


def _misplaced_sessions() -> Iterator[Wrong]:
    wrong = Session.objects.exclude(child=F("pair__young__child"), network=F("pair__network"))
    for pk in wrong.order_by("pk").values_list("pk", flat=True):
        yield "mentoring_session", str(pk), "it counts for another child than its pair's"
    early = Session.objects.filter(Q(day__lt=F("pair__made_on")))
    for pk in early.order_by("pk").values_list("pk", flat=True):
        yield "mentoring_session", str(pk), "it is before its pair"


def _miscounted_children() -> Iterator[Wrong]:
    """Counters that counting the sessions again does not give, some thousands at a time."""
    current = programme.current_or_none()
    if current is None:
        return
    plan = programme.plan(current)
    rows = CountedChild.objects.order_by("pk").values_list("pk", "sessions")
    known = rows.iterator(chunk_size=CHUNK)
    while some := dict(islice(known, CHUNK)):
        yield from _miscounted(some, plan)


def _miscounted(known: Mapping[UUID, int], plan: Plan) -> Iterator[Wrong]:
    by_scope: dict[UUID | None, list[tuple[UUID, date]]] = defaultdict(list)
    sessions: dict[UUID, int] = defaultdict(int)
    children = list(known)
    # Between two identifiers, not by naming five thousand: the index answers the same.
    here = {"child__gte": children[0], "child__lte": children[-1]}
    rows = Session.objects.filter(**here).order_by("child", "day", "pk")
    for child, network, day in rows.values_list("child_id", "network_id", "day"):
        by_scope[None].append((child, day))
        by_scope[network].append((child, day))
        sessions[child] += 1
    wanted = {
        (span.child, scope, span.definition, span.from_on, span.until_on)
        for scope, told in by_scope.items()
        for span in arrays.spans(arrays.told(told), plan)
    }
    columns = ("child_id", "network_id", "definition", "from_on", "until_on")
    kept = list(FollowedSpan.objects.filter(**here).order_by("pk").values_list(*columns))
    twice = {row for row, count in Counter(kept).items() if count > 1}
    for child in sorted({row[0] for row in (wanted ^ set(kept)) | twice}):
        yield "mentoring_countedchild", str(child), "it is not followed on the days counted"
    for pk, count in known.items():
        if count != sessions.get(pk, 0):
            yield "mentoring_countedchild", str(pk), "its sessions are not those counted"


def _false_certificates() -> Iterator[Wrong]:
    """Certificates whose file is not the one digested, or does not give the figure."""
    for one in CountCertificate.objects.order_by("pk").iterator(chunk_size=20):
        raw = zlib.decompress(bytes(one.content))
        if hashlib.sha256(raw).hexdigest() != one.digest:
            yield "mentoring_countcertificate", str(one.pk), "its file is not the one digested"
            continue
        again = recount.recount(raw.decode())
        if again != (one.wide, one.strict, one.places, one.sessions):
            yield "mentoring_countcertificate", str(one.pk), "its file does not give its count"
