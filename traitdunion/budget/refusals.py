"""What the ledger says no with: which rule refused, and what to do."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from traitdunion.base.errors import Refusal
from traitdunion.base.money import euros
from traitdunion.budget.rules import ENVELOPE, Rules

# Beyond any budget of the State, and below what a database's integer holds.
MOST_CENTS = 10**15


class EnvelopeTooSmall(Refusal):
    """The envelope has less left than the amount asked for."""

    def __init__(self, message: str, available_cents: int) -> None:
        super().__init__(message)
        self.available_cents = available_cents


class PaymentCreditsTooSmall(EnvelopeTooSmall):
    """The commitment authority is there, the payment credits are not."""


class ToRegularise(Refusal):
    """Facts made elsewhere went beyond this envelope: other decisions wait."""


class EnvelopeClosed(Refusal):
    """The year of this envelope is closed."""


class BadAmount(Refusal):
    """An amount that is not positive, or beyond what was committed, certified or delegated."""

    status = 400


def check_amount(amount_cents: int) -> None:
    """Raises BadAmount when it is not positive, or beyond any budget."""
    if amount_cents <= 0:
        raise BadAmount(_("Le montant doit être supérieur à zéro."))
    if amount_cents > MOST_CENTS:
        raise BadAmount(_("Montant impossible : vérifiez les quantités et les prix."))


def check_room(envelope: Any, wanted: Mapping[str, int]) -> None:
    """
    Refuse what the envelope cannot hold now, as the movement itself would; nothing is taken.

    Args:
        wanted: room ("ae", "cp") to cents.
    """
    for cents in filter(None, wanted.values()):
        check_amount(cents)
    envelope.refresh_from_db()
    short = any(ENVELOPE.room(room, envelope) < cents for room, cents in wanted.items())
    if short or envelope.closed_at or envelope.excess_cents:
        refuse(ENVELOPE, envelope, wanted, waits=True, after_closing=False)


def refuse(
    rules: Rules, row: Any, taking: Mapping[str, int], *, waits: bool, after_closing: bool
) -> None:
    """Say which rule refused, and what to do."""
    if rules.has_years and row.closed_at and not after_closing:
        raise EnvelopeClosed(
            _("L’exercice de « %(label)s » est clos : prenez l’enveloppe de l’année suivante.")
            % {"label": row.label}
        )
    if waits and any(getattr(row, name) for name in rules.excesses):
        raise ToRegularise(
            _("« %(label)s » est à régulariser : des faits constatés ailleurs la dépassent.")
            % {"label": row.label}
        )
    short = [(room, taken) for room, taken in taking.items() if rules.room(room, row) < taken]
    if not short:
        raise BadAmount(
            _("« %(label)s » : le montant dépasse ce qui lui a été délégué ou y est engagé.")
            % {"label": row.label}
        )
    room, taken = short[0]
    raise _too_little(room, row, max(0, rules.room(room, row)), taken)


def _too_little(room: str, row: Any, left: int, asked: int) -> Refusal:
    values = {"left": euros(left), "asked": euros(asked), "label": row.label}
    if room == "ae":
        return EnvelopeTooSmall(
            _(
                "Il reste %(left)s sur l’enveloppe « %(label)s » ; il en faudrait %(asked)s."
                " Réduisez le montant ou demandez un abondement."
            )
            % values,
            left,
        )
    if room == "cp":
        return PaymentCreditsTooSmall(
            _(
                "Il reste %(left)s de crédits de paiement sur « %(label)s » ; il en faudrait"
                " %(asked)s. Demandez une délégation de crédits de paiement."
            )
            % values,
            left,
        )
    if room == "service":
        return BadAmount(
            _(
                "« %(label)s » : le service fait dépasserait l’engagement. Il reste %(left)s à"
                " certifier."
            )
            % values
        )
    return BadAmount(
        _(
            "« %(label)s » : le paiement dépasserait le service fait et les avances. Il reste"
            " %(left)s à payer."
        )
        % values
    )
