"""
Commitments a second, the whole ledger with its journal, beside the bare pattern.

    python -m benchmarks.commits [--each 150] [--processes 8]

The bare pattern is one conditional UPDATE and one INSERT through Django, on two tables of their
own; ours writes commitment, movement, entries and event. Same database, same durability, same
processes, on one hot envelope and on 1,000 of them. DATABASE_URL chooses PostgreSQL; without it,
a temporary SQLite file. Rounds alternate; the ratio is of the medians.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 3
SETUP = """
import json, os, sys, time
sys.path.insert(0, os.environ["BENCHMARK_ROOT"])
import django
django.setup()
from datetime import UTC, datetime
from random import Random
from django.db import connection, models, transaction
from django.db.models import F, Q
from traitdunion.base.actors import ROBOT
AT = datetime(2020, 5, 4, 9, tzinfo=UTC)

class BareEnvelope(models.Model):
    total_cents = models.BigIntegerField()
    committed_cents = models.BigIntegerField(default=0)
    class Meta:
        app_label = "bare"
        constraints = [models.CheckConstraint(name="bare_never_overspent", condition=Q(
            committed_cents__gte=0, committed_cents__lte=F("total_cents")))]

class BareEntry(models.Model):
    envelope = models.ForeignKey(BareEnvelope, on_delete=models.PROTECT)
    amount_cents = models.BigIntegerField()
    label = models.CharField(max_length=200)
    reference = models.CharField(max_length=80)
    at = models.DateTimeField()
    class Meta:
        app_label = "bare"
"""
PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from traitdunion.budget import operations
from traitdunion.partners import operations as partners
from traitdunion.partners.states import Kind
from traitdunion.programme import operations as programmes
from traitdunion.programme.models import Strand
from traitdunion.project.settings import PACKAGE
plan = PACKAGE / "programme/plans/2020-04-continuite-educative.toml"
programmes.load(toml=plan.read_text(), by=ROBOT, at=AT)
holder = partners.create_organisation(
    kind=Kind.PREFECTURE, name="Préfecture", identifiers={}, by=ROBOT, at=AT)
ids = []
with transaction.atomic():
    for n in range(1_000):
        ids.append(str(operations.open_envelope(
            strand=Strand.objects.get(code="equipment"), source=None, holder=holder,
            label=f"Enveloppe {n}", year=2020, amount_cents=10**12, by=ROBOT, at=AT).pk))
with connection.schema_editor() as editor:
    editor.create_model(BareEnvelope)
    editor.create_model(BareEntry)
BareEnvelope.objects.bulk_create(BareEnvelope(total_cents=10**12) for _n in range(1_000))
bare = list(BareEnvelope.objects.order_by("pk").values_list("pk", flat=True))
print(json.dumps({"ours": ids, "bare": bare}))
"""
WORK = """
from traitdunion.budget import operations
from traitdunion.budget.models import Envelope
way, ids, each, seed = json.loads(sys.argv[1])
chance = Random(seed)

def bare(pk, n):
    with transaction.atomic():
        room = Q(committed_cents__lte=F("total_cents") - 100)
        if not BareEnvelope.objects.filter(room, pk=pk).update(
            committed_cents=F("committed_cents") + 100
        ):
            raise RuntimeError
        BareEntry.objects.create(
            envelope_id=pk, amount_cents=100, label="Commande", reference=f"BC-{seed}-{n}", at=AT)

known = {str(one.pk): one for one in Envelope.objects.filter(pk__in=ids)} if way == "ours" else {}

def ours(pk, n):
    operations.commit(envelope=known[pk], amount_cents=100, label="Commande",
                      reference=f"BC-{seed}-{n}", by=ROBOT, at=AT)

one = {"ours": ours, "bare": bare}[way]
one(chance.choice(ids), -1)
print("ready", flush=True)
sys.stdin.readline()
for n in range(each):
    one(chance.choice(ids), n)
print("done", flush=True)
"""


def environment(url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "traitdunion.project.settings",
        "TRAITDUNION_SECRET_KEY": "benchmark",
        "TRAITDUNION_PSEUDONYM_KEY": "benchmark",
        "BENCHMARK_ROOT": str(ROOT),
    }


def run(way: str, ids: list[object], each: int, processes: int, env: dict[str, str]) -> float:
    """Commitments a second, all processes together, from one start to the last end."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", SETUP + WORK, json.dumps([way, ids, each, seed])],
            env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for seed in range(processes)
    ]  # fmt: skip
    for one in started:
        assert one.stdout and one.stdout.readline() == "ready\n"
    clock = time.perf_counter()
    for one in started:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in started:
        out, _err = one.communicate(timeout=600)
        assert out.strip().endswith("done"), out
    return processes * each / (time.perf_counter() - clock)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=150)
    parser.add_argument("--processes", type=int, default=8)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ.get("DATABASE_URL", f"sqlite:///{folder}/commits.sqlite3")
        env = environment(url)
        made = subprocess.run(
            [sys.executable, "-c", SETUP + PREPARE], env=env, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr[-2_000:]
        known = json.loads(made.stdout.strip().splitlines()[-1])
        print(f"{url.partition(':')[0]}, {arguments.processes} processes × {arguments.each}")
        worst = 0.0
        for title, count in (("one hot envelope", 1), ("1,000 envelopes", 1_000)):
            speeds: dict[str, list[float]] = {"bare": [], "ours": []}
            for _round in range(ROUNDS):
                for way, found in speeds.items():
                    ids = known[way][:count]
                    each, processes = arguments.each, arguments.processes
                    found.append(run(way, ids, each, processes, env))
            bare, ours = (statistics.median(speeds[way]) for way in ("bare", "ours"))
            worst = max(worst, bare / ours)
            print(f"  {title:<18} bare {bare:8.0f} /s   ours {ours:8.0f} /s   {bare / ours:.2f}×")
        print(f"ratio (cost of ours over the bare pattern, worst): {worst:.2f}  goal ≤ 2")
    return 0


if __name__ == "__main__":
    sys.exit(main())
