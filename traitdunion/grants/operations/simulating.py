"""Trying amounts against the envelope, under a name: it decides nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from traitdunion.base.errors import Refusal
from traitdunion.grants.models import Application, Simulation, SimulationLine
from traitdunion.journal import operations as journal

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation, User


class BadSimulation(Refusal):
    """No name, a name already taken, no application, an amount beyond what is asked."""

    status = 400


@transaction.atomic
def simulate(
    *,
    authority: "Organisation",
    name: str,
    amounts: Mapping[Application, int],
    by: "User",
    at: datetime,
) -> Simulation:
    """Keep what each application would receive. Raises BadSimulation."""
    title = " ".join(name.split())[:80]
    if not title or not amounts:
        raise BadSimulation(_("Donnez un nom à la simulation, et au moins une demande."))
    for one, cents in amounts.items():
        if one.authority_id != authority.pk or not 0 <= cents <= (one.requested_cents or 0):
            raise BadSimulation(
                _("Demande %(number)s : de zéro au montant demandé, pas davantage.")
                % {"number": one.number}
            )
    try:
        with transaction.atomic():
            made = Simulation.objects.create(
                authority=authority,
                name=title,
                made_by_id=by.actor_id if by.actor_kind == "user" else None,
                made_at=at,
            )
    except IntegrityError:
        raise BadSimulation(
            _("Une simulation s’appelle déjà « %(name)s » : choisissez un autre nom.")
            % {"name": title}
        ) from None
    SimulationLine.objects.bulk_create(
        SimulationLine(simulation=made, application=one, amount_cents=cents)
        for one, cents in amounts.items()
    )
    facts = {"lines": len(amounts), "amount_cents": sum(amounts.values())}
    journal.record(verb="grants.simulated", subject=made, by=by, at=at, facts=facts)
    return made
