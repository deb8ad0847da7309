"""Which young people, mentors, pairs and alerts a seat sees; names are in `people`, read apart."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from traitdunion.base.errors import NotFound
from traitdunion.mentoring import rights
from traitdunion.mentoring.models import Alert, Mentor, Pair, Referral, Session, YoungPerson
from traitdunion.mentoring.queries.networks import asked_of, networks_of
from traitdunion.mentoring.states import ReferralState

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat


def young_seen_by(seat: "Seat | None") -> QuerySet[YoungPerson]:
    """
    A network sees those it follows and those it is asked to; whoever referred, their own; a
    mentor, those they are paired with.
    """
    rows = YoungPerson.objects.select_related("network", "referred_by", "school")
    if seat is None:
        return rows.none()
    if rights.may_coordinate(seat):
        asked = Referral.objects.filter(
            asked_of(networks_of(seat)), state=ReferralState.SENT
        ).values("young")
        return rows.filter(Q(network__in=networks_of(seat)) | Q(pk__in=asked))
    if rights.may_mentor(seat):
        return rows.filter(pk__in=pairs_seen_by(seat).values("young"))
    if rights.may_refer(seat):
        return rows.filter(referred_by=seat.organisation.pk)
    return rows.none()


def mentors_seen_by(seat: "Seat | None") -> QuerySet[Mentor]:
    """A network's own; a mentor sees their own file."""
    rows = Mentor.objects.select_related("network", "coordinator")
    if seat is not None and rights.may_coordinate(seat):
        return rows.filter(network__in=networks_of(seat))
    if seat is not None and rights.may_mentor(seat):
        # Enrolled before the account was opened, a mentor is known by the e-mail.
        own = Q(user=seat.user.pk) | Q(user__isnull=True, email=seat.user.email)
        return rows.filter(own, network__organisation=seat.organisation.pk)
    return rows.none()


def pairs_seen_by(seat: "Seat | None") -> QuerySet[Pair]:
    """A network's own; a mentor's open ones."""
    rows = Pair.objects.select_related("young", "mentor")
    if seat is not None and rights.may_coordinate(seat):
        return rows.filter(network__in=networks_of(seat))
    if seat is not None and rights.may_mentor(seat):
        return rows.filter(mentor__in=mentors_seen_by(seat), ended_on__isnull=True)
    return rows.none()


def sessions_seen_by(seat: "Seat | None") -> QuerySet[Session]:
    """Those of the pairs that the seat sees."""
    rows = Session.objects.all()
    if seat is not None and rights.may_coordinate(seat):
        return rows.filter(network__in=networks_of(seat))
    return rows.filter(pair__in=pairs_seen_by(seat))


def alerts_seen_by(seat: "Seat | None") -> QuerySet[Alert]:
    """A network's; a mentor's own; a school's once they are shared with it."""
    rows = Alert.objects.select_related("young", "pair__mentor")
    if seat is None:
        return rows.none()
    if rights.may_coordinate(seat):
        return rows.filter(young__network__in=networks_of(seat))
    if rights.may_mentor(seat):
        return rows.filter(pair__in=pairs_seen_by(seat))
    if rights.may_refer(seat):
        return rows.filter(shared_with=seat.organisation.pk)
    return rows.none()


def young_person(pk: UUID, seat: "Seat | None") -> YoungPerson:
    """One that the seat sees. Raises NotFound, for a foreign one too."""
    return _one(young_seen_by(seat), pk, _("Ce jeune n’est pas suivi par votre organisation."))


def mentor(pk: UUID, seat: "Seat | None") -> Mentor:
    """One that the seat sees. Raises NotFound."""
    return _one(mentors_seen_by(seat), pk, _("Ce mentor n’est pas de votre réseau."))


def pair(pk: UUID, seat: "Seat | None") -> Pair:
    """One that the seat sees. Raises NotFound."""
    return _one(pairs_seen_by(seat), pk, _("Ce binôme n’existe pas."))


def alert(pk: UUID, seat: "Seat | None") -> Alert:
    """One that the seat sees. Raises NotFound."""
    return _one(alerts_seen_by(seat), pk, _("Cette alerte n’existe pas."))


def _one(rows: QuerySet, pk: UUID, refusal: str):  # noqa: ANN202 - the model of the rows
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(refusal)
    return found
