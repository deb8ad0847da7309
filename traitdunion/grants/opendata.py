"""
Grants as open data: the 14 fields that the law names, and the extended ones.

A duty for agreements above 23,000 €, within three months (decree 2017-779); by choice below.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from traitdunion.base.spreadsheets import harmless
from traitdunion.grants.models import Decision, GrantPayment
from traitdunion.grants.states import DecisionForm, GrantPaymentState, Outcome
from traitdunion.partners import queries as partners
from traitdunion.partners.states import Scheme

SCHEMAS = Path(__file__).resolve().parent / "schemas"
REGULATORY, EXTENDED = "scdl-subventions", "subventions-etendu"
CASH = "aide en numéraire"
MONTHS_TO_PUBLISH = 3


def published(
    year: int, *, with_small: bool, authority_id: UUID | None = None
) -> QuerySet[Decision]:
    """
    What stands granted in a year.

    Args:
        with_small: those below the duty too, by choice.
    """
    rows = Decision.objects.filter(
        outcome=Outcome.ACCEPTED, withdrawn_at__isnull=True, decided_at__year=year
    )
    if not with_small:
        rows = rows.filter(form=DecisionForm.AGREEMENT)
    if authority_id:
        rows = rows.filter(application__authority=authority_id)
    rows = rows.select_related(
        "application__organisation", "application__authority", "application__strand", "commitment"
    )
    return rows.order_by("decided_at", "number")


def to_publish_before(decision: Decision) -> date:
    """The last day to open the data of an agreement."""
    day = timezone.localdate(decision.decided_at)
    month = day.month - 1 + MONTHS_TO_PUBLISH
    year, month = day.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - date.resolution).day
    return date(year, month, min(day.day, last))


def schema(name: str) -> dict[str, Any]:
    """Our copy of the rules of the fields."""
    found: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text())
    return found


def regulatory_csv(rows: Iterable[Decision]) -> bytes:
    """The 14 fields; whoever has no SIRET is not in it: the schema asks for one."""
    decisions = list(rows)
    facts = _facts(decisions)
    lines = [_regulatory(one, facts) for one in decisions]
    return _written(REGULATORY, [line for line in lines if line["idBeneficiaire"]])


def extended_csv(rows: Iterable[Decision], on: date) -> bytes:
    """The fields of data.subvention, RNA included."""
    decisions = list(rows)
    facts = _facts(decisions)
    return _written(EXTENDED, [_extended(one, facts, on) for one in decisions])


def _facts(decisions: Sequence[Decision]) -> dict[str, Mapping[UUID, Any]]:
    """What is read once for all of them."""
    askers = {one.application.organisation_id for one in decisions}
    authorities = {one.application.authority_id for one in decisions}
    paid: dict[UUID, list[date]] = {}
    payments = GrantPayment.objects.filter(
        Q(payment__paid_on__isnull=False), decision__in=decisions
    ).exclude(state=GrantPaymentState.CANCELLED)
    for pk, day in payments.order_by("payment__paid_on").values_list(
        "decision", "payment__paid_on"
    ):
        paid.setdefault(pk, []).append(day)
    return {
        "siret": partners.values_of(askers | authorities, Scheme.SIRET),
        "rna": partners.values_of(askers, Scheme.RNA),
        "paid": paid,
    }


def _regulatory(one: Decision, facts: Mapping[str, Mapping[UUID, Any]]) -> dict[str, str]:
    application, day = one.application, timezone.localdate(one.decided_at).isoformat()
    return {
        "nomAttribuant": application.authority.name,
        "idAttribuant": facts["siret"].get(application.authority_id, ""),
        "dateConvention": day,
        "referenceDecision": one.number,
        "nomBeneficiaire": application.organisation.name,
        "idBeneficiaire": facts["siret"].get(application.organisation_id, ""),
        "objet": application.title[:256],
        "montant": _euros(one.amount_cents),
        "nature": CASH,
        "conditionsVersement": "échelonné" if _in_parts(one) else "unique",
        "datesPeriodeVersement": _period(one, facts["paid"].get(one.pk, [])),
        "idRAE": "",
        "notificationUE": "non",
        "pourcentageSubvention": "1.00",
    }


def _extended(one: Decision, facts: Mapping[str, Mapping[UUID, Any]], on: date) -> dict[str, str]:
    application, told = one.application, _regulatory(one, facts)
    asked = application.submitted_at or application.created_at
    return told | {
        "idSubvention": one.number,
        "nomServiceInstructeur": told["nomAttribuant"],
        "idServiceInstructeur": told["idAttribuant"],
        "rnaBeneficiaire": facts["rna"].get(application.organisation_id, ""),
        "exerciceBudgetaire": str(one.commitment.year) if one.commitment else "",
        "pluriannualite": "non",
        "dateDecision": told["dateConvention"],
        "dateCreation": timezone.localdate(asked).isoformat(),
        "dateDebut": application.starts_on.isoformat(),
        "dateFin": application.ends_on.isoformat(),
        "dispositif": application.strand.title[:200],
        "statutLabel": "attribuée",
        "montantDemande": _euros(application.requested_cents or 0),
        "nomOutilInstruction": "Trait d’union",
        "ej": one.commitment.ej_number if one.commitment else "",
        "descriptionConditionsVersement": _conditions(one),
        "cofinancement": "oui" if application.other_aid_cents else "non",
        "dateMiseAJour": on.isoformat(),
    }


def _in_parts(one: Decision) -> bool:
    return 0 < one.advance_cents < one.amount_cents


def _conditions(one: Decision) -> str:
    if _in_parts(one):
        return f"Avance de {_euros(one.advance_cents)} €, puis solde"
    return "Un seul versement après la décision"


def _period(one: Decision, paid: Sequence[date]) -> str:
    """The day it was paid; the period of the grant while nobody knows."""
    if len(paid) == 1 and not _in_parts(one):
        return paid[0].isoformat()
    start = timezone.localdate(one.decided_at)
    last = paid[-1] if len(paid) > 1 else max(start, one.application.ends_on)
    return f"{(paid[0] if paid else start).isoformat()}/{last.isoformat()}"


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _written(name: str, lines: Sequence[Mapping[str, str]]) -> bytes:
    """As the schema wants it: commas, UTF-8, its columns in its order."""
    columns = [field["name"] for field in schema(name)["fields"]]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for line in lines:
        writer.writerow([harmless(line.get(column, "")) for column in columns])
    return out.getvalue().encode()
