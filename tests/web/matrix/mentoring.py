"""
Mentoring: a network reads its own young people, mentors and pairs; a mentor their own pairs; a
school those it referred. Whoever decides or controls sees none of these pages.
"""

from tests.web.matrix import EVERYBODY, HANDLED, RELAYS, Row, answers

HUGO, INES = frozenset({"hugo"}), frozenset({"ines"})
# Alice's town, Bakary's association, Chloé's and Yanis's schools, Farid's cité éducative.
REFERRING = RELAYS | {"farid"}
SEEING = REFERRING | HUGO
OWN, FOREIGN = frozenset({"chloe", "hugo"}), frozenset({"yanis"})
LOGGING = HUGO | INES


def _young(side, world):
    return {"pk": side.mentoring.young.pk}


def _pair(side, world):
    return {"pk": side.mentoring.pair.pk}


def _mentor(side, world):
    return {"pk": side.mentoring.mentor.pk}


def _alert(side, world):
    return {"pk": side.mentoring.alert.pk}


def _referral(side, world):
    return {"pk": side.mentoring.referral.pk}


def _secret(side, world):
    return {"secret": side.mentoring.secret}


def _both(may, names=None, own=frozenset(), foreign=frozenset()):
    return [
        Row(may, names, own, foreign),
        Row(may, names, own, foreign, ok=HANDLED, post=True),
    ]


def _act(may, names, own, foreign=frozenset()):
    return Row(may, names, own, foreign, ok=HANDLED, post=True)


ROWS = {
    "mentoring:desk": Row(HUGO),
    "mentoring:young": Row(SEEING),
    "mentoring:refer": _both(REFERRING),
    "mentoring:young_person": Row(SEEING, _young, OWN, FOREIGN),
    "mentoring:verify_contact": _act(SEEING, _young, OWN, FOREIGN),
    "mentoring:correct_contact": _act(SEEING, _young, OWN, FOREIGN),
    "mentoring:ask_guardian": _act(SEEING, _young, OWN, FOREIGN),
    "mentoring:note_answer": _act(SEEING, _young, OWN, FOREIGN),
    "mentoring:answer_referral": _act(HUGO, _referral, HUGO),
    # A family has no account: whoever holds the link answers.
    "mentoring:answer": Row(EVERYBODY, _secret, EVERYBODY, EVERYBODY),
    "mentoring:paper": [Row(EVERYBODY), Row(EVERYBODY, ok=answers(400), post=True)],
    "mentoring:mentors": Row(HUGO),
    "mentoring:checks": Row(HUGO),
    "mentoring:new_mentor": _both(HUGO),
    "mentoring:mentor": Row(HUGO, _mentor, HUGO),
    "mentoring:mentor_act": _act(HUGO, _mentor, HUGO),
    "mentoring:matching": Row(HUGO),
    "mentoring:propose": Row(HUGO, ok=HANDLED, post=True),
    "mentoring:confirm": Row(HUGO, ok=HANDLED, post=True),
    "mentoring:refuse": Row(HUGO, ok=HANDLED, post=True),
    "mentoring:pairs": Row(HUGO),
    "mentoring:pair": Row(LOGGING, _pair, LOGGING),
    "mentoring:write_note": _act(LOGGING, _pair, LOGGING),
    "mentoring:end_pair": _act(HUGO, _pair, HUGO),
    "mentoring:replace_mentor": _act(HUGO, _pair, HUGO),
    "mentoring:raise_alert": _both(LOGGING, _pair, LOGGING),
    "mentoring:log": _both(LOGGING),
    "mentoring:alerts": Row(SEEING),
    "mentoring:alert_act": _act(HUGO, _alert, HUGO),
    "mentoring:absences": _both(HUGO),
}
