"""Whatever number is traced, every question is answered by an index, on both databases."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from tests.web.world import World, build
from traitdunion.base.actors import ROBOT
from traitdunion.budget import operations as budget
from traitdunion.budget.models import Commitment
from traitdunion.equipment.models import Device, SimCard
from traitdunion.partners import queries as partners
from traitdunion.people.queries import pseudonym
from traitdunion.steering import tracing
from traitdunion.supply.models import ManifestLine

pytestmark = pytest.mark.django_db
Question = tuple[str, Any]
# What grows with the history; the others are as many as there are offices and places.
GROWING = re.compile(
    r"(budget_|equipment_|lending_|allocation_award|people_person|supply_manifestline|journal_event)"
)
WHOLE = {"Index Scan", "Index Only Scan"}
EJ, SIM, IMEI = "2102368447", "8933150319051234561", "490154203237518"


@pytest.fixture
def world(db: None) -> World:
    return build()


def scanned(question: Question) -> set[str]:
    """The growing tables of which the database would read every row to answer."""
    read = _by_sqlite if connection.vendor == "sqlite" else _by_postgresql
    return {table for table in read(question) if GROWING.match(table)}


def _by_sqlite(question: Question) -> set[str]:
    """A scan in the order of an index reads every row too."""
    sql, values = question
    tables = {short: table for table, short in re.findall(r'"(\w+)" ([A-Z]\d+)\b', sql)}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
        lines = [row[-1] for row in cursor.fetchall()]
    found = {read[1] for line in lines if (read := re.match(r"SCAN (?:TABLE )?(\w+)", line))}
    return {tables.get(name, name) for name in found}


def _by_postgresql(question: Question) -> Iterator[str]:
    """On tables of a few rows anything is quick: only what cannot be answered otherwise counts."""
    sql, values = question
    with connection.cursor() as cursor:
        for way in ("seqscan", "indexscan", "indexonlyscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
        told = cursor.fetchone()[0]
    nodes = [json.loads(told)[0]["Plan"]] if isinstance(told, str) else [told[0]["Plan"]]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", ())
        whole = "Index Cond" not in node and node["Node Type"] in WHOLE
        if node["Node Type"] == "Seq Scan" or whole:
            yield node["Relation Name"]


@contextmanager
def listening() -> Iterator[list[Question]]:
    """Every question with its values as the database is given them, none written into it."""
    heard: list[Question] = []

    def hear(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT"):
            heard.append((sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(hear):
        yield heard


def asked(number: str, seat: Any = None) -> list[Question]:
    with listening() as heard:
        tracing.trace(number, seat=seat)
    return heard


def numbers(world: World) -> dict[str, str]:
    one, loan = world.a, world.a.loan
    order = tracing.trace(one.order.number)
    commitment = Commitment.objects.get(pk=order.items[0].key)
    budget.number(commitment=commitment, ej_number=EJ, by=ROBOT, at=commitment.committed_at)
    Device.objects.filter(pk=loan.device.pk).update(imei=IMEI)
    SimCard.objects.create(iccid=SIM, device=loan.device)
    return {
        "serial": loan.device.serial,
        "imei": IMEI,
        "iccid": SIM,
        "ej": EJ,
        "order": one.order.number,
        "commitment": str(commitment.pk),
        "envelope": str(one.envelope.pk),
        "agreement": loan.agreement.number,
        "award": str(loan.agreement.award_id),
        "child": str(loan.agreement.person_id),
        "code": pseudonym(loan.agreement.person_id),
        "neighbourhood": one.neighbourhood.code,
        "uai": "0940071S",
        "organisation": str(one.school.pk),
    }


def test_no_trace_reads_a_whole_table_that_grows(world: World) -> None:
    alice, lea = (partners.seats(world.people[name])[0] for name in ("alice", "lea"))
    read: dict[tuple[str, str], str] = {}
    for kind, number in numbers(world).items():
        for seat in (None, alice, lea):
            for question in asked(number, seat):
                for table in scanned(question):
                    read.setdefault((table, question[0][-300:]), kind)

    assert not read, "\n".join(f"{table} {kind} {sql}" for (table, sql), kind in read.items())


def test_a_number_that_nothing_has_is_looked_for_without_reading_a_table(world: World) -> None:
    with listening() as heard, pytest.raises(tracing.NothingTraced):
        tracing.trace("ABSENT00001")

    assert heard and not {table for question in heard for table in scanned(question)}


@pytest.mark.parametrize(
    "rows",
    [
        lambda: Commitment.objects.filter(label="Commande").order_by("pk"),
        lambda: Commitment.objects.filter(
            pk__in=Commitment.objects.filter(label="x").values("pk")
        ),
        lambda: ManifestLine.objects.filter(imei=IMEI),
    ],
)
def test_a_question_that_no_index_answers_is_caught(world: World, rows: Callable[[], Any]) -> None:
    """Negative control."""
    with listening() as heard:
        list(rows())

    assert scanned(heard[0])
