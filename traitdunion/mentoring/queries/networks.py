"""Which networks a seat acts for: its own, and for a head its branches."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from traitdunion.base.errors import NotFound
from traitdunion.mentoring.models import Network, PlaceShare

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat


class NoNetwork(NotFound):
    """The organisation is not declared as a network yet."""


def networks_of(seat: "Seat | None") -> QuerySet[Network]:
    """The network of this seat and, for a head, its branches."""
    if seat is None:
        return Network.objects.none()
    own = Q(organisation=seat.organisation.pk)
    return Network.objects.filter(own | Q(head__organisation=seat.organisation.pk))


def network_of(seat: "Seat") -> Network:
    """The network in which this seat sits. Raises NoNetwork."""
    found = Network.objects.filter(organisation=seat.organisation.pk).first()
    if found is None:
        raise NoNetwork(
            _("Votre organisation n’est pas encore déclarée comme réseau : demandez-le à l’État.")
        )
    return found


def family_of(network: Network) -> tuple[UUID, ...]:
    """The network and, of a head, its branches."""
    rows = Network.objects.filter(Q(pk=network.pk) | Q(head=network.pk))
    return tuple(rows.order_by("pk").values_list("pk", flat=True))


def network_of_organisation(organisation_id: UUID) -> Network:
    """The network that this organisation is. Raises NoNetwork."""
    found = Network.objects.filter(organisation=organisation_id).first()
    if found is None:
        raise NoNetwork(_("Cette organisation n’est pas déclarée comme réseau."))
    return found


def asked_of(networks: "Iterable[Network] | QuerySet[Network]") -> Q:
    """
    The condition that a referral is put to these networks: by name, or to whichever has places in
    the territory of the young person.
    """
    places = PlaceShare.objects.filter(network__in=networks).values("department")
    return Q(network__in=networks) | Q(network__isnull=True, young__department__in=places)


def is_network(organisation_id: UUID) -> bool:
    return Network.objects.filter(organisation=organisation_id).exists()
