"""Waves are the plan's; their lines, and what is asked about them, are each territory's own."""

from tests.web.matrix import (
    CONTROL,
    DECIDERS,
    EVERYBODY,
    HANDLED,
    NOBODY,
    OVER_FOREIGN,
    OVER_OWN,
    RELAYS,
    Row,
    answers,
)

SEEING = RELAYS | DECIDERS | CONTROL
PROPOSING = frozenset({"alice", "lea", "paul"})
OWN, FOREIGN = frozenset({"alice", "lea"}), frozenset({"paul", "lea"})
REDOING, LEA = DECIDERS | CONTROL, frozenset({"lea"})
CHLOE, YANIS = frozenset({"chloe"}), frozenset({"yanis"})


def _wave(side, world):
    return {"wave_id": world.wave.pk}


def _need(side, world):
    return {"need_id": side.need.pk}


def _review(side, world):
    return {"review_id": side.review.pk}


def _pair(may, names, own, foreign):
    return [
        Row(may, names, own, foreign, ok=answers(200, 302, 409)),
        Row(may, names, own, foreign, ok=HANDLED, post=True),
    ]


ROWS = {
    "allocation:waves": Row(SEEING),
    "allocation:propose": Row(PROPOSING, ok=HANDLED, post=True),
    "allocation:published": Row(EVERYBODY),
    "allocation:reviews": Row(SEEING),
    "allocation:answer_review": _pair(PROPOSING, _review, OWN, FOREIGN),
    # One wave serves the whole country: everybody who may see waves sees it, with their own lines.
    "allocation:wave": Row(SEEING, _wave, SEEING, SEEING),
    "allocation:note": Row(SEEING, _wave, SEEING, SEEING),
    "allocation:confirm": _pair(PROPOSING, _wave, PROPOSING, PROPOSING),
    "allocation:cancel": Row(PROPOSING, _wave, PROPOSING, PROPOSING, ok=HANDLED, post=True),
    "allocation:redo": Row(PROPOSING, _wave, PROPOSING, PROPOSING, ok=HANDLED, post=True),
    "allocation:release": [
        Row(LEA, _wave, LEA, LEA),
        Row(LEA, _wave, LEA, LEA, ok=HANDLED, post=True),
    ],
    "allocation:rows": Row(REDOING, _wave, REDOING, REDOING),
    "allocation:rules": Row(REDOING, _wave, REDOING, REDOING),
    # A handful of needs in the world of these tests: they could point at a child.
    "allocation:published_rows": Row(EVERYBODY, _wave, NOBODY, NOBODY),
    "allocation:published_rules": Row(EVERYBODY, _wave, EVERYBODY, EVERYBODY),
    "allocation:resting": Row(RELAYS),
    "allocation:reconfirm": Row(RELAYS, _need, CHLOE, YANIS, ok=HANDLED, post=True),
    "allocation:why": Row(SEEING, _need, OVER_OWN | CHLOE, OVER_FOREIGN | YANIS),
    "allocation:out_of_turn": _pair(PROPOSING, _need, OWN, FOREIGN),
    "allocation:ask_review": _pair(RELAYS, _need, CHLOE, YANIS),
}
