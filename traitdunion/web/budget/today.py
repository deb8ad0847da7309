"""Signatures that are waited for, payments that are late, envelopes that facts went beyond."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from traitdunion.budget import queries, rights
from traitdunion.budget.states import ExtractState
from traitdunion.web.today import Task


def tasks(seat: Any, at: datetime) -> list[Task]:
    if not rights.may_commit(seat):
        return []
    here, on = seat.organisation.pk, timezone.localtime(at).date()
    waiting = queries.requests_of(here)
    mine = sum(one.asked_by_id == seat.user.pk for one in waiting)
    late = queries.late_payments(seat, on).filter(commitment__envelope__holder=here)
    ready = queries.to_request(seat).filter(envelope__holder=here)
    beyond = queries.to_regularise(seat).filter(holder=here)
    compared = queries.extracts_of(here).filter(state=ExtractState.COMPARED)
    signing, payments = reverse("budget:signatures"), reverse("budget:payments")
    envelopes = reverse("budget:envelopes")
    return [
        Task(_("Décisions à signer"), _signable(seat, waiting, on), signing, "now"),
        Task(_("Mes demandes qui attendent une signature"), mine, signing, "later"),
        Task(_("Paiements en retard"), late.count(), f"{payments}?etat=en-retard", "now"),
        Task(_("Paiements à demander"), ready.count(), reverse("budget:to_request"), "soon"),
        Task(_("Enveloppes à régulariser"), beyond.count(), f"{envelopes}?regulariser=on", "now"),
        Task(
            _("Extraits Chorus à confirmer"), compared.count(), reverse("budget:extracts"), "soon"
        ),
    ]


def _signable(seat: Any, waiting: list[Any], on: Any) -> int:
    """Those that this person may sign: never one's own."""
    return sum(
        one.asked_by_id != seat.user.pk
        and queries.signing_power(one.holder_id, seat.user.pk, one.amount_cents, on) is not None
        for one in waiting
    )
