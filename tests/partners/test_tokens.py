"""A program's secret opens one seat, until its day, and not a minute after the seat is gone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import MoveRefused
from traitdunion.journal.models import Event
from traitdunion.partners import operations, queries
from traitdunion.partners.models import ApiToken, KeptAnswer, Membership, User
from traitdunion.partners.operations.tokens import BadTokenLife
from traitdunion.partners.queries import Asked
from traitdunion.partners.states import Kind, Role

pytestmark = pytest.mark.django_db
AT = datetime(2020, 5, 1, 9, tzinfo=UTC)
WHO = {"by": ROBOT, "at": AT}
MONTH = timedelta(days=30)


@pytest.fixture
def membership() -> Membership:
    relay = operations.create_organisation(
        kind=Kind.ASSOCIATION, name="Le Fil", identifiers={}, **WHO
    )
    user = User.objects.create(email="bakary@essai.fr", full_name="Bakary")
    return operations.seat(user=user, organisation=relay, role=Role.MEMBER, **WHO)


def make(membership: Membership, life: timedelta = MONTH) -> tuple[ApiToken, str]:
    return operations.make_token(
        membership=membership, label="Tableur", expires_at=AT + life, **WHO
    )


def test_a_program_sits_where_its_maker_sits_with_the_same_role(membership: Membership) -> None:
    _token, secret = make(membership)

    found, seat = queries.token_of(secret, AT)

    assert (seat.user, seat.organisation, seat.role) == (
        membership.user, membership.organisation, Role.MEMBER,
    )  # fmt: skip
    assert found.membership == membership


def test_the_secret_is_kept_nowhere(membership: Membership) -> None:
    token, secret = make(membership)

    kept = str(ApiToken.objects.values().get(pk=token.pk)) + str(list(Event.objects.values()))

    assert secret not in kept
    assert secret.removeprefix("tdu_") not in kept


@pytest.mark.parametrize("secret", ["", "tdu_", "tdu_inconnu", "é\x00", "x" * 10_000])
def test_what_is_no_secret_opens_nothing(membership: Membership, secret: str) -> None:
    make(membership)

    assert queries.token_of(secret, AT) is None


def test_a_token_ends_on_its_day(membership: Membership) -> None:
    _token, secret = make(membership)

    assert queries.token_of(secret, AT + MONTH - timedelta(seconds=1))
    assert queries.token_of(secret, AT + MONTH) is None


def test_a_token_ends_with_the_seat_of_whoever_made_it(membership: Membership) -> None:
    _token, secret = make(membership)

    operations.end_membership(membership=membership, **WHO)

    assert queries.token_of(secret, AT) is None


@pytest.mark.parametrize("of", ["user", "organisation"])
def test_a_closed_account_or_organisation_closes_its_tokens(
    membership: Membership, of: str
) -> None:
    _token, secret = make(membership)
    row = getattr(membership, of)
    row.is_active = False
    row.save()

    assert queries.token_of(secret, AT) is None


def test_a_revoked_token_opens_nothing_more_and_is_revoked_once(membership: Membership) -> None:
    token, secret = make(membership)

    operations.revoke_token(token=token, **WHO)

    assert queries.token_of(secret, AT) is None
    with pytest.raises(MoveRefused):
        operations.revoke_token(token=token, **WHO)
    assert Event.objects.filter(verb="partners.token_revoked").count() == 1


@pytest.mark.parametrize("days", [-1, 0, 367, 10_000])
def test_a_token_without_a_near_end_is_refused(membership: Membership, days: int) -> None:
    with pytest.raises(BadTokenLife):
        make(membership, timedelta(days=days))


def test_the_last_use_is_told_to_the_quarter_of_an_hour(membership: Membership) -> None:
    token, _secret = make(membership)
    for minutes in (0, 5, 16):
        token.refresh_from_db()
        operations.note_use(token=token, by=ROBOT, at=AT + timedelta(minutes=minutes))

    token.refresh_from_db()
    assert token.last_used_at == AT + timedelta(minutes=16)


def asked(membership: Membership, **changed: str) -> Asked:
    words = {"method": "POST", "path": "/api/v1/x", "key": "k", "body_digest": "a" * 64}
    return Asked(membership.organisation_id, **{**words, **changed})


def test_a_key_gives_back_what_was_answered_under_it(membership: Membership) -> None:
    with transaction.atomic():
        assert operations.take_key(asked=asked(membership), **WHO) is None
        operations.keep(asked=asked(membership), status=201, body="{}", **WHO)

    with transaction.atomic():
        assert operations.take_key(asked=asked(membership), **WHO).status == 201


def test_a_key_does_not_serve_for_another_body(membership: Membership) -> None:
    operations.keep(asked=asked(membership), status=201, body="{}", **WHO)

    with pytest.raises(operations.AnotherBody), transaction.atomic():
        operations.take_key(asked=asked(membership, body_digest="b" * 64), **WHO)


@pytest.mark.parametrize("other", [{"path": "/api/v1/y"}, {"method": "PATCH"}, {"key": "K"}])
def test_the_same_key_elsewhere_is_another_key(
    membership: Membership, other: dict[str, str]
) -> None:
    operations.keep(asked=asked(membership), status=201, body="{}", **WHO)

    with transaction.atomic():
        assert operations.take_key(asked=asked(membership, **other), **WHO) is None


def test_the_database_itself_keeps_one_answer_a_key(membership: Membership) -> None:
    operations.keep(asked=asked(membership), status=201, body="{}", **WHO)

    with pytest.raises(IntegrityError):
        operations.keep(asked=asked(membership), status=201, body="{}", **WHO)


def test_keys_are_let_go_after_their_time(membership: Membership) -> None:
    operations.keep(asked=asked(membership), status=201, body="{}", **WHO)

    for days, left in ((-1, 1), (1, 0)):
        operations.forget_answers(answered_before=AT + timedelta(days=days), **WHO)
        assert KeptAnswer.objects.count() == left
