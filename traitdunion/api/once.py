"""
Doing a thing once, however often it is asked: key, work and answer are one transaction.

A process killed in the middle leaves nothing; whoever asks again with the same key and body gets
the kept answer, to the byte. What is kept is what the work answered: done (2xx), or refused by a
rule (409). Anything refused before the work (token, right, unknown object, wrong field) keeps
nothing, and may be corrected under the same key.
"""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from traitdunion.api import problems
from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.partners import operations as partners
from traitdunion.partners.queries import Asked

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
LONGEST_KEY = 200
Work = Callable[..., Any]


class BadKey(Refusal):
    """The key is empty, too long, or not made of visible characters."""

    status = 422


def once(work: Work) -> Work:
    """
    Do ``work`` in one transaction, once a key. It returns what it made, which answers
    201, or the ``STATUS`` of its class.

    Raises: BadKey, `partners.operations.StillRunning`, `partners.operations.AnotherBody`.
    """

    @wraps(work)
    def answered(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = _asked(request)
        with transaction.atomic():
            who = {"by": request.auth.by, "at": now()}
            kept = partners.take_key(asked=asked, **who) if asked else None
            if kept:
                return _replayed(kept)
            answer = _answer(request, lambda: work(request, *args, **kwargs))
            if asked and _is_kept(answer):
                body = answer.content.decode()
                partners.keep(asked=asked, status=answer.status_code, body=body, **who)
            return answer

    answered.is_once = True  # type: ignore[attr-defined]
    return answered


def _asked(request: Any) -> Asked | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise BadKey(_("Idempotency-Key : de 1 à 200 caractères visibles, un UUID par exemple."))
    return Asked(
        organisation_id=request.auth.seat.organisation.pk,
        method=request.method,
        path=request.path,
        key=key,
        body_digest=_digest(request),
    )


def _digest(request: HttpRequest) -> str:
    """The same object written with other blanks or in another order is the same body."""
    body = request.body or b"null"
    same = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(same.encode()).hexdigest()


def _answer(request: HttpRequest, work: Callable[[], Any]) -> HttpResponse:
    """A refusal undoes its own work and nothing else: its answer can still be kept."""
    try:
        with transaction.atomic():
            made = work()
    except Refusal as refusal:
        return problems.of_refusal(request, refusal)
    status = getattr(made, "STATUS", HTTPStatus.CREATED)
    body = made.model_dump_json()
    return HttpResponse(body, status=status, content_type="application/json")


def _is_kept(answer: HttpResponse) -> bool:
    return answer.status_code < HTTPStatus.BAD_REQUEST or answer.status_code == HTTPStatus.CONFLICT


def _replayed(kept: Any) -> HttpResponse:
    failed = kept.status >= HTTPStatus.BAD_REQUEST
    kind = problems.MEDIA_TYPE if failed else "application/json"
    return HttpResponse(
        kept.body, status=kept.status, content_type=kind, headers={REPLAYED: "true"}
    )
