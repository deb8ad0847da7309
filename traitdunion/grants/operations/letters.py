"""Letters: seen before they leave, drawn by the worker, found again when they come back signed."""

import base64
import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from PIL import Image

from traitdunion.base import bulk
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.documents import scans
from traitdunion.documents.grant_render import decision_paper, picture_svg
from traitdunion.gateways import operations as gateways
from traitdunion.grants import papers, wording
from traitdunion.grants.models import (
    Decision,
    Letter,
    LetterContent,
    LetterTemplate,
    SignedPage,
)
from traitdunion.grants.queries import deciding as queries
from traitdunion.grants.states import Outcome
from traitdunion.journal import operations as journal

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation, User
    from traitdunion.partners.queries import Seat
    from traitdunion.programme.schema import Plan

# Of a drawing of a signature or a stamp, in points: what a page needs, and no more.
WIDEST, HIGHEST = 600, 400
# Letters drawn in one transaction: long enough to cost little, short enough to redo.
TOGETHER = 50
_NUMBER = re.compile(r"\bL[2-9A-HJ-NP-Z]{7}\b")


class BadDrawing(Refusal):
    """The picture of a signature or a stamp cannot be used."""

    status = 400


@dataclass
class Reattached:
    """What a pile held: letters found, pages without code, codes that are not ours."""

    letters: dict[str, int] = field(default_factory=dict)
    without_code: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    known_already: int = 0


def draw_waiting(
    *, plan: "Plan", public_url: str, by: Actor, at: datetime, limit: int = 100
) -> int:
    """Draw and send what is queued, the oldest first, some at a time; return how many left."""
    waiting = queries.letters_to_draw(limit)
    for start in range(0, len(waiting), TOGETHER):
        some = waiting[start : start + TOGETHER]
        _draw(some, plan, public_url, by, at)
    return len(waiting)


def draw(*, letter: Letter, plan: "Plan", public_url: str, by: Actor, at: datetime) -> Letter:
    """Draw a letter once, keep it as it leaves, tell the association. Raises MoveRefused."""
    _draw([letter], plan, public_url, by, at)
    return letter


@transaction.atomic
def _draw(
    letters: Sequence[Letter], plan: "Plan", public_url: str, by: Actor, at: datetime
) -> None:
    """In one transaction: a stop in the middle leaves them queued, none half sent."""
    rows = Letter.objects.filter(pk__in=[one.pk for one in letters], drawn_at__isnull=True)
    if rows.update(drawn_at=at, sent_at=at) != len(letters):
        raise MoveRefused(_("Cette lettre est déjà faite."))
    kept = []
    for letter in letters:
        content = _drawn(letter, plan, public_url)
        letter.digest = hashlib.sha256(content).hexdigest()
        letter.drawn_at = letter.sent_at = at
        kept.append(LetterContent(letter=letter, content=content))
    Letter.objects.bulk_update(letters, ["digest"])
    bulk.create(kept)
    told = Decision.objects.filter(pk__in=[one.decision_id for one in letters])
    told.filter(notified_at__isnull=True).update(notified_at=at)
    for letter in letters:
        _tell(letter, public_url, by, at)
    journal.record_many(
        verb="grants.letter_sent",
        subject_kind="grants.letter",
        subjects=[
            (one.pk, {"decision": str(one.decision_id), "digest": one.digest}) for one in letters
        ],
        by=by,
        at=at,
    )


def _drawn(letter: Letter, plan: "Plan", public_url: str) -> bytes:
    decision = letter.decision
    kind = papers.kind_of(decision.outcome, decision.form)
    with override("fr"):
        return decision_paper(
            papers.paper(
                application=decision.application,
                told=papers.told_by(decision),
                words=papers.words_of(letter.words, kind),
                plan=plan,
                number=letter.number,
                public_url=public_url,
                at=letter.prepared_at,
            )
        )


def _tell(letter: Letter, public_url: str, by: Actor, at: datetime) -> None:
    application = letter.decision.application
    to = application.representative_email or application.organisation.email
    if to:
        context = {
            "number": application.number,
            "granted": letter.decision.outcome == Outcome.ACCEPTED,
            "link": f"{public_url}/decisions/{letter.decision_id}/",
        }
        gateways.post(
            to=to, template="grant_decided", context=context, language="fr", by=by, at=at
        )


@transaction.atomic
def save_words(
    *,
    authority: "Organisation",
    kind: str,
    words: wording.Words,
    signature: bytes,
    stamp: bytes,
    by: "User",
    at: datetime,
) -> LetterTemplate:
    """
    A new version of an authority's words; letters already queued keep theirs.

    Args:
        signature, stamp: pictures; empty: those of the version before.
    Raises: BadWords, BadDrawing.
    """
    wording.check_words(words.opening, words.body, words.closing)
    before = queries.words_in_use(authority.pk, kind)
    made = LetterTemplate.objects.create(
        authority=authority,
        kind=kind,
        version=before.version + 1 if before else 1,
        opening=words.opening,
        body=words.body,
        closing=words.closing,
        signatory_name=words.signatory_name,
        signatory_title=words.signatory_title,
        signature=_drawing(signature) if signature else before.signature if before else "",
        stamp=_drawing(stamp) if stamp else before.stamp if before else "",
        made_by=by,
        made_at=at,
    )
    facts = {"kind": kind, "version": made.version}
    journal.record(verb="grants.words_saved", subject=made, by=by, at=at, facts=facts)
    return made


def _drawing(content: bytes) -> str:
    """The picture, made again from its points: whatever else the file held is left out."""
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > 20_000_000:
                raise BadDrawing(_("Image trop grande : 20 millions de points au plus."))
            clean = picture.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise BadDrawing(
            _("La signature et le cachet sont des images PNG ou JPEG ; celle-ci n’en est pas une.")
        ) from None
    clean.thumbnail((WIDEST, HIGHEST))
    out = io.BytesIO()
    clean.save(out, "PNG", optimize=True)
    return picture_svg(base64.b64encode(out.getvalue()).decode(), clean.width, clean.height)


# --- The signed paper comes back


@transaction.atomic
def reattach(*, content: bytes, name: str, seat: "Seat", by: Actor, at: datetime) -> Reattached:
    """
    Find which letter each page of a scanned pile belongs to, by its code, and keep it there.

    Raises: ScanRefused.
    """
    found = Reattached()
    pages = scans.read_pile(content, name)
    ours = _letters_on(pages, seat)
    for page in pages:
        numbers = _numbers(page.codes)
        letter = next((ours[one] for one in numbers if one in ours), None)
        if letter is None:
            (found.unknown if page.codes else found.without_code).append(page.number)
        elif _keep(letter, page, at):
            found.letters[letter.number] = found.letters.get(letter.number, 0) + 1
        else:
            found.known_already += 1
    for number in found.letters:
        letter = ours[number]
        Letter.objects.filter(pk=letter.pk, signed_at__isnull=True).update(signed_at=at)
        facts = {"pages": found.letters[number]}
        journal.record(verb="grants.paper_back", subject=letter, by=by, at=at, facts=facts)
    return found


def _numbers(codes: Sequence[str]) -> list[str]:
    return [number for code in codes for number in _NUMBER.findall(code)]


def _letters_on(pages: Sequence[scans.ScannedPage], seat: "Seat") -> dict[str, Letter]:
    """The letters of that authority whose numbers are on these pages."""
    numbers = {number for page in pages for number in _numbers(page.codes)}
    rows = queries.letters_seen_by(seat).filter(
        number__in=numbers, decision__application__authority=seat.organisation.pk
    )
    return {one.number: one for one in rows}


def _keep(letter: Letter, page: scans.ScannedPage, at: datetime) -> bool:
    """False when the same page was there already."""
    try:
        with transaction.atomic():
            SignedPage.objects.create(
                letter=letter,
                position=page.number,
                content=page.picture,
                digest=hashlib.sha256(page.picture).hexdigest(),
                added_at=at,
            )
    except IntegrityError:
        return False
    return True
