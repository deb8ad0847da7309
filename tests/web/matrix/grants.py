"""Asking for a grant, reviewing what is asked, who works where."""

from tests.web.matrix import EVERYBODY, HANDLED, NOBODY, Row, answers

ASKING = frozenset({"bakary", "jeanne"})
OVER = frozenset({"lea", "karim"})
REVIEWING = frozenset({"alice", "paul"})
SEEING = ASKING | OVER | REVIEWING
GIVING = frozenset({"bakary", "chloe", "elise", "farid", "gaelle", "yanis"})
# Bakary's association asks, Alice's préfecture reviews, Chloé's school was asked about it; in the
# other territory nobody acts for the association.
OWN, FOREIGN = frozenset({"bakary", "alice"}) | OVER, frozenset({"paul"}) | OVER
BAKARY, ALICE, PAUL = (frozenset({name}) for name in ("bakary", "alice", "paul"))
CHLOE, YANIS = frozenset({"chloe"}), frozenset({"yanis"})


def _one(side, world):
    return {"number": side.grants.application.number}


def _piece(side, world):
    return {**_one(side, world), "piece_id": side.grants.piece.pk}


def _conflict(side, world):
    return {"conflict_id": side.grants.conflict.pk}


def _simulation(side, world):
    return {"simulation_id": side.grants.simulation.pk}


def _unknown_link(side, world):
    return {"token": "inconnu"}


def _asking(**more):
    """What the association alone does with its own."""
    return Row(ASKING, _one, BAKARY, NOBODY, HANDLED, post=True, **more)


def _reviewing():
    """What the authority alone does with what it received."""
    return Row(REVIEWING, _one, ALICE, PAUL, HANDLED, post=True)


def _screen():
    return [Row(ASKING, _one, BAKARY, NOBODY), _asking()]


ROWS = {
    "grants:index": Row(SEEING),
    "grants:start": Row(ASKING, ok=HANDLED, post=True),
    "grants:open": [Row(EVERYBODY), Row(EVERYBODY, ok=HANDLED, post=True)],
    "grants:directory": Row(EVERYBODY),
    "grants:application": Row(SEEING | GIVING, _one, OWN | CHLOE, FOREIGN | YANIS),
    "grants:who": _screen(),
    "grants:what": _screen(),
    "grants:money": _screen(),
    "grants:keep": _asking(),
    "grants:attach": _asking(),
    "grants:piece": Row(SEEING, _piece, OWN, FOREIGN),
    "grants:remove": Row(ASKING, _piece, BAKARY, NOBODY, HANDLED, post=True),
    "grants:ask_signature": _asking(),
    # Nobody holds a link that was never sent; the real one is in tests/web/test_grants.py.
    "grants:sign": [
        Row(EVERYBODY, _unknown_link, NOBODY, NOBODY),
        Row(EVERYBODY, _unknown_link, NOBODY, NOBODY, post=True),
    ],
    "grants:write": Row(SEEING, _one, OWN, FOREIGN, HANDLED, OVER, post=True),
    "grants:answer": _asking(),
    "grants:receipt": Row(SEEING, _one, OWN, FOREIGN),
    "grants:form": Row(SEEING, _one, OWN, FOREIGN),
    "grants:begin": _reviewing(),
    "grants:assign": _reviewing(),
    "grants:follow": _reviewing(),
    "grants:correct": _reviewing(),
    "grants:ask_opinion": _reviewing(),
    "grants:score": _reviewing(),
    "grants:opinion": [
        Row(GIVING, _one, CHLOE, YANIS),
        Row(GIVING, _one, CHLOE, YANIS, HANDLED, post=True),
    ],
    "grants:conflicts": [Row(REVIEWING), Row(REVIEWING, ok=HANDLED, post=True)],
    "grants:end_conflict": Row(REVIEWING, _conflict, ALICE, PAUL, answers(302), post=True),
    "grants:simulations": [Row(REVIEWING), Row(REVIEWING, ok=HANDLED, post=True)],
    "grants:simulation": Row(REVIEWING, _simulation, ALICE, PAUL),
}
