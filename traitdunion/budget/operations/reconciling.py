"""An extract of the State's accounting, compared by EJ and DP; nothing enters until confirmed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.base.identifiers import folded, squeezed
from traitdunion.base.money import NotAnAmount, euros, parse_euros
from traitdunion.base.sheets import Row, Sheet, Unreadable
from traitdunion.budget.models import Commitment, Envelope, Extract, ExtractLine, PaymentRequest
from traitdunion.budget.operations.commitments import commit
from traitdunion.budget.operations.payments import record_payment, record_unasked_payment
from traitdunion.budget.refusals import BadAmount
from traitdunion.budget.states import (
    EXTRACT_MOVES,
    ExtractState,
    LineState,
    Origin,
    PaymentState,
    Spending,
)
from traitdunion.engine.quality import read_date
from traitdunion.journal import operations as journal

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation
    from traitdunion.programme.schema import Plan

ALIASES: Mapping[str, tuple[str, ...]] = {
    "ej": ("ej", "n ej", "numero ej", "no ej", "engagement juridique", "numero d ej"),
    "dp": ("dp", "n dp", "numero dp", "no dp", "demande de paiement", "numero de dp"),
    "amount": ("montant", "montant paye", "montant dp", "montant ttc", "amount"),
    "date": ("date", "date de paiement", "date paiement", "date operation", "date de l operation"),
    "year": ("exercice", "annee", "exercice budgetaire"),
    "center": ("centre financier", "cf", "centre de cout"),
}
NEEDED = ("ej", "dp", "amount", "date")


class ExtractKnown(Refusal):
    """The same file was compared already."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """One line as it is read."""

    ej: str
    dp: str
    center: str
    amount_cents: int
    paid_on: date
    year: int


@transaction.atomic
def compare_extract(
    *, holder: "Organisation", sheet: Sheet, year: int, by: Actor, at: datetime
) -> Extract:
    """
    Compare a file of payments with what is known here; every line says what it is.

    Raises: Unreadable without the columns EJ, DP, amount and date; ExtractKnown.
    """
    where = _columns(sheet)
    same = Extract.objects.filter(holder=holder, digest=sheet.digest)
    if same.exclude(state=ExtractState.ABANDONED).exists():
        raise ExtractKnown(
            _("« %(name)s » a déjà été comparé : ouvrez-le dans la liste.") % {"name": sheet.name}
        )
    extract = Extract.objects.create(
        holder=holder, name=sheet.name[:200], digest=sheet.digest, year=year, loaded_at=at
    )
    seen: set[tuple[str, str]] = set()
    lines = [_compared(extract, row, where, seen) for row in sheet.rows()]
    ExtractLine.objects.bulk_create(lines, batch_size=2_000)
    facts = {"lines": len(lines), "year": year}
    journal.record(verb="budget.extract_compared", subject=extract, by=by, at=at, facts=facts)
    return extract


def _columns(sheet: Sheet) -> dict[str, int]:
    titles = {folded(title): index for index, title in enumerate(sheet.header)}
    found = {
        name: titles[alias]
        for name, aliases in ALIASES.items()
        for alias in aliases
        if alias in titles
    }
    missing = [name for name in NEEDED if name not in found]
    if missing:
        words = {"ej": "EJ", "dp": "DP", "amount": _("montant"), "date": _("date de paiement")}
        raise Unreadable(
            _(
                "« %(name)s » : colonne absente : %(columns)s. Exportez-la de Chorus et"
                " recommencez."
            )
            % {"name": sheet.name, "columns": ", ".join(str(words[one]) for one in missing)}
        )
    return found


def _compared(
    extract: Extract, row: Row, where: Mapping[str, int], seen: set[tuple[str, str]]
) -> ExtractLine:
    line = ExtractLine(extract=extract, line=row.line, state=LineState.UNREADABLE)
    try:
        cells = _read(row, where, extract.year)
    except Refusal as refusal:
        line.said = str(refusal)[:300]
        return line
    line.ej_number, line.dp_number, line.cost_center = cells.ej, cells.dp, cells.center
    line.amount_cents, line.paid_on = cells.amount_cents, cells.paid_on
    line.commitment = _commitment(cells.ej, extract)
    line.state, line.said = _judged(cells, line, extract, seen)
    seen.add((cells.ej, cells.dp))
    return line


def _read(row: Row, where: Mapping[str, int], year: int) -> _Cells:
    cell = {name: row.cells[index].strip() for name, index in where.items()}
    ej, dp = squeezed(cell["ej"]), squeezed(cell["dp"])
    if not re.fullmatch(r"\d{10}", ej):
        raise Unreadable(
            _("« %(text)s » n’est pas un numéro d’engagement juridique : il a dix chiffres.")
            % {"text": cell["ej"][:20]}
        )
    if not dp:
        raise Unreadable(_("Le numéro de demande de paiement est vide."))
    amount = parse_euros(cell["amount"])
    if amount <= 0:
        raise NotAnAmount(
            _("Un paiement est un montant positif ; « %(text)s » ne l’est pas.")
            % {"text": cell["amount"][:40]}
        )
    paid_on = read_date(cell["date"])
    if paid_on is None:
        raise Unreadable(
            _("« %(text)s » n’est pas une date : écrivez jour/mois/année.")
            % {"text": cell["date"][:20]}
        )
    told = cell.get("year", "")
    return _Cells(
        ej=ej,
        dp=dp[:20],
        center=cell.get("center", "")[:20],
        amount_cents=amount,
        paid_on=paid_on,
        year=int(told) if re.fullmatch(r"\d{4}", told) else paid_on.year,
    )


def _commitment(ej: str, extract: Extract) -> Commitment | None:
    return Commitment.objects.filter(ej_number=ej, envelope__holder=extract.holder_id).first()


def _judged(
    cells: _Cells, line: ExtractLine, extract: Extract, seen: set[tuple[str, str]]
) -> tuple[str, str]:
    if (cells.ej, cells.dp) in seen:
        return LineState.REPEATED, _("La même demande de paiement est plus haut dans le fichier.")
    if cells.year != extract.year:
        return LineState.WRONG_YEAR, _("La ligne est de l’exercice %(year)s.") % {
            "year": cells.year
        }
    if line.commitment is None:
        return LineState.UNKNOWN, _("Aucun engagement d’ici ne porte cet EJ : rattachez-le.")
    known = PaymentRequest.objects.filter(dp_number=cells.dp).first()
    if known is None:
        return LineState.NEW, _("Paiement à enregistrer.")
    line.known_cents = known.amount_cents
    if known.commitment_id != line.commitment.pk or known.amount_cents != cells.amount_cents:
        return LineState.DIFFERS, _("Ici, cette demande est de %(amount)s.") % {
            "amount": euros(known.amount_cents)
        }
    if known.state == PaymentState.PAID:
        return LineState.MATCHED, ""
    return LineState.NEW, _("La demande d’ici sera notée payée.")


@transaction.atomic
def attach_line(
    *, line: ExtractLine, envelope: Envelope, label: str, by: Actor, at: datetime
) -> Commitment:
    """
    Take an unknown EJ for what it is: signed elsewhere, on this envelope. A fact: never refused.

    Raises: MoveRefused, BadAmount on a foreign envelope.
    """
    if line.state != LineState.UNKNOWN or line.amount_cents is None:
        raise MoveRefused(_("Cette ligne n’est pas à rattacher."))
    if envelope.holder_id != line.extract.holder_id:
        raise BadAmount(_("On n’engage que ses propres enveloppes."))
    alike = ExtractLine.objects.filter(
        extract=line.extract, ej_number=line.ej_number, state=LineState.UNKNOWN
    )
    total = sum(one.amount_cents or 0 for one in alike.order_by("line"))
    commitment = commit(
        envelope=envelope,
        amount_cents=total,
        label=label,
        reference=f"EJ {line.ej_number}",
        ej_number=line.ej_number,
        spending=Spending.OTHER,
        origin=Origin.ELSEWHERE,
        by=by,
        at=at,
    )
    alike.update(state=LineState.NEW, commitment=commitment, said="")
    line.refresh_from_db()
    return commitment


@transaction.atomic
def confirm_extract(*, extract: Extract, plan: "Plan", by: Actor, at: datetime) -> int:
    """
    Record the payments that the comparison found new; return how many. Nothing else is touched.

    Raises: MoveRefused when it is confirmed or abandoned already.
    """
    refusal = _("Cet extrait n’attend plus de confirmation.")
    moves = EXTRACT_MOVES
    states.move(row=extract, to=ExtractState.CONFIRMED, moves=moves, refusal=refusal, ended_at=at)
    lines = ExtractLine.objects.filter(extract=extract, state=LineState.NEW)
    done = 0
    for line in lines.select_related("commitment").order_by("line"):
        _record(line, plan, by, at)
        done += 1
    facts = {"posted": done}
    journal.record(verb="budget.extract_confirmed", subject=extract, by=by, at=at, facts=facts)
    return done


def _record(line: ExtractLine, plan: "Plan", by: Actor, at: datetime) -> None:
    commitment, amount = line.commitment, line.amount_cents
    if commitment is None or amount is None or line.paid_on is None:
        raise MoveRefused(_("Cette ligne n’est pas à rattacher."))
    request = _asked_here(line)
    if request is None:
        record_unasked_payment(
            commitment=commitment,
            amount_cents=amount,
            paid_on=line.paid_on,
            dp_number=line.dp_number,
            plan=plan,
            by=by,
            at=at,
        )
    else:
        PaymentRequest.objects.filter(pk=request.pk).update(dp_number=line.dp_number)
        request.dp_number = line.dp_number
        record_payment(
            request=request, paid_on=line.paid_on, origin=Origin.ELSEWHERE, by=by, at=at
        )
    ExtractLine.objects.filter(pk=line.pk).update(state=LineState.POSTED)


def _asked_here(line: ExtractLine) -> PaymentRequest | None:
    """The request of that DP, or the oldest one without DP of the same amount."""
    waiting = PaymentRequest.objects.filter(
        commitment=line.commitment, state=PaymentState.REQUESTED, amount_cents=line.amount_cents
    )
    numbered = waiting.filter(dp_number=line.dp_number).first()
    return numbered or waiting.filter(dp_number="").order_by("requested_at", "pk").first()


@transaction.atomic
def abandon_extract(*, extract: Extract, by: Actor, at: datetime) -> Extract:
    """Put the comparison aside; nothing was recorded. Raises MoveRefused."""
    refusal = _("Cet extrait n’attend plus de confirmation.")
    states.move(
        row=extract, to=ExtractState.ABANDONED, moves=EXTRACT_MOVES, refusal=refusal, ended_at=at
    )
    journal.record(verb="budget.extract_abandoned", subject=extract, by=by, at=at)
    return extract
