# ruff: noqa: E402
"""The rows that benchmarks/hand_over.py starts from; ``count`` tells how many loans are open."""

import json
import sys

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command

from traitdunion.base.actors import ROBOT
from traitdunion.base.clock import now
from traitdunion.equipment import operations as equipment
from traitdunion.lending.models import Agreement, Loan
from traitdunion.partners import operations as partners
from traitdunion.partners.models import User
from traitdunion.partners.states import Kind, Role
from traitdunion.people import operations as people
from traitdunion.people.operations import NewChild


def build(n: int) -> dict[str, object]:
    call_command("migrate", verbosity=0)
    at = now()
    facts = {"identifiers": {}, "by": ROBOT, "at": at}
    owner = partners.create_organisation(kind=Kind.PREFECTURE, name="Préfecture", **facts)
    school = partners.create_organisation(kind=Kind.SCHOOL, name="Collège", **facts)
    user = User.objects.create(email="chloe@example.org", full_name="Chloé", password="!")
    partners.seat(user=user, organisation=school, role=Role.MANAGER, by=ROBOT, at=at)
    children = [NewChild(f"Enfant{k}", "Essai") for k in range(n)]
    persons = people.register_children(
        rows=children, relay_id=school.pk, notice_days=30, by=ROBOT, at=at
    )
    rows = [equipment.NewDevice("tablet", f"TAB{k:06d}", "Tablette") for k in range(n)]
    equipment.register_devices(
        rows=rows, owner=owner, holder=school, origin="bench", by=ROBOT, at=at
    )
    Agreement.objects.bulk_create(
        Agreement(
            number=f"P{k:07d}",
            relay=school,
            person_id=person,
            kind="tablet",
            reason="banc d’essai",
            template="bench",
            prepared_at=at,
            due_back_on=at.date(),
        )
        for k, person in enumerate(persons)
    )
    pairs = [(f"P{k:07d}", f"TAB{k:06d}") for k in range(n)]
    return {"session": signed_in(user), "pairs": pairs}


def signed_in(user: User) -> str:
    """The key of a session of this person."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


if __name__ == "__main__":
    if sys.argv[1] == "count":
        print(Loan.objects.filter(ended_at__isnull=True).count())
    else:
        print(json.dumps(build(int(sys.argv[1]))))
