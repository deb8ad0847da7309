"""What a seat may read when nothing waits for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from traitdunion.budget import rights as budget
from traitdunion.census import rights as census
from traitdunion.equipment import rights as equipment
from traitdunion.mentoring import rights as mentoring
from traitdunion.steering import rights as steering


@dataclass(frozen=True, slots=True)
class Page:
    label: Any
    url: str


# Each page with the right that opens it, in reading order.
PAGES: tuple[tuple[Any, str, Callable[[Any], bool]], ...] = (
    (_("Tableau de bord"), "steering:dashboard", steering.may_see_dashboard),
    (_("Recensement, quartier par quartier"), "census:board", census.may_see_census),
    (_("Enveloppes : crédits, engagements, paiements"), "budget:envelopes", budget.has_money),
    (_("Jeunes suivis"), "networks:counts", mentoring.may_count),
    (_("Conventions de mentorat"), "networks:agreements", mentoring.may_see_agreements),
    (_("Fichiers de mon outil"), "networks:files", mentoring.may_coordinate),
    (_("Registre du matériel"), "equipment:devices", equipment.may_see_devices),
    (_("Le bureau du mentorat"), "mentoring:desk", mentoring.may_coordinate),
    (_("Enregistrer une séance"), "mentoring:log", mentoring.may_mentor),
    (_("Journal des événements"), "journal:events", steering.may_read_journal),
    (_("Attributions publiées"), "allocation:published", lambda seat: True),
    (_("La règle d’attribution, en dix lignes"), "programme:rule", lambda seat: True),
)


def pages(seat: Any) -> list[Page]:
    return [Page(label, reverse(name)) for label, name, may in PAGES if may(seat)]
