"""
The programme file: what a plan is, in one TOML document that a person can read.

Everything that another crisis would change is here and nowhere in the code: amounts, dates,
degrees, prices, tolerance, legal rules with their validity, who answers for which data.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field, ValidationError, model_validator

from traitdunion.base.errors import Refusal
from traitdunion.base.money import euros
from traitdunion.programme.granting import GrantsTable
from traitdunion.programme.mentoring import (
    CheckTable,
    DefinitionTable,
    MentoringTable,
    PairingTable,
)
from traitdunion.programme.tables import Cents, Code, Days, Percent, Table, Text

TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
NOT_DESCRIBED = gettext_lazy("la valeur que décrit docs/reference/programme.md")
# What a key wants, by the kind of error that pydantic finds.
WANTED: Mapping[str, Any] = {
    "int_type": gettext_lazy("un nombre entier, sans guillemets"),
    "float_type": gettext_lazy("un nombre, sans guillemets"),
    "bool_type": gettext_lazy("true ou false"),
    "string_type": gettext_lazy("un texte entre guillemets"),
    "string_too_short": gettext_lazy("un texte qui n’est pas vide"),
    "string_too_long": gettext_lazy("un texte plus court"),
    "string_pattern_mismatch": gettext_lazy("des minuscules, chiffres et tirets"),
    "date_type": gettext_lazy("une date comme 2020-04-20, sans guillemets"),
    "literal_error": gettext_lazy("l’une des valeurs de docs/reference/programme.md"),
    "list_type": gettext_lazy("une liste entre crochets"),
    "model_type": gettext_lazy("une table"),
    "dict_type": gettext_lazy("une table"),
}


class PlanRefused(Refusal):
    """The programme file cannot be used; the sentence names the key and the remedy."""


class ProgrammeTable(Table):
    code: Code
    title: Text
    start_date: date
    end_date: date
    zone: str = "Europe/Paris"
    neighbourhood_generation: Literal["2015", "2024"]
    amount_cents: Cents
    decided_by: Text
    help_phone: str = ""


class StrandTable(Table):
    """One strand: its money, and who answers for its data (GDPR articles 13, 26, 28, 30)."""

    title: Text
    amount_cents: Cents
    controller: str = ""
    joint_controllers: list[str] = []
    processors: list[str] = []
    purpose: Text
    legal_basis: Text
    data_categories: Text
    retention_days: Days


class SourceTable(Table):
    """A purse. `for` is a word of Python, hence the alias."""

    name: Code
    amount_cents: Cents
    pays_for: Literal["cites_educatives", "all"] = Field(alias="for")
    fungible: bool = False
    title: str = ""
    # Whose money it is: the plan's, the cités éducatives' own, a local authority's, or a gift.
    kind: Literal["plan", "cites_educatives", "co_funding", "in_kind"] = "plan"


class AllocationTable(Table):
    """The rule of the queue; `traitdunion allocate --programme` reads this table alone."""

    seed: Text
    last_degree: Annotated[int, Field(ge=0, le=9)]
    prices_cents: dict[Literal["tablet", "key_4g", "both"], Cents]
    sources: list[SourceTable]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if missing := {"tablet", "key_4g", "both"} - set(self.prices_cents):
            raise ValueError(
                _("il manque le prix de %(kinds)s") % {"kinds": ", ".join(sorted(missing))}
            )
        names = [source.name for source in self.sources]
        if len(names) != len(set(names)):
            raise ValueError(_("deux sources portent le même nom"))
        return self


class DegreeTable(Table):
    degree: Annotated[int, Field(ge=0, le=9)]
    title: Text


class EligibilityTable(Table):
    tolerance_m: Annotated[float, Field(ge=0, le=1_000)]
    geocoder_min_score: Annotated[float, Field(ge=0, le=1)]


class CensusTable(Table):
    opens_on: date
    corrections_until: date
    closes_on: date
    # Share of each wave's money kept for the neighbourhoods that have not answered yet.
    reserve_percent: Percent = 0
    # Needs of one degree, for 100 pupils of a neighbourhood, above which somebody checks.
    ceiling_per_hundred_pupils: Annotated[float, Field(gt=0, le=100)] | None = None
    # Priority of a child whom the school fears to lose, inside its neighbourhood and degree.
    drop_out_priority: Annotated[float, Field(ge=0, le=100)] = 1.0


class AwardsTable(Table):
    lapse_days: Days
    out_of_turn_percent: Percent
    review_answer_days: Days


class LendingTable(Table):
    signatures_required: Annotated[int, Field(ge=1, le=2)] = 1
    loan_end_date: date
    notice_days: Annotated[int, Field(ge=1, le=31)]
    agreement_template: Text
    data_plan_gb: Annotated[int, Field(ge=0)] = 0


class TargetTable(Table):
    baseline: Annotated[int, Field(ge=0)]
    baseline_definition: Text
    target: Annotated[int, Field(ge=0)]
    by_date: date
    sessions_min: Annotated[int, Field(ge=1)] = 1


class RuleTable(Table):
    """A legal rule; it applies to what is decided while it is in force, and to nothing before."""

    code: Code
    title: Text
    source: Text
    in_force_from: date
    in_force_until: date | None = None
    applies_to: Text
    # Of a legal delay of payment: what it is for, and how many days.
    pays: Literal["orders", "grants"] | None = None
    days: Days | None = None
    # Of an obligation that begins above an amount.
    above_cents: Cents | None = None

    @model_validator(mode="after")
    def _delay_is_whole(self) -> Self:
        if (self.pays is None) != (self.days is None):
            raise ValueError(_("un délai de paiement a les deux clés pays et days"))
        return self

    def is_in_force(self, on: date) -> bool:
        return self.in_force_from <= on and (
            self.in_force_until is None or on <= self.in_force_until
        )


class BudgetProgrammeTable(Table):
    """A programme of the State's budget, as the finance act numbers it."""

    code: Annotated[str, Field(pattern=r"^\d{3}$")]
    title: Text


class ApprovalTable(Table):
    """From that amount on, so many people sign, none of whom asked."""

    from_cents: Cents
    signatures: Annotated[int, Field(ge=1, le=3)]


class BudgetTable(Table):
    """Whose credits they are, and who signs."""

    programmes: list[BudgetProgrammeTable] = []
    approvals: list[ApprovalTable] = []

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        steps = [(one.from_cents, one.signatures) for one in self.approvals]
        if steps != sorted(set(steps)) or len({start for start, _count in steps}) != len(steps):
            raise ValueError(_("rangez approvals par montant croissant, chacun une fois"))
        return self


class JournalTable(Table):
    """How long an event may wait for its seal."""

    seal_within_minutes: Annotated[int, Field(ge=1, le=1_440)] = 15


class RetentionTable(Table):
    identity_days: Days
    address_days: Days
    accounts_days: Days
    journal_days: Days


class Plan(Table):
    """A whole programme file."""

    programme: ProgrammeTable
    strands: dict[Code, StrandTable]
    allocation: AllocationTable
    degrees: list[DegreeTable]
    eligibility: EligibilityTable
    census: CensusTable
    awards: AwardsTable
    lending: LendingTable
    grants: GrantsTable = GrantsTable()
    budget: BudgetTable = BudgetTable()
    targets: dict[Code, TargetTable] = {}
    mentoring: MentoringTable | None = None
    rules: list[RuleTable] = []
    retention: RetentionTable
    journal: JournalTable = JournalTable()

    def rule_in_force(self, code: str, on: date) -> bool:
        """Whether the legal rule ``code`` applies to what is decided on that day."""
        return any(rule.is_in_force(on) for rule in self.rules if rule.code == code)

    def threshold(self, code: str, on: date) -> int | None:
        """The amount above which that rule obliges on that day; None when it obliges nobody."""
        found = [rule for rule in self.rules if rule.code == code and rule.is_in_force(on)]
        return found[0].above_cents if found else None

    def payment_rule(self, pays: str, on: date) -> RuleTable | None:
        """The legal delay in force that day for orders or for grants; None when there is none."""
        found = (rule for rule in self.rules if rule.pays == pays and rule.is_in_force(on))
        return max(found, key=lambda rule: rule.in_force_from, default=None)

    def signatures_from(self, amount_cents: int) -> int:
        """How many people sign a decision of that amount; one where the file says nothing."""
        steps = [one for one in self.budget.approvals if one.from_cents <= amount_cents]
        return steps[-1].signatures if steps else 1

    def follow_up(self) -> MentoringTable:
        """How mentoring is done; a file from before that table has the usual values."""
        if self.mentoring is not None:
            return self.mentoring
        start, end = self.programme.start_date, self.programme.end_date
        by_date = self.targets["mentoring"].by_date if "mentoring" in self.targets else end
        check = CheckTable(required_from=start, tolerated_until=by_date)
        return MentoringTable(check=check, ends_on=by_date)

    def definitions(self) -> dict[str, DefinitionTable]:
        """What « followed » asks for, in the wide sense and in the strict one."""
        rules, target = self.follow_up(), self.targets.get("mentoring")
        usual = DefinitionTable(sessions=target.sessions_min if target else 1)
        return {"WIDE": rules.wide or usual, "STRICT": rules.strict}

    def degree_title(self, degree: int) -> str:
        return next((d.title for d in self.degrees if d.degree == degree), str(degree))


def read_plan(toml: str) -> Plan:
    """Read a programme file. Raises PlanRefused naming the key, what is wrong and the remedy."""
    document = parse(toml)
    try:
        plan = Plan.model_validate(document)
    except ValidationError as error:
        raise PlanRefused(_said(error)) from None
    _check_zone(plan)
    _check_degrees(plan)
    _check_amounts(plan)
    _check_dates(plan)
    return plan


def read_allocation(toml: str) -> AllocationTable:
    """The rule of the queue alone, from a file that may hold nothing else. Raises PlanRefused."""
    document = parse(toml)
    if "allocation" not in document:
        raise PlanRefused(
            _("La table [allocation] manque ; ajoutez-la : graine, prix, sources, dernier degré.")
        )
    try:
        return AllocationTable.model_validate(document["allocation"])
    except ValidationError as error:
        raise PlanRefused(_said(error, "allocation")) from None


def read_pairing(toml: str) -> PairingTable:
    """The rule of the pairs alone, usual values where the file is silent. Raises PlanRefused."""
    said = parse(toml).get("mentoring", {})
    if not isinstance(said, dict):
        raise PlanRefused(_("mentoring : il faut une table."))
    known = {name: value for name, value in said.items() if name in PairingTable.model_fields}
    try:
        return PairingTable.model_validate(known)
    except ValidationError as error:
        raise PlanRefused(_said(error, "mentoring")) from None


def parse(toml: str) -> dict[str, Any]:
    """The document as it is written. Raises PlanRefused with the line of a TOML error."""
    try:
        return tomllib.loads(toml.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        place = TOML_PLACE.search(str(error))
        raise PlanRefused(
            _(
                "ligne %(line)s, colonne %(column)s : ce n’est pas du TOML (%(error)s)."
                " Corrigez cette ligne et recommencez."
            )
            % {
                "line": place[1] if place else toml.count("\n") + 1,
                "column": place[2] if place else 1,
                "error": TOML_PLACE.sub("", str(error)).strip(),
            }
        ) from None


def _check_zone(plan: Plan) -> None:
    if plan.programme.zone not in available_timezones():
        raise PlanRefused(
            _("programme.zone : « %(zone)s » n’est pas un fuseau ; écrivez Europe/Paris.")
            % {"zone": plan.programme.zone[:60]}
        )


def _check_degrees(plan: Plan) -> None:
    told = sorted(degree.degree for degree in plan.degrees)
    wanted = list(range(plan.allocation.last_degree + 1))
    if told != wanted:
        raise PlanRefused(
            _(
                "degrees : les degrés décrits sont %(told)s et la file en compte %(wanted)s ;"
                " décrivez chacun une fois, jusqu’à allocation.last_degree."
            )
            % {"told": told, "wanted": wanted}
        )


def _check_amounts(plan: Plan) -> None:
    total = 0
    for code, strand in plan.strands.items():
        total += strand.amount_cents
        if total > plan.programme.amount_cents:
            raise PlanRefused(
                _(
                    "strands.%(code)s.amount_cents : les volets font %(total)s et l’enveloppe"
                    " %(envelope)s ; réduisez ce volet ou augmentez programme.amount_cents."
                )
                % {
                    "code": code,
                    "total": euros(total),
                    "envelope": euros(plan.programme.amount_cents),
                }
            )


def _check_dates(plan: Plan) -> None:
    dates = [
        ("programme.end_date", plan.programme.start_date, plan.programme.end_date),
        ("census.corrections_until", plan.census.opens_on, plan.census.corrections_until),
        ("census.closes_on", plan.census.corrections_until, plan.census.closes_on),
    ]
    for key, first, second in dates:
        if second < first:
            raise PlanRefused(
                _("%(key)s : %(second)s est avant %(first)s ; mettez une date postérieure.")
                % {"key": key, "first": first.isoformat(), "second": second.isoformat()}
            )


def _said(error: ValidationError, *table: str) -> str:
    """The first problems, one line each, key first."""
    lines = [f"{_path((*table, *e['loc']))} : {_sentence(e)}" for e in error.errors()[:5]]
    more = error.error_count() - len(lines)
    if more > 0:
        lines.append(_("… et %(more)d autres.") % {"more": more})
    return "\n".join(lines)


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(step) for step in location if step != "[key]")


def _sentence(problem: Any) -> str:
    given = str(problem.get("input"))[:60]
    match problem["type"]:
        case "extra_forbidden":
            return _("clé inconnue ; retirez-la ou corrigez son nom.")
        case "missing":
            return _("clé absente ; ajoutez-la.")
        case "greater_than_equal":
            minimum = problem["ctx"]["ge"]
            return _("%(given)s est trop petit ; mettez %(minimum)s ou plus.") % {
                "given": given,
                "minimum": minimum,
            }
        case "less_than_equal":
            maximum = problem["ctx"]["le"]
            return _("%(given)s est trop grand ; mettez %(maximum)s ou moins.") % {
                "given": given,
                "maximum": maximum,
            }
        case "value_error":
            return f"{problem['ctx']['error']}."
        case kind:
            return _("« %(given)s » ne convient pas ; il faut %(wanted)s.") % {
                "given": given,
                "wanted": WANTED.get(kind, NOT_DESCRIBED),
            }
