"""
What the benchmark of sessions stands on; run in a process of its own.

    python -m benchmarks.sessions_rows PAIRS     30,000 pairs and a program's token, as JSON
    python -m benchmarks.sessions_rows import    imports lists of needs until it is stopped
    python -m benchmarks.sessions_rows silent    silent pairs beside the bare SQL, as JSON
    python -m benchmarks.sessions_rows count     how many sessions there are
"""

import io
import json
import random
import sys
import time
from datetime import timedelta
from uuid import uuid4

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from traitdunion.base.actors import ROBOT  # noqa: E402
from traitdunion.base.clock import now  # noqa: E402
from traitdunion.base.sheets import open_sheet  # noqa: E402
from traitdunion.census import operations as census  # noqa: E402
from traitdunion.census.models import Census  # noqa: E402
from traitdunion.mentoring import queries  # noqa: E402
from traitdunion.mentoring.models import (  # noqa: E402
    CountedChild,
    Mentor,
    Network,
    Pair,
    Session,
    YoungPerson,
)
from traitdunion.partners import operations as partners  # noqa: E402
from traitdunion.partners.models import Organisation, User  # noqa: E402
from traitdunion.partners.states import Kind, Role  # noqa: E402
from traitdunion.people.models import Person  # noqa: E402
from traitdunion.people.queries import pseudonym  # noqa: E402
from traitdunion.programme import operations as programmes  # noqa: E402
from traitdunion.programme import queries as plans  # noqa: E402
from traitdunion.programme.models import Programme  # noqa: E402
from traitdunion.project.settings import PACKAGE  # noqa: E402

PLAN_FILE = PACKAGE / "programme/plans/2020-04-continuite-educative.toml"
HEADER = "Nom;Prénom;Date de naissance;Classe;Adresse;Équipement"
LIST_ROWS, A_MENTOR = 1_000, 3
SILENT_DAYS, TURNS = 14, 15


def prepare(count: int) -> None:
    """Pairs made a hundred days ago, a third of them silent."""
    call_command("migrate", verbosity=0)
    at = now()
    programme = programmes.load(toml=PLAN_FILE.read_text(), by=ROBOT, at=at)
    census.open_census(programme=programme, plan=plans.plan(programme), by=ROBOT, at=at)
    partners.create_organisation(kind=Kind.SCHOOL, name="Collège", identifiers={}, by=ROBOT, at=at)
    place = partners.create_organisation(
        kind=Kind.MENTORING_NETWORK, name="Mentors", identifiers={}, by=ROBOT, at=at
    )
    user = User.objects.create(email="hugo@example.org", full_name="Hugo")
    seat = partners.seat(user=user, organisation=place, role=Role.MANAGER, by=ROBOT, at=at)
    _token, secret = partners.make_token(
        membership=seat, label="Essai", expires_at=at + timedelta(days=2), by=ROBOT, at=at
    )
    pairs = _pairs(Network.objects.create(organisation=place), count, at)
    print(json.dumps({"token": secret, "pairs": [str(one.pk) for one in pairs]}))


def _pairs(network: Network, count: int, at) -> list[Pair]:
    chance = random.Random(5)
    made_on, until = (at - timedelta(days=100)).date(), (at + timedelta(days=80)).date()
    day = at.date()
    mentors = [
        Mentor(
            network=network, name=f"M{k}", state="ACTIVE", applied_at=at, interviewed_on=day,
            trained_on=day, check_until=until, capacity=A_MENTOR, taken=A_MENTOR,
        )
        for k in range(-(-count // A_MENTOR))
    ]  # fmt: skip
    ids = [uuid4() for _ in range(count)]
    persons = [
        Person(kind="CHILD", search_key=pk.hex, known_to=network.organisation_id, created_at=at)
        for pk in ids
    ]
    children = [CountedChild(pk=pk, code=pseudonym(pk)) for pk in ids]
    young = [
        YoungPerson(
            person=person, child=child, network=network, state="FOLLOWED", referred_at=at,
            authorised_at=at,
        )
        for person, child in zip(persons, children, strict=True)
    ]  # fmt: skip
    pairs = [
        Pair(
            young=one, mentor=mentors[k // A_MENTOR], network=network, made_on=made_on,
            check_until=until, mode="REMOTE",
            last_session_on=day - timedelta(days=chance.randrange(1, 21)),
        )
        for k, one in enumerate(young)
    ]  # fmt: skip
    for rows in (mentors, persons, children, young, pairs):
        type(rows[0]).objects.bulk_create(rows, batch_size=500)
    return pairs


def import_lists() -> None:
    """One list after another, as a school day brings them."""
    programme = Programme.objects.get()
    plan, running = plans.plan(programme), Census.objects.get()
    school = Organisation.objects.get(kind=Kind.SCHOOL)
    for turn in range(10_000):
        lines = [
            f"NOM{turn:x}{k:x};Prénom;{1 + k % 28:02d}/05/2009;5e B;{k} rue des Lilas;aucun"
            for k in range(LIST_ROWS)
        ]
        letters = str.maketrans("0123456789", "ghijklmnop")
        text = "\n".join([HEADER, *(line.split(";")[0].translate(letters) + line[line.index(";"):]
                                    for line in lines)])  # fmt: skip
        census.import_rows(
            census=running,
            sheet=open_sheet(io.BytesIO(f"{text}\n".encode()), name="liste.csv"),
            relay=school,
            plan=plan,
            generation="2015",
            defaults=census.Defaults(kind="tablet", degree=0),
            by=ROBOT,
            at=now(),
        )


def silent() -> None:
    """The same rows read by the query of the page and by SQL alone, the best of several turns."""
    network, on = Network.objects.get(), now().date()
    limit = on - timedelta(days=SILENT_DAYS)
    table = Pair._meta.db_table
    bare = (
        f"SELECT id FROM {table} WHERE network_id = %s AND ended_on IS NULL AND"
        " (last_session_on < %s OR last_session_on IS NULL AND made_on < %s)"
        " ORDER BY coalesce(last_session_on, made_on), id"
    )
    key = network.pk.hex if connection.vendor == "sqlite" else network.pk
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    found: dict[str, int] = {}
    for _turn in range(TURNS):
        start = time.perf_counter()
        rows = queries.silent_pairs([network], on=on, days=SILENT_DAYS)
        found["ours"] = len(list(rows.values_list("pk", flat=True)))
        times["ours"].append(time.perf_counter() - start)
        start = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(bare, [key, limit, limit])
            found["bare"] = len(cursor.fetchall())
        times["bare"].append(time.perf_counter() - start)
    print(json.dumps({"found": found, **{name: min(some) for name, some in times.items()}}))


if __name__ == "__main__":
    match sys.argv[1]:
        case "import":
            import_lists()
        case "silent":
            silent()
        case "count":
            print(Session.objects.count())
        case asked:
            prepare(int(asked))
