"""Decisions on grants, their letters, their money, what is owed in return."""

from tests.web.matrix import EVERYBODY, HANDLED, NOBODY, Name, Row

ASKING = frozenset({"bakary", "jeanne"})
OVER = frozenset({"lea", "karim"})
DECIDING = frozenset({"alice", "paul"})
SEEING = ASKING | OVER | DECIDING
# Bakary's association asked, Alice's préfecture decided; in the other territory nobody acts for
# the association.
OWN, FOREIGN = frozenset({"bakary", "alice"}) | OVER, frozenset({"paul"}) | OVER
BAKARY, ALICE, PAUL = (frozenset({name}) for name in ("bakary", "alice", "paul"))


def _asked(side, world):
    return {"number": side.grants.application.number}


def _granted(side, world):
    return {"number": side.decided.application.number}


def _decision(side, world):
    return {"decision_id": side.decided.decision.pk}


def _number(side, world):
    return {"number": side.decided.letter.number}


def _letter(side, world):
    return {"letter_id": side.decided.letter.pk}


def _page(side, world):
    return {**_letter(side, world), "page_id": side.decided.page.pk}


def _payment(side, world):
    return {"payment_id": side.decided.payment.pk}


def _file(side, world):
    return {"file_id": side.decided.file.pk}


def _change(side, world):
    return {"change_id": side.decided.change.pk}


def _report(side, world):
    return {"report_id": side.decided.report.pk}


def _control(side, world):
    return {"control_id": side.decided.control.pk}


def _case(side, world):
    return {"case_id": side.decided.case.pk}


def _kind(side, world):
    return {"kind": "order"}


def _year(side, world):
    return {"year": "2020", "name": "reglementaire"}


def _form(names: Name, watching: frozenset[str] = NOBODY) -> list[Row]:
    """What the authority alone does with what it decided."""
    return [
        Row(DECIDING, names, ALICE, PAUL, watching=watching),
        Row(DECIDING, names, ALICE, PAUL, HANDLED, watching, post=True),
    ]


def _button(names: Name) -> Row:
    return Row(DECIDING, names, ALICE, PAUL, HANDLED, post=True)


ROWS = {
    "verify_letter": Row(EVERYBODY, _number, EVERYBODY, EVERYBODY),
    "decisions:decisions": Row(SEEING),
    "decisions:batch": [Row(DECIDING), Row(DECIDING, ok=HANDLED, post=True)],
    "decisions:decide": _form(_asked),
    "decisions:preview": _button(_asked),
    "decisions:bank": [
        Row(SEEING, _granted, OWN, FOREIGN, watching=OVER),
        Row(SEEING, _granted, OWN, FOREIGN, HANDLED, OVER, post=True),
    ],
    "decisions:decision": Row(SEEING, _decision, OWN, FOREIGN),
    "decisions:reopen": _form(_decision),
    "decisions:ask_payment": _button(_decision),
    "decisions:give_back": _form(_decision),
    "decisions:letter": Row(SEEING, _letter, OWN, FOREIGN),
    "decisions:signed_page": Row(SEEING, _page, OWN, FOREIGN),
    "decisions:pile": [Row(DECIDING), Row(DECIDING, ok=HANDLED, post=True)],
    "decisions:templates": Row(DECIDING),
    "decisions:words": [
        Row(DECIDING, _kind, DECIDING, DECIDING),
        Row(DECIDING, _kind, DECIDING, DECIDING, HANDLED, post=True),
    ],
    "decisions:payments": [Row(DECIDING), Row(DECIDING, ok=HANDLED, post=True)],
    "decisions:file": Row(DECIDING, _file, ALICE, PAUL),
    "decisions:paid": _form(_payment),
    "decisions:returned": _form(_payment),
    "decisions:retry": _button(_payment),
    "decisions:cancel": _button(_payment),
    "decisions:release_change": _button(_change),
    "decisions:refuse_change": _button(_change),
    "decisions:reports": Row(SEEING),
    # Whoever does not fill it in reads it.
    "decisions:report": [
        Row(SEEING, _report, OWN, FOREIGN),
        Row(SEEING, _report, OWN, FOREIGN, HANDLED, OVER | DECIDING, post=True),
    ],
    "decisions:report_pdf": Row(SEEING, _report, OWN, FOREIGN),
    "decisions:look_at": _form(_report),
    "decisions:controls": [
        Row(OVER | DECIDING),
        Row(OVER | DECIDING, ok=HANDLED, watching=OVER, post=True),
    ],
    "decisions:control": Row(OVER | DECIDING, _control, ALICE | OVER, PAUL | OVER),
    "decisions:case": Row(SEEING, _case, OWN, FOREIGN),
    "decisions:observe": _form(_case),
    "decisions:answer": [
        Row(ASKING, _case, BAKARY, NOBODY),
        Row(ASKING, _case, BAKARY, NOBODY, HANDLED, post=True),
    ],
    "decisions:conclude": _form(_case),
    "decisions:open_data": Row(EVERYBODY, _year, EVERYBODY, EVERYBODY),
}
