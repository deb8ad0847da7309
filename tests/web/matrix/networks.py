"""Networks: those who fund, the networks themselves, those who count and control."""

from tests.web.matrix import CONTROL, DECIDERS, HANDLED, Row

HUGO = frozenset({"hugo"})
FUNDING = DECIDERS
SEEING = DECIDERS | CONTROL | HUGO
# The agreement of Chloé's side is Alice's and that of Yanis's is Paul's; both with Hugo's network.
OVER = frozenset({"lea", "karim"}) | HUGO
OWN, FOREIGN = OVER | {"alice"}, OVER | {"paul"}
SCHOOLS = frozenset({"chloe", "yanis"})


def _agreement(side, world):
    return {"number": side.agreement.number}


def _end(side, world):
    return {"pk": side.end.pk}


ROWS = {
    "networks:agreements": Row(SEEING),
    "networks:prepare": [Row(FUNDING), Row(FUNDING, ok=HANDLED, post=True)],
    "networks:agreement": Row(SEEING, _agreement, OWN, FOREIGN),
    "networks:act": Row(
        FUNDING,
        _agreement,
        frozenset({"alice", "lea"}),
        frozenset({"paul", "lea"}),
        ok=HANDLED,
        watching=frozenset({"lea"}),
        post=True,
        data=lambda side, world: {"step": "count"},
    ),
    "networks:declare": [Row(FUNDING), Row(FUNDING, ok=HANDLED, post=True)],
    "networks:files": [Row(HUGO), Row(HUGO, ok=HANDLED, post=True)],
    "networks:to_mend": Row(HUGO),
    "networks:report": Row(HUGO),
    "networks:counts": Row(SEEING),
    "networks:certify": Row(frozenset({"lea", "karim", "hugo"}), ok=HANDLED, post=True),
    "networks:certificate": Row(
        SEEING,
        lambda side, world: {"number": side.count.number},
        OVER,
        OVER,
    ),
    "networks:ends": [Row(HUGO), Row(HUGO, ok=HANDLED, post=True)],
    "networks:plan_remaining": Row(HUGO, ok=HANDLED, post=True),
    "networks:received": Row(SCHOOLS | HUGO),
    "networks:answer": Row(
        SCHOOLS | HUGO,
        _end,
        frozenset({"chloe"}),
        frozenset({"yanis"}),
        ok=HANDLED,
        post=True,
        data=lambda side, world: {"answer": "yes"},
    ),
    "networks:mentor_certificate": Row(
        HUGO, lambda side, world: {"pk": side.mentor.pk}, HUGO, HUGO, post=True
    ),
}
