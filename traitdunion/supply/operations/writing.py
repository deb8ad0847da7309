"""What a buyer writes to its supplier about a delivery that is not what was ordered."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.base.money import euros
from traitdunion.documents import render
from traitdunion.documents.papers import Figure, Note, Rows
from traitdunion.journal import operations as journal
from traitdunion.supply import queries
from traitdunion.supply.models import ManifestLine, PurchaseOrder

TEMPLATE = "ecarts-1"
# What one page holds; the page of the order has them all.
MOST = 40


class NoGap(Refusal):
    """There is nothing to write about."""


@transaction.atomic
def write_to_supplier(*, order: PurchaseOrder, by: Actor, at: datetime) -> bytes:
    """The letter on what is missing or was not ordered, as a PDF. Raises NoGap."""
    gaps = queries.discrepancies(order)
    if not gaps:
        raise NoGap(_("Cette commande n’a pas d’écart : il n’y a rien à écrire."))
    journal.record(
        verb="supply.letter_printed", subject=order, by=by, at=at, facts={"gaps": len(gaps)}
    )
    # The supplier reads French, whatever the language of whoever prints.
    with override("fr"):
        return render.one_page_note(_letter(order, gaps, at))


def _letter(order: PurchaseOrder, gaps: Sequence[ManifestLine], at: datetime) -> Note:
    sums = queries.totals(order)
    return Note(
        title=_("Commande %(number)s : écarts de livraison") % {"number": order.number},
        template=TEMPLATE,
        addressee=order.supplier.name,
        author=order.buyer.name,
        printed_on=at.date(),
        summary=_(
            "Ce qui suit n’est pas conforme à la commande %(number)s (marché %(market)s). Livrez"
            " ce qui manque, reprenez ce qui est refusé, et répondez à l’acheteur par écrit."
        )
        % {"number": order.number, "market": order.market_reference},
        figures=(
            Figure(_("commandés"), str(sums.quantity)),
            Figure(_("reçus"), str(sums.received)),
            Figure(_("certifié"), euros(sums.certified_cents)),
            Figure(_("retenu"), euros(sums.held_cents)),
        ),
        tables=(_table(gaps),),
        remarks=_remarks(sums, len(gaps)),
        reference=order.number,
    )


def _table(gaps: Sequence[ManifestLine]) -> Rows:
    lines = tuple(
        (
            one.line.delivery_point.name,
            one.line.label,
            one.serial,
            str(one.get_state_display()),  # type: ignore[attr-defined]
        )
        for one in gaps[:MOST]
    )
    header = (_("Lieu"), _("Matériel"), _("Numéro de série"), _("Écart"))
    return Rows(_("Écarts"), header, lines)


def _remarks(sums: queries.OrderTotals, gaps: int) -> tuple[str, ...]:
    held = _("Une facture n’est payable que jusqu’à %(certified)s, ce qui est certifié.")
    more = _("%(count)s autres écarts sont sur la page de la commande.") % {"count": gaps - MOST}
    said = held % {"certified": euros(sums.certified_cents)}
    return (said, more) if gaps > MOST else (said,)
