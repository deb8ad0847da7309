"""Children's files: the relay that made the child known, and nobody else."""

from tests.web.matrix import HANDLED, RELAYS, Row, answers

CHLOE, YANIS = frozenset({"chloe"}), frozenset({"yanis"})


def _child(side, world):
    return {"person_id": side.need.person_id}


ROWS = {
    "people:notices": Row(RELAYS),
    "people:print_notices": Row(RELAYS, ok=answers(200, 302), post=True),
    "people:notices_handed": Row(RELAYS, ok=answers(302), post=True),
    "people:file": Row(RELAYS, _child, CHLOE, YANIS),
    "people:authorisation": Row(RELAYS, _child, CHLOE, YANIS, ok=HANDLED, post=True),
    "people:objection": [
        Row(RELAYS, _child, CHLOE, YANIS),
        Row(RELAYS, _child, CHLOE, YANIS, ok=HANDLED, post=True),
    ],
}
