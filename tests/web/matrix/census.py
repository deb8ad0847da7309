"""The census: a relay its own needs, those who decide their territory's, by code."""

from tests.web.matrix import (
    CONTROL,
    DECIDERS,
    HANDLED,
    OVER_FOREIGN,
    OVER_OWN,
    RELAYS,
    Row,
    answers,
)

SEEING, LEA = RELAYS | DECIDERS | CONTROL, frozenset({"lea"})
CHLOE, YANIS = frozenset({"chloe"}), frozenset({"yanis"})


def _list(side, world):
    return {"list_id": side.kept.pk}


def _need(side, world):
    return {"need_id": side.need.pk}


def _quarter(side, world):
    return {"neighbourhood_id": side.neighbourhood.pk}


def _doubtful(side, world):
    return {"need_id": side.doubtful.pk}


def _duplicate(side, world):
    return {"duplicate_id": side.duplicate.pk}


def _different(side, world):
    return {"verdict": "DIFFERENT"}


ROWS = {
    "census:board": Row(SEEING),
    "census:ask": Row(DECIDERS, ok=HANDLED, post=True),
    "census:no_need": Row(DECIDERS, ok=HANDLED, post=True),
    "census:ceiling": [
        Row(DECIDERS, _quarter, OVER_OWN & DECIDERS, OVER_FOREIGN & DECIDERS),
        Row(DECIDERS, _quarter, OVER_OWN & DECIDERS, OVER_FOREIGN & DECIDERS, HANDLED, post=True),
    ],
    "census:import": [Row(RELAYS), Row(RELAYS, ok=HANDLED, post=True)],
    # The census is closed: the list is shown to its relay, and nothing more enters.
    "census:preview": Row(RELAYS, _list, CHLOE, YANIS, ok=answers(200, 409)),
    "census:confirm": Row(RELAYS, _list, CHLOE, YANIS, ok=HANDLED, post=True),
    "census:rejected": Row(RELAYS, _list, CHLOE, YANIS, ok=answers(200, 409)),
    "census:needs": Row(SEEING),
    "census:record": [Row(RELAYS), Row(RELAYS, ok=HANDLED, post=True)],
    "census:need": Row(SEEING, _need, OVER_OWN | CHLOE, OVER_FOREIGN | YANIS),
    "census:withdraw": Row(RELAYS, _need, CHLOE, YANIS, ok=HANDLED, post=True),
    "census:settle_address": [
        Row(RELAYS, _doubtful, CHLOE, YANIS),
        Row(RELAYS, _doubtful, CHLOE, YANIS, ok=HANDLED, post=True),
    ],
    "census:addresses": Row(RELAYS),
    "census:duplicates": Row(RELAYS),
    "census:settle_duplicate": [
        Row(RELAYS, _duplicate, CHLOE, YANIS),
        Row(RELAYS, _duplicate, CHLOE, YANIS, HANDLED, post=True, data=_different),
    ],
    "census:open": [Row(LEA), Row(LEA, ok=HANDLED, post=True)],
    "census:closing": Row(LEA),
    "census:close": Row(LEA, ok=HANDLED, post=True),
    "census:publish_seed": Row(LEA, ok=HANDLED, post=True),
}
