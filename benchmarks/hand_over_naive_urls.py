"""One address, answered the way a first draft would."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path

from traitdunion.base.clock import now
from traitdunion.equipment.models import Custody, Device
from traitdunion.journal.models import Event
from traitdunion.lending.models import Agreement, Loan


@transaction.atomic
def hand_over(request: HttpRequest, number: str) -> HttpResponse:
    """Read, check, write; in a transaction, or a failure would leave it half done."""
    at = now()
    agreement = Agreement.objects.get(number=number)
    device = Device.objects.get(serial=request.POST[f"tablette-{number}"])
    if agreement.state != "PREPARED" or device.state != "IN_STOCK":
        return HttpResponse(status=409)
    before = device.holder_organisation_id
    agreement.state, agreement.signature, agreement.signed_on = "SIGNED", "paper", at.date()
    agreement.signatures_given = agreement.signatures_required
    agreement.save()
    device.state, device.version = "LENT", device.version + 1
    device.holder_organisation, device.holder_person_id = None, agreement.person_id
    device.save()
    Custody.objects.create(
        device=device, seq=device.version, move="LENT", state="LENT", from_organisation_id=before,
        to_person_id=agreement.person_id, at=at, by_kind="user", document=number,
    )  # fmt: skip
    Loan.objects.create(
        agreement=agreement, device=device, started_at=at, due_on=agreement.due_back_on
    )
    for verb, row in (("equipment.moved", device), ("lending.handed_over", agreement)):
        Event.objects.create(
            at=at, actor_kind="user", actor_id=request.user.pk, verb=verb,
            subject_kind=row._meta.label_lower, subject_id=str(row.pk), facts={},
        )  # fmt: skip
    return redirect("/")


urlpatterns = [
    path("prets/conventions/<str:number>/remise/", hand_over),
    path("", include("traitdunion.web.urls")),
]
