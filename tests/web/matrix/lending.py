"""Hand-overs and loans: the relay's own; those who decide and control read codes and dates."""

from tests.web.matrix import (
    CONTROL,
    DECIDERS,
    HANDLED,
    OVER_FOREIGN,
    OVER_OWN,
    RECEIVERS,
    Row,
    answers,
)

SEEING = RECEIVERS | DECIDERS | CONTROL
SENDING = RECEIVERS | {"alice", "elise", "paul"}
OWN, FOREIGN = frozenset({"chloe", "olga"}), frozenset({"yanis"})
# A transfer has two ends, the préfecture that sends and the school that receives; whoever looks
# over one of them sees it.
END, OTHER_END = OWN | {"alice", "elise"}, FOREIGN | {"paul"}


def _waiting(side, world):
    return {"number": side.waiting.number}


def _lent(side, world):
    return {"number": side.lent.number}


def _transfer(side, world):
    return {"number": side.transfer.number}


def _pair(may, names=None, own=frozenset(), foreign=frozenset()):
    return [
        Row(may, names, own, foreign),
        Row(may, names, own, foreign, ok=HANDLED, post=True),
    ]


ROWS = {
    "lending:today": Row(RECEIVERS),
    "lending:prepare": Row(RECEIVERS, ok=HANDLED, post=True),
    "lending:pack": Row(RECEIVERS, ok=answers(200, 302, 409), post=True),
    "lending:labels": Row(RECEIVERS, ok=answers(200, 302, 409), post=True),
    "lending:keying": _pair(RECEIVERS),
    "lending:collective": _pair(RECEIVERS),
    "lending:agreements": Row(SEEING),
    "lending:agreement": Row(SEEING, _waiting, OVER_OWN | OWN, OVER_FOREIGN | FOREIGN),
    "lending:hand_over": Row(RECEIVERS, _waiting, OWN, FOREIGN, ok=HANDLED, post=True),
    "lending:sign": Row(RECEIVERS, _lent, OWN, FOREIGN, ok=HANDLED, post=True),
    "lending:agreement_pdf": Row(RECEIVERS, _waiting, OWN, FOREIGN, post=True),
    "lending:loans": Row(SEEING),
    "lending:give_back": _pair(RECEIVERS),
    "lending:replace": _pair(RECEIVERS),
    "lending:extend": _pair(RECEIVERS, lambda side, world: {"pk": side.loan.pk}, OWN, FOREIGN),
    "lending:incidents": Row(SEEING),
    "lending:declare": _pair(RECEIVERS),
    "lending:close": Row(
        RECEIVERS,
        lambda side, world: {"pk": side.incident.pk},
        OWN,
        FOREIGN,
        ok=HANDLED,
        post=True,
    ),
    "lending:transfers": Row(SENDING),
    "lending:send": _pair(SENDING),
    "lending:transfer": Row(SENDING, _transfer, END, OTHER_END),
    "lending:receive": Row(SENDING, _transfer, OWN, FOREIGN, ok=HANDLED, post=True),
    "lending:delivery_pdf": Row(SENDING, _transfer, END, OTHER_END, post=True),
}
