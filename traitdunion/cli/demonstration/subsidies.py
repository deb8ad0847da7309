"""Small associations ask: one fills in, one is reviewed with opinions asked, one is granted."""

import io
from datetime import date, datetime
from typing import Any

from PIL import Image, ImageDraw

from traitdunion.cli.demonstration.cast import Cast
from traitdunion.grants import operations, queries
from traitdunion.grants.operations import controlling, deciding, letters, paying
from traitdunion.grants.states import Outcome, PieceKind, Purpose, Stance
from traitdunion.partners import operations as partners
from traitdunion.partners.states import Scheme
from traitdunion.programme import queries as programme
from traitdunion.programme.schema import Plan

EUROS = 100
# Accounts that exist in no bank, with a key that is right.
IBANS = ("FR7630006000011234567890189", "FR1420041010050500013M02606")
TITLE = "Colis de livres et de jeux"
# A number that no register holds, with a key that is right: without one, nothing is paid.
SIRET = "99999999800001"
ANSWERED_BY = date(2020, 5, 25)


def ask(*, cast: Cast, plan: Plan, at: datetime, review_at: datetime) -> None:
    """Applications of three associations; the préfecture reviews the first."""
    first, second, third = cast.associations[:3]
    bakary, jeanne, alice = (cast.user(name) for name in ("Bakary", "Jeanne", "Alice"))
    reviewed = _submitted(cast, plan, first, bakary, at, 0, "Aide aux devoirs par téléphone")
    _submitted(cast, plan, third, bakary, at, 0, TITLE)
    draft = _start(plan, second, jeanne, at)
    operations.save(
        application=draft,
        answers={"purpose": Purpose.OPERATING, "title": "Loyer du local du mercredi"},
        by=jeanne,
        at=at,
    )
    _review(cast, plan, reviewed, alice, review_at)
    samir = cast.user("Samir")
    operations.declare_conflict(user=samir, organisation=second, by=samir, at=review_at)


def decide(*, cast: Cast, plan: Plan, envelope: Any, public_url: str, at: datetime) -> None:
    """Alice grants what the third asked, in two parts; its letter leaves, its advance too."""
    third, alice = cast.associations[2], cast.user("Alice")
    acting: dict[str, Any] = {"by": alice, "at": at}
    (asked,) = (one for one in queries.of_organisation(third.pk) if one.title == TITLE)
    partners.add_identifier(organisation=third, scheme=Scheme.SIRET, value=SIRET, **acting)
    operations.begin_review(application=asked, **acting)
    one = deciding.decide(
        application=asked,
        terms=deciding.Terms(Outcome.ACCEPTED, 6_000 * EUROS, 3_000 * EUROS),
        envelope=envelope,
        plan=plan,
        **acting,
    )
    letters.draw_waiting(plan=plan, public_url=public_url, **acting)
    one.refresh_from_db()
    asked_for = paying.ask_payment(decision=one, plan=plan, **acting)
    prefecture = cast.organisations["prefecture"]
    paying.send(payments=[asked_for], payer=prefecture, account=None, **acting)
    controlling.draw_sample(
        authority=prefecture,
        seed="Tirage du 13 mai 2020, publié au recueil",
        from_date=date(2020, 4, 1),
        until_date=date(2020, 12, 31),
        size=1,
        **acting,
    )


def _start(plan: Plan, organisation: Any, by: Any, at: datetime) -> Any:
    strand = programme.strand(programme.current(), queries.STRAND)
    return operations.start(organisation=organisation, strand=strand, plan=plan, by=by, at=at)


def _submitted(
    cast: Cast, plan: Plan, organisation: Any, by: Any, at: datetime, iban: int, title: str
) -> Any:
    one = _start(plan, organisation, by, at)
    quarters = queries.choices_of_neighbourhoods(organisation, plan)
    one = operations.save(
        application=one,
        answers={
            "purpose": Purpose.ACTION,
            "title": title,
            "summary": "Deux bénévoles appellent vingt familles chaque jour de mai et de juin.",
            "requested_cents": 8_000 * EUROS,
            "other_aid": "Mairie 2 000\nCAF 500",
            "iban": IBANS[iban],
            "account_holder": organisation.name[:150],
            "representative_name": "Aminata Sow" if by else "",
            "contact_phone": "01 00 00 00 01",
        },
        neighbourhoods=quarters[:2],
        by=by,
        at=at,
    )
    operations.submit(application=one, plan=plan, by=by, at=at)
    operations.attach(
        application=one,
        kind=PieceKind.BANK_SLIP,
        name="releve.jpg",
        content=_slip(organisation.name),
        by=by,
        at=at,
    )
    return one


def _slip(name: str) -> bytes:
    """A bank slip as one photographs it: white paper and a few words."""
    image, out = Image.new("RGB", (900, 400), "white"), io.BytesIO()
    ImageDraw.Draw(image).text((40, 40), f"RIB (fictif) - {name}", fill="black")
    image.save(out, "JPEG")
    return out.getvalue()


def _review(cast: Cast, plan: Plan, one: Any, alice: Any, at: datetime) -> None:
    acting = {"application": one, "by": alice, "at": at}
    operations.begin_review(**acting)
    for place in ("school", "town_hall", "cite"):
        asked = operations.ask_opinion(
            organisation=cast.organisations[place],
            question="Connaissez-vous leur action ?",
            due_on=ANSWERED_BY,
            **acting,
        )
        if place == "cite":
            operations.give_opinion(
                opinion=asked,
                stance=Stance.FAVOURABLE,
                text="Présente chaque mercredi.",
                by=cast.user("Farid"),
                at=at,
            )
    operations.score(points={"besoin": 6, "proximite": 5}, plan=plan, **acting)
    text = "Pouvez-vous préciser combien de familles vous suivez déjà ?"
    operations.write(text=text, from_applicant=False, **acting)
    operations.simulate(
        authority=cast.organisations["prefecture"],
        name="La moitié pour chacun",
        amounts={one: 4_000 * EUROS},
        by=alice,
        at=at,
    )
