"""Cités éducatives, by name: the list of 2019 gives no code of neighbourhood."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.base.identifiers import folded
from traitdunion.base.sheets import Row, Sheet
from traitdunion.journal import operations as journal
from traitdunion.territories.loading import LoadReport, columns, department_code
from traitdunion.territories.models import (
    CiteEducative,
    CiteEducativeNeighbourhood,
    Department,
    Neighbourhood,
    NeighbourhoodCommune,
)

ALIASES = {
    "name": ("nom", "name", "cite_educative"),
    "communes": ("communes", "commune"),
    "quarters": ("quartiers", "quartier"),
    "department": ("departement", "department", "dep"),
    "amount": ("dotation_annuelle_eur", "dotation"),
    "source": ("source",),
}
ARRONDISSEMENT = re.compile(r" \d{1,2}e\b")


@transaction.atomic
def load_cites_educatives(*, sheet: Sheet, by: Actor, at: datetime) -> LoadReport:
    """
    Load the labels; tie each to the neighbourhoods it names, else to all those of its communes.

    Raises: Unreadable when a column is missing.
    """
    where = columns(sheet, ALIASES, ("name", "department"))
    report = LoadReport(notices=list(sheet.notices))
    for row in sheet.rows():
        _load(row, where, report)
    journal.record_many(
        verb="territories.cites_educatives_loaded",
        subject_kind="territories.citeeducative",
        subjects=[(sheet.digest[:12], {"added": report.added, "changed": report.changed})],
        by=by,
        at=at,
    )
    return report


class NotOurNeighbourhood(Refusal):
    """A neighbourhood that is in no contour of the label's département."""


@transaction.atomic
def cover(
    *, cite: CiteEducative, codes: Collection[str], generation: str, by: Actor, at: datetime
) -> int:
    """
    Say which neighbourhoods of a generation the label covers; return how many ties changed.

    Raises: NotOurNeighbourhood naming the code.
    """
    area = Neighbourhood.objects.filter(department=cite.department_id, generation=generation)
    known = dict(area.values_list("code", "pk"))
    for code in codes:
        if code not in known:
            raise NotOurNeighbourhood(
                _("%(code)s n’est pas un quartier de ce département : choisissez dans la liste.")
                % {"code": code}
            )
    links = CiteEducativeNeighbourhood.objects.filter(cite_educative=cite)
    before = set(
        links.filter(neighbourhood__in=area).values_list("neighbourhood__code", flat=True)
    )
    added, removed = set(codes) - before, before - set(codes)
    links.filter(neighbourhood__in=[known[code] for code in removed]).delete()
    CiteEducativeNeighbourhood.objects.bulk_create(
        [CiteEducativeNeighbourhood(cite_educative=cite, neighbourhood_id=known[c]) for c in added]
    )
    if added or removed:
        facts = {"cite": cite.code, "added": sorted(added), "removed": sorted(removed)}
        journal.record(verb="territories.cite_covered", subject=cite, by=by, at=at, facts=facts)
    return len(added) + len(removed)


def _load(row: Row, where: dict[str, int], report: LoadReport) -> None:
    values = {name: row.cells[index] for name, index in where.items()}
    department = Department.objects.filter(pk=department_code(values["department"])).first()
    if not values["name"] or department is None:
        report.reject(row.line, _("nom et département connu sont nécessaires"))
        return
    amount = re.sub(r"[\s\u00a0\u202f]", "", values.get("amount", ""))
    if amount and not (amount.isdecimal() and len(amount) < 10):
        report.reject(row.line, _("dotation illisible : %(amount)s") % {"amount": amount[:20]})
        return
    facts = {
        "name": values["name"][:200],
        "department": department,
        "yearly_amount_cents": int(amount) * 100 if amount else None,
        "source": values.get("source", "")[:200],
    }
    code = f"{department.pk}-{folded(values['name']).replace(' ', '-')}"[:80]
    cite = _upsert(code, facts, report)
    if not _tie(cite, values):
        report.notices.append(
            _("%(cite)s : aucun quartier reconnu ; donnez leurs codes, ou cochez-les sur sa page.")
            % {"cite": cite.name}
        )


def _upsert(code: str, facts: dict[str, Any], report: LoadReport) -> CiteEducative:
    cite, created = CiteEducative.objects.get_or_create(code=code, defaults=facts)
    report.added += created
    different = any(getattr(cite, name) != value for name, value in facts.items())
    report.changed += different
    report.unchanged += not created and not different
    if different:
        CiteEducative.objects.filter(pk=cite.pk).update(**facts)
    return cite


def _tie(cite: CiteEducative, values: dict[str, str]) -> int:
    """
    Tie the label to the neighbourhoods it names, in its communes. Ties are only added: those that
    an administrator set by hand stay.
    """
    near = _in_communes(cite, values)
    quarters = [name.strip() for name in values.get("quarters", "").split("|") if folded(name)]
    named = [_words(name) for name in quarters]
    if named and named != [WHOLE]:
        coded = Neighbourhood.objects.filter(code__in=quarters).only("pk", "name").order_by("pk")
        near = [*coded, *(n for n in near if _is_named(_words(n.name), named))]
    elif not named and ARRONDISSEMENT.search(folded(cite.name)):
        # « Paris 19e » is not the whole of Paris, and contours do not say the arrondissement.
        near = []
    CiteEducativeNeighbourhood.objects.bulk_create(
        [CiteEducativeNeighbourhood(cite_educative=cite, neighbourhood=n) for n in near],
        ignore_conflicts=True,
    )
    return len(near)


def _in_communes(cite: CiteEducative, values: dict[str, str]) -> list[Neighbourhood]:
    """The neighbourhoods of the communes of the row; of its département when it names none."""
    area = Neighbourhood.objects.filter(department=cite.department_id).only("pk", "name")
    towns = {folded(c) for c in values.get("communes", "").split("|") if folded(c)}
    if towns:
        links = NeighbourhoodCommune.objects.filter(neighbourhood__in=area)
        rows = links.values_list("neighbourhood_id", "commune__name")
        inside = [pk for pk, name in rows if folded(name) in towns]
        area = Neighbourhood.objects.filter(pk__in=inside).only("pk", "name")
    return list(area.order_by("pk"))


def _words(name: str) -> tuple[str, ...]:
    """The words by which a quarter is compared: « Quartiers Est » is « Quartier Est »."""
    return tuple(word.rstrip("s") for word in folded(name).split())


WHOLE = _words("commune entière")


def _is_named(words: tuple[str, ...], named: Sequence[tuple[str, ...]]) -> bool:
    """Whether one of the names is there, word for word and in one piece."""
    return any(
        words[start : start + len(one)] == one
        for one in named
        for start in range(len(words) - len(one) + 1)
    )
