"""Reading the programme."""

from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from traitdunion.base.errors import NotFound
from traitdunion.programme.models import BudgetProgramme, Programme, Source, Strand
from traitdunion.programme.schema import Plan, read_plan


class NoProgramme(NotFound):
    """Nothing has been loaded yet."""


def current() -> Programme:
    """The programme that this installation runs. Raises NoProgramme."""
    programme = Programme.objects.order_by("-loaded_at", "pk").first()
    if programme is None:
        raise NoProgramme(
            _("Aucun programme n’est chargé : lancez « traitdunion init PROGRAMME.toml ».")
        )
    return programme


def current_or_none() -> Programme | None:
    return Programme.objects.order_by("-loaded_at", "pk").first()


def plan(programme: Programme) -> Plan:
    """The rules of the programme, from its file; read once for each version of the file."""
    return _plan(programme.digest, programme.source)


@lru_cache(maxsize=8)
def _plan(digest: str, source: str) -> Plan:
    return read_plan(source)


def strands(programme: Programme) -> list[Strand]:
    """Its strands, the largest first."""
    return list(Strand.objects.filter(programme=programme).order_by("-amount_cents", "code"))


def strand(programme: Programme, code: str) -> Strand:
    return Strand.objects.get(programme=programme, code=code)


def sources(programme: Programme) -> list[Source]:
    """Its purses in the order in which they pay."""
    return list(Source.objects.filter(programme=programme).order_by("position"))


def budget_programmes(programme: Programme) -> list[BudgetProgramme]:
    """The programmes of the State's budget that give credits to it."""
    return list(BudgetProgramme.objects.filter(programme=programme).order_by("code"))


def rule_in_force(plan: Plan, code: str, on: date) -> bool:
    """Whether the legal rule ``code`` applies to what is decided on that day."""
    return plan.rule_in_force(code, on)
