"""
Who gets what from each operation: one row an operation, by hand, never read from the code.

``METHOD path`` → `Row`. A new operation without its row fails, and so does a row without one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.web.matrix import (
    CONTROL,
    DECIDERS,
    EVERYBODY,
    NOBODY,
    OVER_FOREIGN,
    OVER_OWN,
    RECEIVERS,
    RELAYS,
    SEATED,
)
from tests.web.world import Side, World
from traitdunion.supply import queries as supply

Name = Callable[[Side, World], str]
BUYERS = frozenset({"alice", "elise", "gaelle", "lea", "paul"})
# Whoever may receive money acts on it; Jeanne keeps the accounts of her association.
HOLD = BUYERS | {"farid", "bakary", "chloe", "hugo", "yanis"}
MONEY = HOLD | CONTROL | {"jeanne"}
ORDERS = BUYERS | CONTROL | RECEIVERS | {"rachid"}
LOANS = RECEIVERS | DECIDERS | CONTROL
WAVES = RELAYS | DECIDERS | CONTROL
HUGO = frozenset({"hugo"})
# Those who may be asked what they think of an application.
CONSULTED = frozenset({"bakary", "chloe", "elise", "farid", "gaelle", "yanis"})
GRANTS = CONSULTED | CONTROL | {"alice", "jeanne", "lea", "paul"}
# Those who ask for grants, decide or look over.
DECIDED = CONTROL | {"alice", "bakary", "jeanne", "lea", "paul"}
LEA, KARIM = frozenset({"lea"}), CONTROL
# The préfecture's own money and orders; those that look over everything.
OWN, FOREIGN = frozenset({"alice"}) | LEA | KARIM, frozenset({"paul"}) | LEA | KARIM
HUGO, LOGGING = frozenset({"hugo"}), frozenset({"hugo", "ines"})
# Whoever asks for a mentor, and the network.
MENTORED = RELAYS | {"farid"} | HUGO
AT_OWN, AT_FOREIGN = frozenset({"chloe", "olga"}), frozenset({"yanis"})


@dataclass(frozen=True)
class Row:
    """
    What one operation answers.

    Attributes:
        may: who has the right; others get 403, and 401 without a good token.
        names: the object that is asked for, on a side (in the path, the query or the body).
        own: those among ``may`` who see the object of Chloé's side; the others get 404.
        foreign: those among ``may`` who see the same object of Yanis's side.
        ok: what they get.
        watching: those who see the object without being a party to it: 403.
    """

    may: frozenset[str]
    names: Name | None = None
    own: frozenset[str] = NOBODY
    foreign: frozenset[str] = NOBODY
    ok: int = 200
    watching: frozenset[str] = NOBODY
    body: Callable[[Side, World], dict[str, Any]] | None = None


def _commitment(side: Side, _world: World) -> dict[str, Any]:
    return {
        "envelope": str(side.envelope.pk),
        "amount_cents": 100,
        "label": "Tablettes",
        "reference": "BC-1",
    }


def _handover(side: Side, _world: World) -> dict[str, Any]:
    return {
        "serial": f"TAB{side.department.code}0001",
        "holder": {"award": str(side.waiting.award_id)},
        "signature": "paper",
        "at": "2020-05-14T10:00:00+02:00",
    }


def _sessions(side: Side, _world: World) -> dict[str, Any]:
    code = side.department.code
    row = {"session": "S9", "pair": f"B{code}", "day": "2020-05-05", "minutes": "45"}
    return {"kind": "SESSIONS", "rows": [row]}


def _opinion(side: Side, _world: World) -> dict[str, Any]:
    return {"application": str(side.grants.application.pk), "stance": "FAVOURABLE"}


def _decision(side: Side, _world: World) -> dict[str, Any]:
    return {
        "application": str(side.grants.application.pk),
        "outcome": "REFUSED",
        "reason": "Action hors des quartiers.",
    }


def _session(side: Side, _world: World) -> dict[str, Any]:
    return {
        "pair": str(side.mentoring.pair.pk),
        "started_at": "2020-05-14T14:00:00+02:00",
        "minutes": 45,
        "mode": "REMOTE",
    }


def _alert(side: Side, _world: World) -> dict[str, Any]:
    return {"pair": str(side.mentoring.pair.pk), "kind": "OTHER"}


def _of_order(side: Side, _world: World) -> str:
    return str(supply.commitments_of(side.order)[0].pk)


ROWS = {
    "GET envelopes": Row(MONEY),
    "GET envelopes/{envelope_id}": Row(MONEY, lambda s, w: s.envelope.pk, OWN, FOREIGN),
    "GET movements": Row(MONEY, lambda s, w: f"?envelope={s.envelope.pk}", OWN, FOREIGN),
    "GET commitments": Row(MONEY, lambda s, w: f"?envelope={s.envelope.pk}", OWN, FOREIGN),
    "GET commitments/{commitment_id}": Row(MONEY, _of_order, OWN, FOREIGN),
    # Léa looks over every envelope, and binds none but her own.
    "POST commitments": Row(
        HOLD, lambda s, w: "", OWN - KARIM, FOREIGN - KARIM, 201, LEA, _commitment
    ),
    "GET neighbourhoods": Row(SEATED),
    "GET organisations": Row(SEATED),
    "GET organisations/{organisation_id}": Row(
        SEATED, lambda s, w: s.school.pk, OVER_OWN | AT_OWN, OVER_FOREIGN | AT_FOREIGN
    ),
    "GET awards": Row(WAVES),
    "GET awards/{award_id}": Row(
        WAVES, lambda s, w: s.award.pk, OVER_OWN | {"chloe"}, OVER_FOREIGN | {"yanis"}
    ),
    "GET orders": Row(ORDERS),
    "GET orders/{order_id}": Row(
        ORDERS, lambda s, w: s.order.pk, OWN | AT_OWN | {"rachid"}, FOREIGN | AT_FOREIGN
    ),
    "GET devices": Row(LOANS),
    "GET handovers": Row(LOANS),
    "GET handovers/{handover_id}": Row(
        LOANS, lambda s, w: s.loan.pk, OVER_OWN | AT_OWN, OVER_FOREIGN | AT_FOREIGN
    ),
    "POST handovers": Row(RECEIVERS, lambda s, w: "", AT_OWN, AT_FOREIGN, 201, NOBODY, _handover),
    "GET network-files": Row(HUGO),
    "GET network-files/to-mend": Row(HUGO),
    "POST network-files": Row(HUGO, ok=201, body=_sessions),
    "GET followed": Row(DECIDERS | CONTROL | HUGO),
    "GET applications": Row(GRANTS),
    "GET applications/{application_id}": Row(
        GRANTS,
        lambda s, w: s.grants.application.pk,
        OWN | {"bakary", "chloe"},
        FOREIGN | {"yanis"},
    ),
    "GET opinions": Row(GRANTS - {"jeanne"}),
    "POST opinions": Row(
        CONSULTED,
        lambda s, w: "",
        frozenset({"chloe"}),
        frozenset({"yanis"}),
        201,
        NOBODY,
        _opinion,
    ),
    "GET decisions": Row(DECIDED),
    "GET decisions/{decision_id}": Row(
        DECIDED, lambda s, w: s.decided.decision.pk, OWN | {"bakary"}, FOREIGN
    ),
    "POST decisions": Row(
        frozenset({"alice", "paul"}),
        lambda s, w: "",
        frozenset({"alice"}),
        frozenset({"paul"}),
        201,
        NOBODY,
        _decision,
    ),
    "GET letters": Row(DECIDED),
    "GET letters/{letter_id}": Row(
        DECIDED, lambda s, w: s.decided.letter.pk, OWN | {"bakary"}, FOREIGN
    ),
    "GET use-reports": Row(DECIDED),
    "GET use-reports/{report_id}": Row(
        DECIDED, lambda s, w: s.decided.report.pk, OWN | {"bakary"}, FOREIGN
    ),
    "GET young-people": Row(MENTORED),
    "GET young-people/{young_id}": Row(
        MENTORED, lambda s, w: s.mentoring.young.pk, HUGO | {"chloe"}, frozenset({"yanis"})
    ),
    "GET mentors": Row(HUGO),
    "GET mentors/{mentor_id}": Row(HUGO, lambda s, w: s.mentoring.mentor.pk, HUGO),
    "GET pairs": Row(LOGGING),
    "GET pairs/{pair_id}": Row(LOGGING, lambda s, w: s.mentoring.pair.pk, LOGGING),
    "GET sessions": Row(LOGGING, lambda s, w: f"?pair={s.mentoring.pair.pk}", LOGGING),
    "POST sessions": Row(LOGGING, lambda s, w: "", LOGGING, NOBODY, 201, NOBODY, _session),
    "GET alerts": Row(MENTORED),
    # A school reads an alert once it is shared with it.
    "GET alerts/{alert_id}": Row(MENTORED, lambda s, w: s.mentoring.alert.pk, HUGO),
    "POST alerts": Row(LOGGING, lambda s, w: "", LOGGING, NOBODY, 201, NOBODY, _alert),
    "GET events": Row(LEA | KARIM),
    "GET seals": Row(EVERYBODY),
    "GET docs": Row(EVERYBODY),
    "GET openapi.json": Row(EVERYBODY),
}
