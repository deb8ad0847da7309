"""Organisations by their numbers, invitations that work once, rights that end at once."""

from datetime import UTC, datetime, timedelta

import pytest

from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import NotAllowed
from traitdunion.base.identifiers import BadIdentifier
from traitdunion.partners import operations, queries
from traitdunion.partners.hashers import Argon2id
from traitdunion.partners.operations import IdentifierTaken, LastManager, WeakPassword
from traitdunion.partners.queries import InvitationRefused, NoSuchOrganisation
from traitdunion.partners.states import Kind, Role

pytestmark = pytest.mark.django_db

AT = datetime(2020, 5, 1, 9, tzinfo=UTC)
GOOD = "une phrase assez longue"


def make(kind: str = Kind.ASSOCIATION, name: str = "Le Fil", **numbers: str):
    return operations.create_organisation(
        kind=kind, name=name, identifiers=numbers, by=ROBOT, at=AT
    )


def invite(organisation, email: str = "bakary@essai.fr", role: str = Role.MANAGER) -> str:
    _invitation, token = operations.invite(
        organisation=organisation, email=email, role=role, by=ROBOT, at=AT
    )
    return token


def accept(token: str, at: datetime = AT, password: str = GOOD):
    return operations.accept_invitation(
        token=token, full_name="Bakary Diallo", password=password, by=ROBOT, at=at
    )


@pytest.mark.parametrize(
    ("scheme", "typed", "kept"),
    [
        ("UAI", " 0940071s ", "0940071S"),
        ("RNA", "w2a1001234", "W2A1001234"),
        ("SIRET", "356 000 000 00048", "35600000000048"),
        ("RIDET", "0123456", "0123456"),
    ],
)
def test_a_number_is_cleaned_and_found_again(scheme: str, typed: str, kept: str) -> None:
    organisation = make(**{scheme: typed})

    assert queries.organisation_by_code(kept) == organisation


@pytest.mark.parametrize(
    ("scheme", "typed"),
    [("UAI", "0940071T"), ("UAI", "94007S"), ("SIRET", "12345678901234"), ("RNA", "X751234567")],
)
def test_a_wrong_number_is_refused_with_what_is_wrong(scheme: str, typed: str) -> None:
    with pytest.raises(BadIdentifier):
        make(**{scheme: typed})


def test_two_organisations_never_share_a_number() -> None:
    make(UAI="0940071S")

    with pytest.raises(IdentifierTaken):
        make(name="Autre", UAI="0940071S")


def test_an_unknown_number_says_what_to_do() -> None:
    with pytest.raises(NoSuchOrganisation, match="vérifiez"):
        queries.organisation_by_code("0940071S")


def test_an_invitation_opens_one_seat_once() -> None:
    token = invite(make())

    bakary = accept(token)

    assert [seat.role for seat in queries.seats(bakary)] == [Role.MANAGER]
    with pytest.raises(InvitationRefused):
        accept(token)


def test_an_invitation_expires_and_answers_like_an_unknown_one() -> None:
    token = invite(make())

    with pytest.raises(InvitationRefused) as late:
        accept(token, at=AT + timedelta(days=8))
    with pytest.raises(InvitationRefused) as unknown:
        accept("nulle-part")

    assert str(late.value) == str(unknown.value)


def test_a_weak_password_opens_nothing_and_the_link_still_works() -> None:
    token = invite(make())

    with pytest.raises(WeakPassword):
        accept(token, password="court")

    assert accept(token).full_name == "Bakary Diallo"


def test_a_school_does_not_give_the_role_of_administrator() -> None:
    with pytest.raises(NotAllowed):
        invite(make(Kind.SCHOOL), role=Role.ADMINISTRATOR)


def test_rights_end_at_the_next_question() -> None:
    organisation = make()
    accept(invite(organisation))
    jeanne = accept(invite(organisation, "jeanne@essai.fr", Role.TREASURER))
    membership = next(m for m in queries.members(organisation) if m.user == jeanne)

    operations.end_membership(membership=membership, by=ROBOT, at=AT)

    assert queries.seats(jeanne) == []


def test_the_last_person_in_charge_cannot_be_removed() -> None:
    organisation = make()
    accept(invite(organisation))

    with pytest.raises(LastManager):
        operations.end_membership(membership=queries.members(organisation)[0], by=ROBOT, at=AT)


def test_driss_who_sits_nowhere_sees_no_organisation() -> None:
    make()
    driss = operations.create_demonstration_user(
        email="driss@essai.fr", full_name="Driss", password_hash="!", by=ROBOT, at=AT
    )

    assert queries.seats(driss) == []
    assert not queries.organisations_seen_by(None).exists()


def test_the_link_itself_is_kept_nowhere() -> None:
    organisation = make()
    token = invite(organisation)

    kept = queries.open_invitations(organisation)[0]

    assert token not in {kept.token_digest, str(kept.pk)}


def test_a_password_costs_what_decision_10_says() -> None:
    encoded = Argon2id().encode(GOOD, "selselselsel")

    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
