"""Inviting, creating an organisation, giving a program access."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from traitdunion.partners.states import ROLES_OF, Kind, Role, Scheme
from traitdunion.territories import queries as territories
from traitdunion.web.forms import Form


class InviteForm(Form):
    """To whom the single-use link goes, and what it opens."""

    email = forms.EmailField(
        label=_("Adresse électronique professionnelle"),
        help_text=_("Format attendu : nom@domaine.fr"),
    )
    role = forms.ChoiceField(label=_("Rôle"))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(r, Role(r).label) for r in ROLES_OF[Kind(kind)]]


class OrganisationForm(Form):
    """An organisation and one of its numbers."""

    kind = forms.ChoiceField(label=_("Type"), choices=Kind.choices)
    name = forms.CharField(label=_("Nom"), max_length=200)
    scheme = forms.ChoiceField(label=_("Sorte de numéro"), choices=Scheme.choices)
    value = forms.CharField(
        label=_("Numéro"), max_length=24, help_text=_("UAI, SIRET, RNA, RIDET ou TAHITI")
    )
    commune = forms.CharField(
        label=_("Code INSEE de la commune"),
        max_length=5,
        required=False,
        help_text=_("Cinq signes, par exemple 93008"),
    )
    region = forms.ChoiceField(
        label=_("Région"),
        required=False,
        help_text=_("D’une préfecture de région seulement ; elle voit chaque département."),
    )
    contact_name = forms.CharField(label=_("Personne à appeler"), max_length=120, required=False)
    phone = forms.CharField(label=_("Téléphone"), max_length=30, required=False)

    def __init__(self, *args: Any, names_region: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not names_region:
            # A préfecture creates what is under it, never what looks over its neighbours.
            del self.fields["region"]
            return
        regions = [(one.code, one.name) for one in territories.regions()]
        self.fields["region"].choices = [("", _("Aucune")), *regions]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("region") and data.get("kind") != Kind.PREFECTURE:
            self.add_error("region", _("seule une préfecture en a une ; laissez « Aucune »."))
        elif data.get("region") and data.get("commune"):
            self.add_error(
                "region", _("une préfecture de région n’est d’aucun département ; pas de commune.")
            )
        return data


class TokenForm(Form):
    """What a program's access serves for, and how long it lasts."""

    label = forms.CharField(
        label=_("Programme"),
        max_length=80,
        help_text=_("Ce à quoi il sert, par exemple : tableau de suivi de la vie scolaire"),
    )
    days = forms.ChoiceField(
        label=_("Durée"),
        choices=[("30", _("un mois")), ("90", _("trois mois")), ("365", _("un an"))],
        initial="90",
    )
