"""Envelopes, commitments, payments, signatures, extracts of Chorus, the end of the year."""

from tests.web.matrix import CONTROL, HANDLED, Name, Row

LEA = frozenset({"lea"})
# Those who may hold money and act for its holder; a treasurer looks, a controller looks.
HOLD = frozenset(
    {"alice", "bakary", "chloe", "elise", "farid", "gaelle", "hugo", "lea", "paul", "yanis"}
)
GIVE = HOLD
SEE = HOLD | CONTROL | {"jeanne"}
COMPARE = frozenset({"alice", "elise", "farid", "lea", "paul"}) | CONTROL
# The envelopes are the préfectures'; the ministry sees and does not act.
ALICE, PAUL = frozenset({"alice"}), frozenset({"paul"})
OWN, FOREIGN = ALICE | LEA, PAUL | LEA


def _envelope(side, world):
    return {"envelope_id": side.envelope.pk}


def _child(side, world):
    return {"envelope_id": side.money.child.pk}


def _closed(side, world):
    return {"envelope_id": side.money.closed.pk}


def _movement(side, world):
    return {"envelope_id": side.envelope.pk, "told_by": side.money.movement.told_by}


def _commitment(side, world):
    return {"commitment_id": side.money.commitment.pk}


def _asked(side, world):
    return {"payment_id": side.money.asked.pk}


def _paid(side, world):
    return {"payment_id": side.money.paid.pk}


def _request(side, world):
    return {"request_id": side.money.request.pk}


def _delegation(side, world):
    return {"delegation_id": side.money.delegation.pk}


def _extract(side, world):
    return {"extract_id": side.money.extract.pk}


def _line(side, world):
    return {"extract_id": side.money.extract.pk, "line_id": side.money.line.pk}


def _reason(side, world):
    return {"reason": "Erreur de saisie du montant."}


def _ticked(side, world):
    return {"commitment": str(side.money.commitment.pk)}


def _seen(names: Name) -> Row:
    return Row(SEE, names, OWN | CONTROL, FOREIGN | CONTROL)


def _form(names: Name) -> list[Row]:
    """A page with a form about something seen by the ministry, and acted upon by its holder."""
    may = {"names": names, "own": OWN, "foreign": FOREIGN, "watching": LEA}
    return [Row(HOLD, **may), Row(HOLD, **may, ok=HANDLED, post=True)]


def _button(names: Name, may: frozenset[str] = HOLD) -> Row:
    return Row(may, names, OWN, FOREIGN, HANDLED, LEA, post=True)


def _alone(names: Name, may: frozenset[str] = HOLD) -> Row:
    """What only the organisation itself sees: a foreign one is not found, even by the ministry."""
    return Row(may, names, ALICE, PAUL, HANDLED, post=True)


ROWS = {
    "budget:envelopes": Row(SEE),
    "budget:new": [Row(LEA), Row(LEA, ok=HANDLED, post=True)],
    "budget:spending": Row(COMPARE),
    "budget:envelope": _seen(_envelope),
    "budget:allot": [
        Row(LEA, _envelope, LEA, LEA),
        Row(LEA, _envelope, LEA, LEA, HANDLED, post=True),
    ],
    "budget:open_under": _form(_envelope),
    "budget:delegate": _form(_child),
    "budget:withdraw": _form(_child),
    "budget:engage": _form(_envelope),
    "budget:take_over": _form(_envelope),
    "budget:movements": _seen(_envelope),
    "budget:movement": _seen(_movement),
    "budget:reverse": [
        *_form(_movement),
        Row(HOLD, _movement, OWN, FOREIGN, HANDLED, LEA, post=True, data=_reason),
    ],
    "budget:close": _form(_envelope),
    "budget:carry_over": _form(_closed),
    "budget:lapse": _form(_closed),
    "budget:next_year": _button(_envelope),
    "budget:commitments": Row(SEE),
    "budget:commitment": _seen(_commitment),
    "budget:number": _form(_commitment),
    "budget:release": _form(_commitment),
    "budget:advance": _form(_commitment),
    "budget:certify": _form(_commitment),
    "budget:request_payment": _form(_commitment),
    "budget:payments": Row(SEE),
    "budget:to_request": [Row(HOLD), Row(HOLD, ok=HANDLED, post=True, data=_ticked)],
    "budget:payment": _seen(_asked),
    "budget:number_payment": _form(_asked),
    "budget:pay": _form(_asked),
    "budget:send_back": [
        *_form(_paid),
        Row(HOLD, _paid, OWN, FOREIGN, HANDLED, LEA, post=True, data=_reason),
    ],
    "budget:cancel_payment": _button(_asked),
    "budget:signatures": Row(HOLD),
    "budget:sign": _alone(_request),
    "budget:refuse": [
        Row(HOLD, _request, ALICE, PAUL),
        Row(HOLD, _request, ALICE, PAUL, HANDLED, post=True, data=_reason),
    ],
    # Only whoever asked takes it back: here, nobody of the cast.
    "budget:withdraw_request": Row(HOLD, _request, ALICE, PAUL, HANDLED, ALICE | PAUL, post=True),
    "budget:delegations": Row(HOLD),
    "budget:give_signing": [Row(GIVE), Row(GIVE, ok=HANDLED, post=True)],
    "budget:end_signing": _alone(_delegation, GIVE),
    "budget:extracts": [Row(HOLD), Row(HOLD, ok=HANDLED, post=True)],
    "budget:extract": Row(HOLD, _extract, ALICE, PAUL),
    "budget:attach": [
        Row(HOLD, _line, ALICE, PAUL),
        Row(HOLD, _line, ALICE, PAUL, HANDLED, post=True),
    ],
    "budget:confirm_extract": _alone(_extract),
    "budget:abandon_extract": _alone(_extract),
}
