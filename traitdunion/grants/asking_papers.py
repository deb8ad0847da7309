"""An application as its papers tell it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from traitdunion.base.money import euros
from traitdunion.documents import asking
from traitdunion.documents.papers import Party
from traitdunion.grants import queries
from traitdunion.grants.models import Application
from traitdunion.grants.reading import other_aid_lines
from traitdunion.grants.states import Purpose

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation
    from traitdunion.programme.schema import Plan


def receipt(application: Application, plan: "Plan", at: datetime) -> bytes:
    """The receipt, as PDF. Papers are French whatever the language of the page."""
    with override("fr"):
        return asking.receipt(_asked(application, plan, at))


def single_form(application: Application, plan: "Plan", at: datetime) -> bytes:
    """The State's single form, as PDF."""
    with override("fr"):
        return asking.single_form(_asked(application, plan, at))


def _asked(one: Application, plan: "Plan", at: datetime) -> asking.Asked:
    signed = queries.signature(one)
    holds = signed is not None and queries.is_signed(one)
    submitted = timezone.localdate(one.submitted_at) if one.submitted_at else None
    requested = one.requested_cents or 0
    return asking.Asked(
        number=one.number,
        association=_party(one.organisation),
        numbers=sorted(queries.numbers_of(one.organisation).items()),
        representative=one.representative_name,
        phone=one.contact_phone,
        purpose=str(Purpose(one.purpose).label).capitalize() if one.purpose else "",
        is_operating=one.purpose == Purpose.OPERATING,
        title=one.title,
        summary=one.summary,
        neighbourhoods=[f"{n.name} ({n.code})" for n in queries.neighbourhoods_of(one)],
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        requested=euros(requested),
        other_aid=[
            (who or _("Autre aide"), euros(c)) for who, c in other_aid_lines(one.other_aid)
        ],
        total=euros(requested + one.other_aid_cents),
        iban=_in_fours(one.iban),
        account_holder=one.account_holder,
        authority=_party(one.authority),
        programme=plan.programme.title,
        is_renewal=queries.was_helped_before(one),
        submitted_on=submitted,
        silence_on=one.silence_on,
        expected_on=submitted + timedelta(days=plan.grants.expected_days) if submitted else None,
        signed_by=signed.name if signed and holds else "",
        signed_on=timezone.localdate(signed.signed_at) if signed and holds else None,
        needs_commitment=queries.needs_commitment(plan, queries.asked_on(one, at)),
        commits_to_republic=bool(signed and signed.commits_to_republic),
        missing=queries.missing(one),
        appeal_months=plan.grants.appeal_months,
    )


def _party(one: "Organisation") -> Party:
    mail = ", ".join(filter(None, (one.contact_name, one.email)))
    return Party(one.name, one.address, mail, one.phone, one.opening_hours)


def _in_fours(iban: str) -> str:
    return " ".join(iban[k : k + 4] for k in range(0, len(iban), 4))
