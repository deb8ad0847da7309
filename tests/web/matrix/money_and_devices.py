"""Envelopes, orders and the register."""

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

LEA = frozenset({"lea"})
BUYERS = frozenset({"alice", "elise", "lea", "paul", "gaelle"})
ORDERS = BUYERS | CONTROL | RECEIVERS | {"rachid"}
# The préfecture that bought, its supplier, the school that receives.
OWN, FOREIGN = frozenset({"alice", "lea"}), frozenset({"paul", "lea"})
PARTY, OTHER_PARTY = frozenset({"alice"}), frozenset({"paul"})
AT_OWN, AT_FOREIGN = frozenset({"chloe", "olga"}), frozenset({"yanis"})


def _order(side, world):
    return {"number": side.order.number}


def _envelope(side, world):
    return {"envelope_id": side.envelope.pk}


def _device(side, world):
    return {"serial": side.device.serial}


def _line(side, world):
    return {"line": str(side.line.pk)}


LOADING = BUYERS | {"rachid"}
RECEIVING = BUYERS | RECEIVERS | {"farid"}
ROWS = {
    "supply:orders": Row(ORDERS),
    "supply:new": [Row(BUYERS), Row(BUYERS, ok=HANDLED, post=True)],
    "supply:gift": [Row(BUYERS), Row(BUYERS, ok=HANDLED, post=True)],
    "supply:order": Row(
        ORDERS, _order, OWN | CONTROL | AT_OWN | {"rachid"}, FOREIGN | CONTROL | AT_FOREIGN
    ),
    "supply:manifest": [
        Row(LOADING, _order, PARTY | {"rachid"}, OTHER_PARTY),
        Row(LOADING, _order, PARTY | {"rachid"}, OTHER_PARTY, ok=HANDLED, post=True),
    ],
    "supply:receive": [
        Row(RECEIVING, _order, AT_OWN, AT_FOREIGN, ok=answers(200, 302, 409)),
        Row(RECEIVING, _order, AT_OWN, AT_FOREIGN, ok=HANDLED, post=True),
    ],
    "supply:settle": Row(BUYERS, _order, OWN, FOREIGN, HANDLED, LEA, post=True),
    "supply:letter": Row(BUYERS, _order, OWN, FOREIGN, answers(200, 409), LEA, post=True),
    "supply:certify": Row(BUYERS, _order, OWN, FOREIGN, HANDLED, LEA, post=True, data=_line),
    "supply:sign": Row(BUYERS, _order, OWN, FOREIGN, HANDLED, LEA, post=True),
    "supply:cancel": Row(BUYERS, _order, OWN, FOREIGN, HANDLED, LEA, post=True),
    "equipment:devices": Row(RECEIVERS | DECIDERS | CONTROL),
    "equipment:device": Row(
        RECEIVERS | DECIDERS | CONTROL, _device, OVER_OWN | AT_OWN, OVER_FOREIGN | AT_FOREIGN
    ),
}
