"""Coming in, the pages of every public service, the plan and its rule, long work."""

from tests.web.matrix import EVERYBODY, HANDLED, NOBODY, SIGNED_IN, Row, answers

TOKEN = {"token": "inconnu"}


def _unknown_link(side, world):
    return TOKEN


def _reset_link(side, world):
    return {"uidb64": "inconnu", **TOKEN}


PUBLIC = Row(EVERYBODY)
ROWS = {
    "home": PUBLIC,
    "login": [Row(EVERYBODY, ok=answers(200, 302)), Row(EVERYBODY, ok=HANDLED, post=True)],
    "logout": Row(EVERYBODY, ok=answers(302), post=True),
    "enter_demonstration": Row(EVERYBODY, ok=answers(404), post=True),
    "choose_seat": [Row(SIGNED_IN), Row(SIGNED_IN, ok=answers(302), post=True)],
    # Nobody holds a link that was never sent; the real ones are in test_login.py.
    "accept_invitation": Row(EVERYBODY, _unknown_link, NOBODY, NOBODY),
    "reset_password": [PUBLIC, Row(EVERYBODY, ok=HANDLED, post=True)],
    "reset_sent": PUBLIC,
    "password_reset_confirm": Row(EVERYBODY, _reset_link, EVERYBODY, EVERYBODY),
    # A link only leads back: the language is chosen by a button.
    "set_language": [
        Row(EVERYBODY, ok=answers(302)),
        Row(EVERYBODY, ok=answers(204, 302), post=True),
    ],
    "site_map": PUBLIC,
    "accessibility": PUBLIC,
    "legal": PUBLIC,
    "personal_data": PUBLIC,
    "contact": PUBLIC,
    "healthz": PUBLIC,
    "readyz": Row(EVERYBODY, ok=answers(200, 503)),
    "programme:show": PUBLIC,
    "programme:rule": PUBLIC,
    "jobs:recent": Row(SIGNED_IN),
    "jobs:work": Row(
        SIGNED_IN,
        lambda side, world: {"work_id": side.work.pk},
        frozenset({"chloe"}),
        frozenset({"yanis"}),
    ),
}
