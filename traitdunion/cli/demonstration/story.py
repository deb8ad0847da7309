"""
Three weeks of a crisis, played by the operations of the service: nothing here writes a table by
itself.

It stops in the middle, one morning of May 2020: some deliveries are late, some addresses doubtful,
some families absent, a tablet is lost.
"""

import csv
import tempfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from traitdunion.allocation import operations as allocation
from traitdunion.allocation import queries as awards
from traitdunion.base.sheets import open_sheet
from traitdunion.census import operations as census
from traitdunion.census import queries as needs
from traitdunion.census.states import Verdict
from traitdunion.cli.demonstration import fiction, following, mentoring, subsidies
from traitdunion.cli.demonstration import money as treasury
from traitdunion.cli.demonstration.cast import Cast
from traitdunion.cli.demonstration.ground import Scenery
from traitdunion.cli.demonstration.ordering import order_and_receive
from traitdunion.cli.demonstration.stage import Story, on
from traitdunion.equipment import operations as equipment
from traitdunion.equipment import queries as register
from traitdunion.lending import operations as lending
from traitdunion.lending import queries as loans
from traitdunion.lending.states import Condition, IncidentKind, Signature
from traitdunion.people import operations as people
from traitdunion.people.states import Activity, Means
from traitdunion.programme import queries as programme
from traitdunion.supply import operations as supply
from traitdunion.territories import queries as territories

# Share of what the census asks for that the purses hold: a waiting list, as there was one.
FUNDED_PERCENT = 62


def play(scenery: Scenery, cast: Cast) -> Story:
    """Play every act, each in one transaction."""
    current = programme.current()
    plan = programme.plan(current)
    lea = cast.user("Léa")
    opened = census.open_census(programme=current, plan=plan, by=lea, at=on(4, 21))
    story = Story(scenery, cast, plan, opened, scenery.story.random)
    for act in (
        ask_neighbourhoods,
        gather_lists,
        settle_some_doubts,
        open_purses,
        draw,
        enter_former_stock,
        order_and_receive,
        hand_over_at_the_gate,
        live_with_it,
        pay,
        mentor,
        ask_for_grants,
        follow,
    ):
        with transaction.atomic():
            act(story)
    return story


def ask_neighbourhoods(story: Story) -> None:
    """
    Alice asks her neighbourhoods; she has not reached all of them, and one says it needs nothing.
    """
    alice, cast = story.cast.user("Alice"), story.cast
    area = territories.neighbourhoods(story.scenery.generation)
    mine = [one.pk for one in area.filter(department=story.scenery.ground.department)]
    asked = mine[: max(1, len(mine) - 2)]
    census.ask(
        census=story.census,
        neighbourhood_ids=asked,
        contact=cast.organisations["town_hall"],
        by=alice,
        at=on(4, 21, 14),
    )
    if len(asked) > 3:
        census.answer_no_need(
            census=story.census, neighbourhood_id=asked[-1], by=alice, at=on(4, 24)
        )


def gather_lists(story: Story) -> None:
    """
    Schools paste their lists; one school in six has sent nothing yet; an association adds some.
    """
    with tempfile.TemporaryDirectory() as folder:
        for number, (_college, rows) in enumerate(fiction.draw_lists(story.scenery.story)):
            if number % 6 == 5 or not rows:
                continue
            relay = story.cast.schools[number]
            path = Path(folder) / "liste.csv"
            write_list(path, rows)
            take_list(story, path, relay, on(4, 22) + timedelta(hours=number % 150))
            if number == 0:
                write_list(path, rows[:6])
                take_list(story, path, story.cast.associations[0], on(4, 30))


def write_list(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(fiction.LIST_HEADER)
        writer.writerows(rows)


def take_list(story: Story, path: Path, relay: Any, at: datetime) -> None:
    by = story.cast.user("Chloé") if relay == story.cast.schools[0] else story.cast.user("Bakary")
    with open_sheet(path, name=path.name) as sheet:
        census.import_rows(
            census=story.census,
            sheet=sheet,
            relay=relay,
            plan=story.plan,
            generation=story.scenery.generation,
            by=by,
            at=at,
        )


def settle_some_doubts(story: Story) -> None:
    """Half of the addresses near a limit are settled, and one duplicate in two; the rest waits."""
    chloe = story.cast.user("Chloé")
    doubtful = [need for need in needs.ranked_needs(story.census) if need.doubt == "LIMIT"]
    for need in doubtful[::2]:
        census.settle_address(
            need=need,
            neighbourhood_id=need.neighbourhood_id,
            layer="",
            by=chloe,
            at=on(5, 3),
        )
    for duplicate in needs.open_duplicates(story.census)[::2]:
        verdict = story.random.choice((Verdict.SAME, Verdict.DIFFERENT))
        census.settle_duplicate(duplicate=duplicate, verdict=verdict, by=chloe, at=on(5, 4))


def open_purses(story: Story) -> None:
    """The rectorat and the préfecture get what the plan delegates: less than what is asked."""
    prices = story.plan.allocation.prices_cents
    asked = sum(prices[need.kind] for need in needs.ranked_needs(story.census))
    purses = treasury.Purses(story.cast, story.plan, story.census.programme, asked)
    treasury.open_tree(purses=purses, plan_percent=FUNDED_PERCENT - 12, at=on(4, 28))


def pay(story: Story) -> None:
    """What came is paid, something is late, a decision waits for its signature."""
    treasury.spend(cast=story.cast, plan=story.plan, ask_at=on(5, 12, 17), pay_at=on(5, 13, 16))


def mentor(story: Story) -> None:
    """Places are funded, half of them advanced; the network sends what its own tool holds."""
    mentoring.play(
        story.cast,
        story.scenery.ground.department,
        story.plan,
        signed_at=on(5, 12, 18),
        at=on(5, 13, 17),
    )


def ask_for_grants(story: Story) -> None:
    """Associations ask the préfecture, which reviews the first and grants another."""
    subsidies.ask(cast=story.cast, plan=story.plan, at=on(5, 12, 20), review_at=on(5, 13, 11))
    subsidies.decide(
        cast=story.cast,
        plan=story.plan,
        envelope=treasury.for_associations(story.cast),
        public_url=settings.PUBLIC_URL,
        at=on(5, 13, 15),
    )


def follow(story: Story) -> None:
    """A school asks for mentors on pages; some are paired, one family has not answered."""
    following.play(story.cast, story.plan, referred_at=on(5, 4, 9), at=on(5, 13, 19))


def draw(story: Story) -> None:
    """
    The census closes, its digest is published, then the seed; the queue follows, and one
    exception.
    """
    lea, alice = story.cast.user("Léa"), story.cast.user("Alice")
    census.close(census=story.census, by=lea, at=on(5, 6, 8))
    census.publish_seed(census=story.census, by=lea, at=on(5, 6, 8))
    wave = allocation.propose(census=story.census, plan=story.plan, by=alice, at=on(5, 6, 9))
    allocation.confirm(wave=wave, plan=story.plan, by=alice, at=on(5, 6, 10))
    waiting = awards.waiting_lines(wave)
    if waiting:
        move_away(story, wave, waiting[-1].cost_cents)
        urgent = "Placement en urgence hors du foyer, signalé par les services sociaux"
        try_out_of_turn(story, wave, waiting[-1].need, urgent)
        allocation.ask_review(
            need=waiting[0].need,
            asked_by=waiting[0].need.relay,
            question="La fratrie de quatre enfants n’apparaît pas dans la file : pourquoi ?",
            plan=story.plan,
            by=story.cast.user("Chloé"),
            at=on(5, 7),
        )


def move_away(story: Story, wave: Any, cost_cents: int) -> None:
    """A family leaves the neighbourhood: its need is withdrawn, the money of its award is free."""
    served = awards.served_lines(wave, source="plan", at_least_cents=cost_cents)
    if served:
        allocation.withdraw_need(
            need=served[-1].need, reason="relay", by=story.cast.user("Chloé"), at=on(5, 6, 10)
        )


def try_out_of_turn(story: Story, wave: Any, need: Any, reason: str) -> None:
    """An exception needs money like any other award: when the purses are dry it is refused."""
    try:
        allocation.serve_out_of_turn(
            need=need,
            wave=wave,
            reason=reason,
            plan=story.plan,
            by=story.cast.user("Alice"),
            at=on(5, 6, 11),
        )
    except allocation.OutOfTurnRefused:
        return


def enter_former_stock(story: Story) -> None:
    """What the préfecture had bought in March enters the register with its origin."""
    rows = [
        equipment.NewDevice(kind="tablet", serial=f"MARS2020{n:04d}", label="Tablette 8 pouces")
        for n in range(6)
    ]
    supply.register_found(
        owner=story.cast.organisations["prefecture"],
        holder=story.cast.organisations["association"],
        rows=rows,
        origin="Achat de la préfecture, mars 2020",
        by=story.cast.user("Alice"),
        at=on(5, 4),
    )


def hand_over_at_the_gate(story: Story) -> None:
    """Schools that have devices hand them over: signed, later, absent, refused."""
    relays = [*story.cast.schools, *story.cast.associations]
    for number, relay in enumerate(relays):
        lending.prepare(
            relay=relay, rules=story.plan.lending, by=story.cast.user("Chloé"), at=on(5, 11, 9)
        )
        if number % 3 != 2:
            one_gate(story, relay, on(5, 12, 16) + timedelta(minutes=number))


def one_gate(story: Story, relay: Any, at: datetime) -> None:
    chloe = story.cast.user("Chloé")
    stock: dict[str, list[str]] = {"tablet": [], "key_4g": []}
    for device in register.in_stock(relay.pk):
        stock[device.kind].append(device.serial)
    waiting = loans.to_hand_over(relay.pk)
    for number, agreement in enumerate(waiting[: len(waiting) * 3 // 4]):
        if number % 11 == 7:
            lending.record_absence(
                agreement=agreement, seen_again_on=date(2020, 5, 18), by=chloe, at=at
            )
            continue
        if number % 23 == 13:
            lending.record_refusal(agreement=agreement, by=chloe, at=at)
            continue
        kinds = ("tablet", "key_4g") if agreement.kind == "both" else (agreement.kind,)
        if not all(stock[kind] for kind in kinds):
            continue
        later = number % 9 == 4
        lending.hand_over(
            agreement=agreement,
            serials=[stock[kind].pop() for kind in kinds],
            signature=Signature.LATER if later else Signature.PAPER,
            signed_on=None if later else at.date(),
            by=chloe,
            at=at,
        )


def live_with_it(story: Story) -> None:
    """A tablet is lost, another breaks, one comes back; a school that has too many sends two."""
    school = story.cast.schools[0]
    chloe = story.cast.user("Chloé")
    lent = [
        loan.device.serial
        for loan in loans.open_loans_of(school.pk)
        if loan.device.kind == "tablet"
    ]
    if len(lent) > 3:
        report(story, lent[0], school, IncidentKind.LOST)
        report(story, lent[1], school, IncidentKind.BROKEN)
        lending.give_back(
            serial=lent[2], relay=school, condition=Condition.GOOD, by=chloe, at=on(5, 13, 12)
        )
    spare = [d.serial for d in register.in_stock(school.pk, "tablet")][:2]
    if spare:
        lending.transfer(
            serials=spare,
            sender=school,
            receiver=story.cast.schools[1],
            by=chloe,
            at=on(5, 13, 15),
        )
    for loan in loans.open_loans_of(school.pk)[:3]:
        people.record_authorisation(
            person_id=loan.agreement.person_id,
            activity=Activity.LOAN,
            is_given=True,
            means=Means.IN_PERSON,
            by=chloe,
            at=on(5, 13, 16),
        )
    people.hand_out_notices(
        relay_id=story.cast.schools[1].pk,
        on=date(2020, 5, 13),
        by=story.cast.user("Yanis"),
        at=on(5, 13),
    )


def report(story: Story, serial: str, school: Any, kind: str) -> None:
    lending.declare_incident(
        serial=serial,
        relay=school,
        kind=kind,
        complaint_number="",
        by=story.cast.user("Chloé"),
        at=on(5, 13, 11),
    )
