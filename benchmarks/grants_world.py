"""A préfecture with applications under review, in a database of its own."""

import os
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
AT = datetime(2020, 5, 20, 9, tzinfo=UTC)
IBAN = "FR7630001007941234567890185"
EUROS = 100


def start() -> None:
    """Django on the database of DATABASE_URL, or on a new SQLite file."""
    folder = tempfile.mkdtemp(prefix="traitdunion-bench-")
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/grants.sqlite3")
    os.environ["DJANGO_SETTINGS_MODULE"] = "traitdunion.project.settings"
    os.environ["TRAITDUNION_SECRET_KEY"] = os.environ["TRAITDUNION_PSEUDONYM_KEY"] = "benchmark"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def siren(k: int) -> str:
    """Nine digits with their key."""
    body = f"{10_000_000 + k}"
    total = sum(
        sum(divmod(int(digit) * (2 if place % 2 else 1), 10))
        for place, digit in enumerate(reversed(body), start=1)
    )
    return body + str(-total % 10)


def siret(k: int) -> str:
    """Fourteen digits with their key: some number of an establishment makes the sum right."""
    from stdnum.fr import siret as numbers

    return next(
        text for nic in range(1, 100)
        if numbers.is_valid(text := f"{siren(k)}{nic:05d}")
    )  # fmt: skip


class World:
    """One authority, one envelope, ``count`` associations that asked for 8,000 € each."""

    def __init__(self, count: int) -> None:
        from traitdunion.base.actors import ROBOT
        from traitdunion.budget import operations as budget
        from traitdunion.partners import operations as partners
        from traitdunion.partners.models import User
        from traitdunion.partners.states import Kind, Role
        from traitdunion.programme import operations as programmes
        from traitdunion.programme import queries as programme
        from traitdunion.programme.models import Strand

        plan = ROOT / "traitdunion/programme/plans/2020-04-continuite-educative.toml"
        programmes.load(toml=plan.read_text(), by=ROBOT, at=AT)
        self.plan = programme.plan(programme.current())
        self.strand = Strand.objects.get(code="associations")
        self.authority = partners.create_organisation(
            kind=Kind.PREFECTURE,
            name="Préfecture du Val-de-Marne",
            identifiers={},
            by=ROBOT,
            at=AT,
        )
        self.alice = User.objects.create(email="alice@example.org", full_name="Alice")
        partners.seat(
            user=self.alice, organisation=self.authority, role=Role.MANAGER, by=ROBOT, at=AT
        )
        self.envelope = budget.open_envelope(
            strand=self.strand, source=None, holder=self.authority, label="Associations",
            year=2020, amount_cents=10**12, by=ROBOT, at=AT,
        )  # fmt: skip
        self.applications = self._asked(count)

    def _asked(self, count: int) -> list[Any]:
        from traitdunion.grants.models import Application
        from traitdunion.partners.models import Identifier, Organisation
        from traitdunion.partners.states import Kind, Scheme

        askers = [
            Organisation(
                kind=Kind.ASSOCIATION, name=f"Association {k}", searchable=f"association {k}",
                address=f"{k} rue des Lilas\n94000 Créteil",
            )
            for k in range(count)
        ]  # fmt: skip
        Organisation.objects.bulk_create(askers, batch_size=500)
        Identifier.objects.bulk_create(
            [
                Identifier(organisation=one, scheme=Scheme.SIRET, value=siret(k))
                for k, one in enumerate(askers)
            ],
            batch_size=500,
        )
        asked = [
            Application(
                number=f"D{k:07d}", strand=self.strand, organisation=one,
                authority=self.authority, state="UNDER_REVIEW", purpose="ACTION",
                title=f"Aide aux devoirs {k}", summary="Quarante enfants.",
                starts_on=date(2020, 5, 1), ends_on=date(2020, 8, 31),
                requested_cents=8_000 * EUROS, iban=IBAN, account_holder=one.name,
                representative_name="Bakary Diallo", created_at=AT, saved_at=AT,
                submitted_at=AT, review_started_at=AT,
            )
            for k, one in enumerate(askers)
        ]  # fmt: skip
        Application.objects.bulk_create(asked, batch_size=500)
        return asked
