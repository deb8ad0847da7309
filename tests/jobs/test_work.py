"""Long work that can be left and found again, and says the truth however it ends."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import NotFound, Refusal
from traitdunion.jobs import operations, queries
from traitdunion.jobs.running import running
from traitdunion.jobs.states import State
from traitdunion.partners import operations as partners

pytestmark = pytest.mark.django_db

AT = datetime(2020, 5, 1, 9, tzinfo=UTC)


@pytest.fixture
def alice():
    return partners.create_demonstration_user(
        email="alice@essai.fr", full_name="Alice", password_hash="!", by=ROBOT, at=AT
    )


def asked_by(user):
    return operations.open_work(kind="propose", organisation_id=None, total=2, by=user, at=AT)


def test_work_that_succeeds_says_where_its_result_is(alice) -> None:
    work = asked_by(alice)

    with running(str(work.pk)) as told:
        told.tell(1, 2)
        told.ends_with("Fait.", "/attributions/")

    work.refresh_from_db()
    assert (work.state, work.result_path) == (State.DONE, "/attributions/")


def test_a_refusal_is_told_as_it_is(alice) -> None:
    work = asked_by(alice)

    with running(str(work.pk)):
        raise Refusal("La graine n’est pas publiée.")

    work.refresh_from_db()
    assert (work.state, work.message) == (State.FAILED, "La graine n’est pas publiée.")


def test_a_breakdown_tells_nothing_of_what_it_held(alice, caplog) -> None:
    work = asked_by(alice)

    with running(str(work.pk)):
        raise ValueError("Zzcanari")

    work.refresh_from_db()
    assert work.state == State.FAILED
    assert "Zzcanari" not in work.message


def test_somebody_elses_work_is_not_found(alice) -> None:
    work = asked_by(alice)

    with pytest.raises(NotFound):
        queries.work(work_id=work.pk, started_by=uuid4())


def test_work_that_waits_too_long_says_that_no_worker_is_there(alice) -> None:
    asked_by(alice)

    assert not queries.worker_seems_absent(at=AT + timedelta(seconds=30))
    assert queries.worker_seems_absent(at=AT + timedelta(minutes=5))
