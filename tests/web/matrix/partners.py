"""Organisations and those who act for them."""

from tests.web.matrix import HANDLED, OVER_FOREIGN, OVER_OWN, SEATED, Row

INVITING = frozenset(
    {"alice", "bakary", "chloe", "elise", "farid", "gaelle"}
    | {"hugo", "lea", "paul", "rachid", "yanis"}
)
MANAGING = frozenset({"alice", "lea", "paul"})

ROWS = {
    "partners:organisation": Row(SEATED),
    "partners:invite": [Row(INVITING), Row(INVITING, ok=HANDLED, post=True)],
    # Only in one's own organisation: Olga's seat is of Chloé's school.
    "partners:end_membership": Row(
        INVITING,
        lambda side, world: {"membership_id": side.membership.pk},
        frozenset({"chloe"}),
        frozenset({"yanis"}),
        ok=HANDLED,
        post=True,
    ),
    "partners:new_token": [Row(INVITING), Row(INVITING, ok=HANDLED, post=True)],
    # Those of one's own organisation.
    "partners:revoke_token": Row(
        INVITING,
        lambda side, world: {"token_id": side.token.pk},
        frozenset({"chloe"}),
        frozenset({"yanis"}),
        ok=HANDLED,
        post=True,
    ),
    "partners:organisations": Row(SEATED),
    "partners:new_organisation": [Row(MANAGING), Row(MANAGING, ok=HANDLED, post=True)],
    "partners:other": Row(
        SEATED,
        lambda side, world: {"organisation_id": side.school.pk},
        OVER_OWN | {"chloe", "olga"},
        OVER_FOREIGN | {"yanis"},
    ),
}
