"""The journal, for the plan's administration and its controller; its seals, for everybody."""

from tests.web.matrix import CONTROL, EVERYBODY, Row, answers

READERS = CONTROL | {"lea"}
ROWS = {
    "journal:events": Row(READERS),
    "journal:seals": Row(EVERYBODY),
    # Nothing is sealed in this world.
    "journal:latest": Row(READERS, ok=answers(200, 404)),
}
