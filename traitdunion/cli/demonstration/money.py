"""The money of the demonstration: a tree, what began before, what is paid, late, to sign."""

import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from traitdunion.base.sheets import open_sheet
from traitdunion.budget import operations as budget
from traitdunion.budget import queries as money
from traitdunion.cli.demonstration.cast import Cast
from traitdunion.programme import queries as programme
from traitdunion.programme.schema import Plan

EUROS = 100
# Signed in March, before there was a programme: a scene of the préfecture.
BEFORE_CENTS, BEFORE_EJ = 23_000 * EUROS, "1500012345"
CITY, EDUCATION = "147", "230"
COORDINATES = {
    CITY: {
        "cost_center": "0147-CDVI-DP00",
        "functional_domain": "0147-01-03",
        "activity_code": "014701010301",
    },
    EDUCATION: {
        "cost_center": "0230-RECT-AC00",
        "functional_domain": "0230-04-02",
        "activity_code": "023004010201",
    },
}


@dataclass(frozen=True, slots=True)
class Purses:
    """Who plays, by which rules, and what the census asks for in all."""

    cast: Cast
    plan: Plan
    programme: Any
    asked_cents: int

    def share(self, percent: int) -> int:
        return self.asked_cents * percent // 100


def open_tree(*, purses: Purses, plan_percent: int, at: datetime) -> None:
    """
    A root for each purse and strand at the ministry, then what it delegates.

    Args:
        plan_percent: of what the census asks for, what the plan's own purse holds; the cités
            éducatives' credits hold 12 % more.
    """
    cites, plan = programme.sources(purses.programme)
    lea = {"by": purses.cast.user("Léa"), "at": at}
    to_rectorate = purses.share(plan_percent) * 2 // 3
    root = _root(
        purses, "Plan, tablettes et clés 4G", plan, CITY, purses.share(plan_percent), **lea
    )
    _give(purses, root, "rectorate", "Plan, tablettes et clés — rectorat", to_rectorate, **lea)
    rest = purses.share(plan_percent) - to_rectorate
    _give(purses, root, "prefecture", "Plan, tablettes et clés — préfecture", rest, **lea)
    first = _root(
        purses, "Cités éducatives, crédits 2020", cites, EDUCATION, purses.share(12), **lea
    )
    held = _give(
        purses, first, "rectorate", "Cités éducatives — rectorat", purses.share(12), **lea
    )
    elise = {"by": purses.cast.user("Élise"), "at": at}
    _give(purses, held, "cite", "Cité éducative — crédits du site", purses.share(2), **elise)
    _open_other_strands(purses, at)


def _root(
    purses: Purses, label: str, source: Any, code: str, cents: int, *, by: Any, at: datetime,
    strand: str = "equipment", cp_cents: int | None = None,
) -> Any:  # fmt: skip
    budgets = {one.code: one for one in programme.budget_programmes(purses.programme)}
    return budget.open_envelope(
        strand=programme.strand(purses.programme, strand),
        source=source,
        holder=purses.cast.organisations["ministry"],
        label=label,
        year=2020,
        amount_cents=cents,
        cp_cents=cp_cents,
        budget_programme=budgets.get(code),
        by=by,
        at=at,
        **COORDINATES[code],
    )


def _give(
    purses: Purses, parent: Any, holder: str, label: str, cents: int, *, by: Any, at: datetime
) -> Any:
    return budget.open_under(
        parent=parent,
        holder=purses.cast.organisations[holder],
        label=label,
        ae_cents=cents,
        cp_cents=cents,
        document="Décision du 28 avril 2020",
        by=by,
        at=at,
    )


def _open_other_strands(purses: Purses, at: datetime) -> None:
    """Mentoring and associations, what the préfecture had, what the town hall received."""
    lea = {"by": purses.cast.user("Léa"), "at": at}
    plan = programme.sources(purses.programme)[-1]
    _root(purses, "Plan, tutorat et mentorat", plan, EDUCATION, 1_000_000 * EUROS,
          strand="mentoring", cp_cents=700_000 * EUROS, **lea)  # fmt: skip
    root = _root(purses, "Plan, associations de proximité", plan, CITY, 500_000 * EUROS,
                 strand="associations", **lea)  # fmt: skip
    _give(purses, root, "prefecture", "Associations — préfecture", 80_000 * EUROS, **lea)
    urgent = _root(
        purses, "Politique de la ville, crédits d’urgence", None, CITY, 100_000 * EUROS, **lea
    )
    before = _give(
        purses, urgent, "prefecture", "Crédits d’urgence — préfecture", 100_000 * EUROS, **lea
    )
    budget.take_over(
        envelope=before,
        amount_cents=BEFORE_CENTS,
        certified_cents=15_000 * EUROS,
        paid_cents=3_000 * EUROS,
        signed_on=date(2020, 3, 30),
        label="Tablettes commandées en mars",
        reference="Bon de mars 2020",
        ej_number=BEFORE_EJ,
        beneficiary=purses.cast.organisations["supplier"],
        plan=purses.plan,
        by=purses.cast.user("Alice"),
        at=at,
    )
    budget.open_envelope(
        strand=programme.strand(purses.programme, "equipment"),
        source=None,
        holder=purses.cast.organisations["town_hall"],
        label="Cofinancement reçu du département",
        year=2020,
        amount_cents=12_000 * EUROS,
        **lea,
    )


def spend(*, cast: Cast, plan: Plan, ask_at: datetime, pay_at: datetime) -> None:
    """Payments asked for and made, one late, a request that waits, an extract to confirm."""
    _pay_what_came(cast, plan, ask_at, pay_at)
    _be_late(cast, plan, ask_at)
    _engage_others(cast, plan, ask_at)
    _compare(cast, pay_at)


def _pay_what_came(cast: Cast, plan: Plan, ask_at: datetime, pay_at: datetime) -> None:
    """The rectorat asks for what it certified, and the accountant has paid it."""
    elise = cast.user("Élise")
    seat = cast.organisations["rectorate"].pk
    for number, one in enumerate(_payable(seat)):
        budget.number(commitment=one, ej_number=f"15000200{number:02d}", by=elise, at=ask_at)
        asked = budget.request_payment(
            commitment=one,
            amount_cents=one.payable_cents,
            counted_from=ask_at.date(),
            plan=plan,
            dp_number=f"DP2020-{number + 1:04d}",
            invoice=f"F-2020-{number + 1:03d}",
            by=elise,
            at=ask_at,
        )
        if number == 0:
            budget.record_payment(request=asked, paid_on=pay_at.date(), by=elise, at=pay_at)


def _payable(holder_id: Any) -> list[Any]:
    found = []
    for envelope in money.held_by(holder_id):
        found += [one for one in money.commitments(envelope) if one.payable_cents > 0]
    return found


def _be_late(cast: Cast, plan: Plan, at: datetime) -> None:
    """What was delivered in April is asked for in May, without a number of Chorus yet."""
    for one in _payable(cast.organisations["prefecture"].pk):
        if one.ej_number == BEFORE_EJ:
            budget.request_payment(
                commitment=one,
                amount_cents=9_000 * EUROS,
                counted_from=date(2020, 4, 6),
                plan=plan,
                invoice="F-2020-087",
                by=cast.user("Alice"),
                at=at,
            )


def _engage_others(cast: Cast, plan: Plan, at: datetime) -> None:
    """A grant signed, an agreement with its advance, the town hall's own purchase, a request."""
    associations = for_associations(cast)
    grant = budget.engage(
        envelope=associations,
        amount_cents=3_000 * EUROS,
        label="Aide aux devoirs par téléphone",
        reference="ARR-2020-014",
        spending="grants",
        beneficiary_id=cast.associations[0].pk,
        plan=plan,
        by=cast.user("Alice"),
        at=at,
    )
    if grant.commitment:
        budget.number(
            commitment=grant.commitment, ej_number="1500012399", by=cast.user("Alice"), at=at
        )
    budget.engage(
        envelope=associations,
        amount_cents=6_500 * EUROS,
        label="Ateliers numériques d’été",
        reference="ARR-2020-015",
        spending="grants",
        beneficiary_id=cast.associations[-1].pk,
        plan=plan,
        by=cast.user("Samir"),
        at=at,
    )
    _spend_in_town(cast, plan, at)


def _named(cast: Cast, holder: str, label: str) -> Any:
    held = money.held_by(cast.organisations[holder].pk)
    return next(one for one in held if one.label == label)


def for_associations(cast: Cast) -> Any:
    """What the préfecture gives to associations from."""
    return _named(cast, "prefecture", "Associations — préfecture")


def _spend_in_town(cast: Cast, plan: Plan, at: datetime) -> None:
    """A holder outside the State: money received and spent."""
    gaelle = {"by": cast.user("Gaëlle"), "at": at}
    bought = budget.engage(
        envelope=_named(cast, "town_hall", "Cofinancement reçu du département"),
        amount_cents=4_200 * EUROS,
        label="Ordinateurs de l’espace public numérique",
        reference="MAPA-2020-7",
        beneficiary_id=cast.organisations["supplier"].pk,
        plan=plan,
        **gaelle,
    ).commitment
    if bought is None:
        return
    budget.certify(commitment=bought, amount_cents=bought.amount_cents, document="BL-77", **gaelle)
    asked = budget.request_payment(
        commitment=bought,
        amount_cents=bought.amount_cents,
        counted_from=at.date(),
        plan=plan,
        **gaelle,
    )
    budget.record_payment(request=asked, paid_on=at.date(), **gaelle)


def _compare(cast: Cast, at: datetime) -> None:
    """What Chorus says: a payment to note, an order that nobody knows here, last year's line."""
    rows = (
        "EJ;DP;Montant;Date de paiement;Exercice;Centre financier",
        f"{BEFORE_EJ};DP2020-0042;2 000,00;12/05/2020;2020;0147-CDVI-DP00",
        f"{BEFORE_EJ};DP2020-0042;2 000,00;12/05/2020;2020;0147-CDVI-DP00",
        "1500019999;DP2020-0050;1 850,00;11/05/2020;2020;0147-CDVI-DP00",
        "1500011111;DP2019-0900;640,00;20/12/2019;2019;0147-CDVI-DP00",
    )
    text = io.BytesIO("\n".join(rows).encode())
    with open_sheet(text, name="extrait-chorus-13-mai.csv") as sheet:
        budget.compare_extract(
            holder=cast.organisations["prefecture"],
            sheet=sheet,
            year=2020,
            by=cast.user("Alice"),
            at=at,
        )
