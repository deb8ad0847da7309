"""Loading a programme."""

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.journal import operations as journal
from traitdunion.programme.models import BudgetProgramme, Programme, Source, Strand
from traitdunion.programme.schema import Plan, PlanRefused, read_plan


@transaction.atomic
def load(*, toml: str, by: Actor, at: datetime) -> Programme:
    """
    Create the programme of this file, or bring it up to date; the same file again changes nothing.

    Raises: PlanRefused naming the key.
    """
    plan = read_plan(toml)
    digest = hashlib.sha256(toml.encode()).hexdigest()
    known = Programme.objects.filter(code=plan.programme.code).first()
    if known and known.digest == digest:
        return known
    programme, _created = Programme.objects.update_or_create(
        code=plan.programme.code,
        defaults={
            "title": plan.programme.title,
            "source": toml,
            "digest": digest,
            "loaded_at": at,
        },
    )
    _write_strands(programme, plan)
    _write_sources(programme, plan)
    _write_budget_programmes(programme, plan)
    facts = {"code": programme.code, "digest": digest}
    journal.record(verb="programme.loaded", subject=programme, by=by, at=at, facts=facts)
    return programme


def _drop(gone: QuerySet[Any], key: str) -> None:
    """What the file no longer has goes, unless something already stands on it."""
    for row in gone.order_by("pk"):
        try:
            row.delete()
        except ProtectedError:
            raise PlanRefused(
                _("%(key)s : « %(title)s » a déjà servi : remettez-le, il ne peut disparaître.")
                % {"key": key, "title": row.title}
            ) from None


def _write_strands(programme: Programme, plan: Plan) -> None:
    _drop(Strand.objects.filter(programme=programme).exclude(code__in=plan.strands), "strands")
    for code, strand in plan.strands.items():
        Strand.objects.update_or_create(
            programme=programme,
            code=code,
            defaults={"title": strand.title, "amount_cents": strand.amount_cents},
        )


def _write_sources(programme: Programme, plan: Plan) -> None:
    names = [source.name for source in plan.allocation.sources]
    _drop(Source.objects.filter(programme=programme).exclude(name__in=names), "allocation.sources")
    for position, source in enumerate(plan.allocation.sources):
        Source.objects.update_or_create(
            programme=programme,
            name=source.name,
            defaults={
                "title": source.title or source.name,
                "position": position,
                "amount_cents": source.amount_cents,
                "pays_for": source.pays_for,
                "fungible": source.fungible,
                "kind": source.kind,
            },
        )


def _write_budget_programmes(programme: Programme, plan: Plan) -> None:
    codes = [one.code for one in plan.budget.programmes]
    gone = BudgetProgramme.objects.filter(programme=programme).exclude(code__in=codes)
    _drop(gone, "budget.programmes")
    for one in plan.budget.programmes:
        BudgetProgramme.objects.update_or_create(
            programme=programme, code=one.code, defaults={"title": one.title}
        )
