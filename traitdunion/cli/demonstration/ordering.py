"""The acts of the market: what is ordered, announced and received, and what is missing."""

import csv
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from traitdunion.allocation import queries as awards
from traitdunion.base.sheets import open_sheet
from traitdunion.budget import queries as money
from traitdunion.cli.demonstration.cast import Cast
from traitdunion.cli.demonstration.stage import Story, on
from traitdunion.supply import operations as supply
from traitdunion.supply import queries as orders

TABLET = "Tablette 10 pouces, housse comprise"
KEY = "Clé 4G, 20 Go par mois"
PRICES = {"tablet": (15_417, 18_500), "key_4g": (5_000, 6_000)}


def order_and_receive(story: Story) -> None:
    """
    Élise orders what the awards ask for; most boxes come, two tablets are missing, some are late.
    """
    elise, cast = story.cast.user("Élise"), story.cast
    wanted = awards.to_order_by_relay()
    relays = {one.pk: one for one in [*cast.schools, *cast.associations]}
    # In the order of the cast: Chloé's school is in the first order, which comes.
    asked = merged(wanted)
    lines = [
        new_line(relay, kind, *asked[pk, kind])
        for pk, relay in relays.items()
        for kind in ("tablet", "key_4g")
        if (pk, kind) in asked
    ]
    first, second = lines[: len(lines) * 2 // 3], lines[len(lines) * 2 // 3 :]
    held = sorted(budgets(cast), key=lambda one: -one.available_cents)
    for number, (part, promised) in enumerate(
        ((first, date(2020, 5, 11)), (second, date(2020, 5, 12)))
    ):
        kept = affordable(part, held[number].available_cents)
        if not kept:
            continue
        placed = supply.order(
            number=f"BC-2020-{number + 1:03d}",
            buyer=held[number].holder,
            supplier=cast.organisations["supplier"],
            market_reference="UGAP 2019-4417",
            envelopes=[held[number]],
            plan=story.plan,
            lines=kept,
            promised_on=promised,
            by=elise if number == 0 else cast.user("Alice"),
            at=on(5, 6, 16),
        )
        announce(story, placed)
        if number == 0:
            receive_most(story, placed)


def budgets(cast: Cast) -> list[Any]:
    """The envelope of each buyer that the plan gave for devices."""
    found = []
    for holder in ("rectorate", "prefecture"):
        held = [
            one for one in held_by(cast.organisations[holder]) if one.strand.code == "equipment"
        ]
        named = [one for one in held if one.source]
        found += [max(named, key=lambda one: one.available_cents)]
    return found


def held_by(organisation: Any) -> list[Any]:
    return money.held_by(organisation.pk)


def merged(wanted: dict[tuple[Any, str], int]) -> dict[tuple[Any, str], tuple[int, int]]:
    """A need of both is a tablet and a key; one spare tablet for twenty."""
    found: dict[tuple[Any, str], int] = {}
    for (relay, kind), count in wanted.items():
        for part in ("tablet", "key_4g") if kind == "both" else (kind,):
            found[relay, part] = found.get((relay, part), 0) + count
    return {key: (count, count // 20 if key[1] == "tablet" else 0) for key, count in found.items()}


def new_line(relay: Any, kind: str, count: int, spares: int) -> supply.NewLine:
    before_tax, price = PRICES[kind]
    return supply.NewLine(
        delivery_point=relay,
        kind=kind,
        label=TABLET if kind == "tablet" else KEY,
        quantity=count + spares,
        spares=spares,
        price_excluding_tax_cents=before_tax,
        price_cents=price,
    )


def affordable(lines: Sequence[supply.NewLine], available: int) -> list[supply.NewLine]:
    """The first lines that the envelope can pay."""
    kept = []
    for line in lines:
        available -= line.quantity * line.price_cents
        if available >= 0:
            kept.append(line)
    return kept


def announce(story: Story, order: Any) -> None:
    """The supplier sends the serial numbers before the boxes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bordereau.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(("Numéro de série", "Type", "UAI"))
            writer.writerows(serials(order))
        with open_sheet(path, name=path.name) as sheet:
            supply.load_manifest(
                order=order, sheet=sheet, dry_run=False, by=story.cast.user("Élise"), at=on(5, 8)
            )


def serials(order: Any) -> list[tuple[str, str, str]]:
    rows, number = [], 0
    for line in orders.lines(order):
        code = orders.code_of(line.delivery_point_id)
        for _each in range(line.quantity):
            number += 1
            mark = "TB" if line.kind == "tablet" else "CL"
            kind = "Tablette" if line.kind == "tablet" else "Clé 4G"
            rows.append((f"{mark}{order.number[-3:]}{number:05d}", kind, code))
    return rows


def receive_most(story: Story, order: Any) -> None:
    """Every delivery point but the last ticks its boxes; at the first two tablets are missing."""
    points = list(
        {line.delivery_point_id: line.delivery_point for line in orders.lines(order)}.values()
    )
    for number, point in enumerate(points[:-1] or points):
        expected = [line.serial for line in orders.announced(order, point.pk)]
        short = 2 if number == 0 and len(expected) > 4 else int(number == 1)
        supply.receive(
            order=order,
            delivery_point=point,
            ticked=expected[short:],
            unannounced={"TB00199999": "tablet"} if number == 1 else {},
            is_complete=True,
            by=story.cast.user("Chloé"),
            at=on(5, 11, 8) + timedelta(minutes=7 * number),
        )
    for line in orders.lines(order)[: max(1, len(points) - 3)]:
        if line.received:
            supply.certify(line=line, by=story.cast.user("Élise"), at=on(5, 12))
