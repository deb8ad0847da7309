"""The network keeps its own tool: an agreement, an advance, two exports, a first count."""

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from traitdunion.base.sheets import open_sheet
from traitdunion.budget import operations as budget
from traitdunion.budget import queries as money
from traitdunion.cli.demonstration.cast import Cast
from traitdunion.cli.demonstration.fiction import ENDS, FIRST_NAMES, STARTS
from traitdunion.mentoring import operations, queries
from traitdunion.mentoring.states import Definition, EndPlan, FileKind
from traitdunion.programme.schema import Plan
from traitdunion.territories import queries as territories

EUROS = 100
PLACES, PRICE = 300, 400 * EUROS
FOLLOWED = 36
LEVELS = ("CM2", "6e", "5e", "4e", "3e", "2de")
PAIRS = (
    "ID binôme;ID jeune;Nom;Prénom;Date de naissance;Niveau;Département;ID mentor;Début;Mode;"
    "Contrôle;Contrôle le;Contrôle valable jusqu’au;Commentaire"
)
SESSIONS = "ID séance;ID binôme;Date;Heure;Durée;Mode;Compte rendu"
KIND = "Extrait de casier judiciaire (bulletin 3)"


def play(cast: Cast, department: str, plan: Plan, *, signed_at: datetime, at: datetime) -> None:
    """From the agreement to the first count."""
    network = _sign(cast, department, plan, signed_at)
    _follow(cast, network, department, plan, at)
    young = queries.orphans(queries.networks_known().filter(pk=network.pk))
    _hand_over(cast, list(young[:2]), at)


def _sign(cast: Cast, department: str, plan: Plan, at: datetime) -> Any:
    """Léa funds three hundred places, and half of them is advanced before the first is counted."""
    held = money.held_by(cast.organisations["ministry"].pk)
    envelope = next(one for one in held if one.label == "Plan, tutorat et mentorat")
    lea = {"by": cast.user("Léa"), "at": at}
    network = operations.declare_network(
        organisation=cast.organisations["network"], keeps_own_tool=True, **lea
    )
    place = territories.department(department)
    if place is None:
        return network
    agreement = operations.prepare_agreement(
        network=network,
        funder=cast.organisations["ministry"],
        envelope=envelope,
        places=PLACES,
        price_cents=PRICE,
        advance_cents=PLACES * PRICE // 2,
        counted_by=Definition.WIDE,
        starts_on=date(2020, 4, 20),
        ends_on=date(2020, 7, 31),
        shares=[operations.Share(network, place, PLACES)],
        **lea,
    )
    signed = operations.sign_agreement(agreement=agreement, plan=plan, **lea).commitment
    if signed is not None:
        budget.number(commitment=signed, ej_number="1500012400", **lea)
        paid = operations.advance(agreement=agreement, plan=plan, **lea)
        budget.number_payment(request=paid.request, dp_number="DP2020-0100", **lea)
    return network


def _follow(cast: Cast, network: Any, department: str, plan: Plan, at: datetime) -> None:
    """Hugo sends what his tool exports; some rows are to be mended over there."""
    hugo = {"by": cast.user("Hugo"), "at": at}
    chance = Random(2020)  # noqa: S311 - invented people, the same every time
    for kind, header, rows in (
        (FileKind.PAIRS, PAIRS, list(_pairs(chance, department))),
        (FileKind.SESSIONS, SESSIONS, list(_sessions(chance, at.date()))),
    ):
        text = io.BytesIO("\n".join((header, *rows)).encode())
        with open_sheet(text, name="export.csv") as sheet:
            operations.load_file(network=network, kind=kind, sheet=sheet, plan=plan, **hugo)
    operations.certify_count(on=at.date(), network=network, plan=plan, **hugo)


def _hand_over(cast: Cast, young: Sequence[Any], at: datetime) -> None:
    """Two follow-ups already have something after them: the school is asked to take one on."""
    for one, plan, receiver in zip(
        young, (EndPlan.SCHOOL, EndPlan.SUMMER), (cast.organisations["school"], None), strict=False
    ):
        operations.plan_after(
            young=one,
            plan=plan,
            receiver=receiver,
            ends_on=date(2020, 7, 31),
            by=cast.user("Hugo"),
            at=at,
        )


def _pairs(chance: Random, department: str) -> Iterator[str]:
    for number in range(FOLLOWED):
        born = date(2005, 9, 1) + timedelta(days=chance.randrange(1_900))
        begun = date(2020, 4, 20) + timedelta(days=chance.randrange(15))
        # One mentor in twelve was never checked: no pair made since the plan began.
        check = f"{KIND};02/04/2020;30/09/2020" if number % 12 else ";;"
        # A level that nobody knows, to mend over there.
        level = "Grande section" if number == 7 else chance.choice(LEVELS)
        name = f"{chance.choice(STARTS)}{chance.choice(ENDS)}".upper()
        yield (
            f"B{number:03d};J{number:03d};{name};{chance.choice(FIRST_NAMES)};{born:%d/%m/%Y};"
            f"{level};{department};M{number:03d};{begun:%d/%m/%Y};à distance;{check};à revoir"
        )


def _sessions(chance: Random, today: date) -> Iterator[str]:
    for number in range(FOLLOWED):
        # One pair in nine is silent.
        for week in range(0 if number % 9 == 4 else 3):
            on = date(2020, 5, 4) + timedelta(days=5 * week + chance.randrange(4))
            if on <= today:
                yield (
                    f"S{number:03d}-{week};B{number:03d};{on:%d/%m/%Y};17:30;"
                    f"{chance.choice((30, 45, 60))};à distance;séance utile"
                )
