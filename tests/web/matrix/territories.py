"""Public reference: anybody who sits somewhere reads it, whatever the territory."""

from tests.web.matrix import HANDLED, SEATED, Row

LEA = frozenset({"lea"})
NEIGHBOURHOOD = "territories:neighbourhood"


def _code(side, world):
    return {"code": side.neighbourhood.code}


def _cite(side, world):
    return {"code": side.cite.code}


ROWS = {
    "territories:neighbourhoods": Row(SEATED),
    NEIGHBOURHOOD: Row(SEATED, _code, SEATED, SEATED),
    "territories:cites": Row(SEATED),
    "territories:cite": Row(SEATED, _cite, SEATED, SEATED),
    "territories:cover": Row(LEA, _cite, LEA, LEA, ok=HANDLED, post=True),
    "territories:schools": Row(SEATED),
}
