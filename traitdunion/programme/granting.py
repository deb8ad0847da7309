"""What the programme file says of grants to associations."""

from typing import Annotated, Self

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from traitdunion.programme.tables import Cents, Code, Days, Table, Text


class CriterionTable(Table):
    """One line of the grid by which applications for grants are compared."""

    code: Code
    title: Text
    points: Annotated[int, Field(ge=1, le=100)]


class GrantsTable(Table):
    """How long an application for a grant takes, what it may ask, how it is compared."""

    largest_cents: Cents | None = None
    # Months of silence after which the State is deemed to refuse (CRPA, L. 231-4 3°).
    silence_months: Annotated[int, Field(ge=1, le=24)] = 2
    expected_days: Days = 45
    opinion_days: Days = 15
    # Months in which a refusal may be contested before the administrative court.
    appeal_months: Annotated[int, Field(ge=1, le=12)] = 2
    criteria: list[CriterionTable] = []

    @model_validator(mode="after")
    def _criteria_told_once(self) -> Self:
        codes = [one.code for one in self.criteria]
        if len(codes) != len(set(codes)):
            raise ValueError(_("deux critères portent le même code"))
        return self

    @property
    def most_points(self) -> int:
        return sum(one.points for one in self.criteria)
