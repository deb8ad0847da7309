"""What an association asked for: one of each thing that an address of grants may name."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from traitdunion.base.actors import ROBOT
from traitdunion.grants import operations
from traitdunion.grants.models import (
    Application,
    ConflictOfInterest,
    Opinion,
    Piece,
    Simulation,
)
from traitdunion.partners import operations as partners
from traitdunion.partners.states import Kind
from traitdunion.programme import queries as programme

A_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)
IBANS = {"94": "FR7630006000011234567890189", "75": "FR1420041010050500013M02606"}


@dataclass
class Grants:
    """Of one side: its application waits for a correction, the school was asked about it."""

    application: Application
    piece: Piece
    opinion: Opinion
    conflict: ConflictOfInterest
    simulation: Simulation


def ask(*, world: Any, side: Any, organisation: Any, reviewer: Any, at: datetime) -> Grants:
    """An application with its piece, under review, then to correct; what the préfecture did."""
    who: dict[str, Any] = {"by": ROBOT, "at": at}
    strand = programme.strand(world.programme, "associations")
    one = operations.start(organisation=organisation, strand=strand, plan=world.plan, **who)
    one = operations.save(
        application=one,
        answers={
            "purpose": "ACTION",
            "title": "Aide aux devoirs",
            "summary": "Deux bénévoles appellent vingt familles.",
            "requested_cents": 500_000,
            "iban": IBANS[side.department.code],
            "account_holder": organisation.name,
            "representative_name": "Aminata Sow",
        },
        neighbourhoods=[side.neighbourhood],
        **who,
    )
    operations.submit(application=one, plan=world.plan, **who)
    piece = operations.attach(
        application=one, kind="BANK_SLIP", name="rib.pdf", content=A_PDF, **who
    )
    operations.begin_review(application=one, by=reviewer, at=at)
    opinion = operations.ask_opinion(
        application=one, organisation=side.school, question="", due_on=date(2020, 6, 30), **who
    )
    simulation = operations.simulate(
        authority=side.prefecture, name="Essai", amounts={one: 100_000}, **who
    )
    operations.ask_correction(application=one, text="Précisez le budget.", **who)
    other = partners.create_organisation(
        kind=Kind.ASSOCIATION, name=f"Amis {side.department.code}", identifiers={}, **who
    )
    conflict = operations.declare_conflict(user=reviewer, organisation=other, **who)
    return Grants(one, piece, opinion, conflict, simulation)
