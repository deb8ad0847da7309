"""What a relay or a family can do about a decision, and where; never « wait » alone."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from traitdunion.allocation import queries, rights
from traitdunion.allocation.states import Decision
from traitdunion.census import rights as census_rights
from traitdunion.partners import queries as partners


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing to do; ``url`` where it is done here."""

    text: str
    url: str = ""
    label: str = ""


def of(need: Any, line: Any, award: Any, seat: Any) -> list[Remedy]:
    """What can be done about a need, the most direct first; nothing once it is served."""
    if award is not None or need.state == "WITHDRAWN":
        return []
    if queries.rests(need.pk):
        return [_resting()]
    if need.doubt:
        return [_doubt(need)]
    if line is None:
        return []
    if line.decision == Decision.CHECK:
        return _check(need, seat)
    return _waiting(need, seat) if line.decision == Decision.WAITING else []


def _resting() -> Remedy:
    return Remedy(
        _(
            "L’attribution n’a pas été remise à temps, ou la famille l’a refusée : elle est passée"
            " au suivant. Le relais qui a recensé l’enfant confirme que le besoin tient toujours ;"
            " il revient alors dans la file à la prochaine vague."
        )
    )


def _doubt(need: Any) -> Remedy:
    if need.doubt == "DUPLICATE":
        return Remedy(
            _("Deux dossiers se ressemblent : le relais dit s’il s’agit du même enfant."),
            reverse("census:duplicates"),
            _("Dire si les deux dossiers sont le même enfant"),
        )
    return Remedy(
        _("L’adresse n’est pas sûre : le relais la précise ou la confirme."),
        reverse("census:addresses"),
        _("Préciser ou confirmer l’adresse"),
    )


def _check(need: Any, seat: Any) -> list[Remedy]:
    """Whom to ask: the préfecture of the neighbourhood, by its name."""
    prefecture = partners.prefecture_of(need.neighbourhood.department_id)
    name = prefecture.name if prefecture else _("la préfecture du département")
    found = [
        Remedy(
            _(
                "Le quartier demande plus que son plafond. Demandez le contrôle à : %(name)s. Si"
                " le besoin est confirmé, le plafond est relevé et la prochaine vague le sert à"
                " son rang."
            )
            % {"name": name}
        )
    ]
    if census_rights.may_run_census(seat):
        url = reverse("census:ceiling", args=[need.neighbourhood_id])
        found.append(Remedy(_("Après contrôle :"), url, _("Relever le plafond du quartier")))
    return [*found, *_question(need, seat)]


def _waiting(need: Any, seat: Any) -> list[Remedy]:
    """The sum that would serve it is in the line's own reason, exact when the wave was drawn."""
    return [
        Remedy(
            _(
                "Des crédits nouveaux, ou des attributions rendues plus haut, le serviraient. La"
                " place peut changer à la prochaine vague, en mieux comme en moins bien."
            )
        ),
        *_question(need, seat),
        Remedy(
            _(
                "Si la situation est urgente, le relais la décrit à la préfecture : une"
                " attribution hors tour est possible, en nombre limité, et sa raison est publiée."
            )
        ),
        Remedy(
            _(
                "Le relais peut aussi acheter ou prêter lui-même un appareil : il retire alors le"
                " besoin du recensement, et l’argent va à un autre enfant."
            )
        ),
    ]


def _question(need: Any, seat: Any) -> list[Remedy]:
    said = _(
        "Si une information est fausse, le relais demande un réexamen ; la réponse est écrite."
    )
    if rights.may_ask_review(seat) and need.relay_id == seat.organisation.pk:
        url = reverse("allocation:ask_review", args=[need.pk])
        return [Remedy(said, url, _("Demander un réexamen"))]
    return [Remedy(said)]
