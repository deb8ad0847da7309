"""Programs of everybody in tests/web/world.py, each with the token of its own seat."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from tests.web import world as worlds
from traitdunion.base.actors import ROBOT
from traitdunion.base.clock import now
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Membership


class Program(Client):
    """Speaks JSON to /api/v1/, with a token or none."""

    def __init__(self, secret: str = "") -> None:
        headers = {"authorization": f"Bearer {secret}"} if secret else {}
        super().__init__(raise_request_exception=False, headers=headers)

    def ask(self, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        headers = {} if key is None else {"idempotency-key": key}
        sent = {} if body is None else {"data": body, "content_type": "application/json"}
        return getattr(self, method)(f"/api/v1/{path}", **sent, headers=headers)


def token_for(membership: Membership) -> str:
    _token, secret = partners.make_token(
        membership=membership, label="Essai", expires_at=now() + timedelta(days=1),
        by=ROBOT, at=now(),
    )  # fmt: skip
    return secret


def programs(world: worlds.World) -> dict[str, Program]:
    """By first name; Driss sits nowhere, so that no token can be made for him."""
    found = {"anonymous": Program(), "driss": Program("tdu_de-personne")}
    for name, user in world.people.items():
        seat = Membership.objects.filter(user=user).first()
        if seat:
            found[name] = Program(token_for(seat))
    return found


@pytest.fixture(autouse=True)
def _nobody_guessed_before() -> None:
    cache.clear()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[worlds.World]:
    """Built once for a module; each test is undone by its savepoint."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield worlds.build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def callers(world: worlds.World, django_db_blocker: Any) -> dict[str, Program]:
    with django_db_blocker.unblock():
        return programs(world)
