"""What is asked to order, load a manifest, receive."""

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from traitdunion.base.identifiers import squeezed
from traitdunion.base.money import NotAnAmount, euros, parse_euros
from traitdunion.budget import queries as budget
from traitdunion.budget.states import Regime
from traitdunion.equipment.states import Kind as Device
from traitdunion.partners import queries as partners
from traitdunion.partners.states import Kind
from traitdunion.web.forms import Form, UploadForm, iso_date

PROPOSED = _("En euros. Proposé à 20 % de TVA : corrigez d’après le devis.")


class Euros(forms.CharField):
    """An amount in euros, given back in cents."""

    def clean(self, value: Any) -> int:
        text = super().clean(value)
        try:
            return parse_euros(text)
        except NotAnAmount as error:
            raise forms.ValidationError(str(error)) from None


def _purse(envelope: Any) -> dict[str, str]:
    return {"label": envelope.label, "left": euros(envelope.available_cents)}


class OrderForm(Form):
    """One order: its number, market, purse, and the price of each kind."""

    number = forms.CharField(label=_("Numéro de la commande"), max_length=40)
    market_reference = forms.CharField(
        label=pgettext_lazy("commande publique", "Marché"),
        max_length=80,
        help_text=_("Numéro du marché ou de l’accord-cadre"),
    )
    supplier = forms.ChoiceField(label=_("Fournisseur"))
    envelopes = forms.MultipleChoiceField(
        label=_("Enveloppes qui peuvent payer"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Elles paient dans l’ordre du programme, de haut en bas, appareil par appareil."
        ),
    )
    promised_on = iso_date(_("Livraison promise le"))
    tablet_label = forms.CharField(label=_("Tablette : désignation"), max_length=120)
    tablet_before_tax = Euros(label=_("Tablette : prix hors taxes"), help_text=PROPOSED)
    tablet_price = Euros(label=_("Tablette : prix TTC"), help_text=_("En euros."))
    key_4g_label = forms.CharField(label=_("Clé 4G : désignation"), max_length=120)
    key_4g_before_tax = Euros(label=_("Clé 4G : prix hors taxes"), help_text=PROPOSED)
    key_4g_price = Euros(label=_("Clé 4G : prix TTC"), help_text=_("En euros."))

    def __init__(
        self, *args: Any, buyer: Any, kinds: Collection[str], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["promised_on"].widget.attrs["min"] = today.isoformat()
        for kind in set(Device) - set(kinds):
            for name in ("label", "before_tax", "price"):
                del self.fields[f"{kind}_{name}"]
        self.envelopes = {
            str(one.pk): one
            for one in budget.held_by(buyer.pk)
            # What was given buys nothing.
            if one.regime != Regime.IN_KIND
        }
        self.suppliers = {str(one.pk): one for one in partners.of_kind(Kind.SUPPLIER)}
        self.fields["envelopes"].choices = [
            (pk, _("%(label)s : %(left)s disponibles") % _purse(one))
            for pk, one in self.envelopes.items()
        ]
        # Credits of another strand may be chosen, never by default.
        self.fields["envelopes"].initial = [
            pk for pk, one in self.envelopes.items() if one.strand.code == budget.EQUIPMENT
        ]
        self.fields["supplier"].choices = [(pk, one.name) for pk, one in self.suppliers.items()]

    def clean_promised_on(self) -> date:
        day: date = self.cleaned_data["promised_on"]
        if day < self.today:
            raise forms.ValidationError(
                _("ce jour est passé ; donnez celui que le fournisseur promet.")
            )
        return day

    def clean_envelopes(self) -> Any:
        return [self.envelopes[pk] for pk in self.cleaned_data["envelopes"]]

    def clean_supplier(self) -> Any:
        return self.suppliers[self.cleaned_data["supplier"]]


class GiftForm(Form):
    """Who gave what to the seat's organisation, what one is worth, where it is."""

    number = forms.CharField(
        label=_("Numéro du don"),
        max_length=40,
        help_text=_("Celui de l’acte qui l’accepte, par exemple DON-2020-1"),
    )
    donor = forms.CharField(
        label=_("Donateur"),
        max_length=200,
        help_text=_("Nom ou numéro d’une organisation, jamais d’un particulier"),
    )
    kind = forms.ChoiceField(label=_("Matériel"), choices=Device.choices)
    label = forms.CharField(label=_("Désignation"), max_length=120)
    value = Euros(
        label=_("Valeur d’un appareil"),
        help_text=_("En euros, telle que l’acte la dit. Rien ne sera payé."),
    )
    place = forms.CharField(
        label=_("Lieu"),
        max_length=200,
        required=False,
        help_text=_("Nom ou numéro (UAI, SIRET) ; laissez vide si c’est chez vous"),
    )
    serials = forms.CharField(
        label=_("Numéros de série"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Un par ligne, collés ou scannés"),
    )

    def __init__(self, *args: Any, seat: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seat = seat

    def clean_place(self) -> Any:
        """The organisation meant, among those that the seat may name."""
        text = self.cleaned_data["place"].strip()
        if not text:
            return self.seat.organisation
        pk = partners.organisations_called([text]).get(text)
        reach = [self.seat.organisation, *partners.within_reach(self.seat)]
        found = next((one for one in reach if one.pk == pk), None)
        if found is None:
            raise forms.ValidationError(
                _("aucun lieu de votre territoire n’a ce nom ou ce numéro ; donnez son numéro.")
            )
        return found

    def clean_serials(self) -> tuple[str, ...]:
        words = re.split(r"[\s,;]+", self.cleaned_data["serials"])
        return tuple(word for word in words if word)


class ManifestForm(UploadForm):
    """The supplier's file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("Fichier du fournisseur (CSV ou XLSX)")


class ReceiptForm(Form):
    """What was scanned, of which kind it is when nobody announced it, and whether more comes."""

    scans = forms.CharField(
        label=_("Numéros scannés ou tapés"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Un par ligne. Un appareil qui n’est pas dans la liste est mis de côté : l’acheteur"
            " l’accepte ou le refuse."
        ),
    )
    kind = forms.ChoiceField(
        label=_("Hors liste, ce sont"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("À dire si un numéro n’est pas dans la liste ; une sorte à la fois."),
    )
    is_complete = forms.BooleanField(
        label=_("J’ai tout ouvert : ce qui n’est pas coché manque"), required=False
    )

    def __init__(
        self, *args: Any, kinds: Sequence[str], expected: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.expected = frozenset(expected)
        self.fields["kind"].choices = [(kind, Device(kind).label) for kind in kinds]
        self.fields["kind"].template_name = "components/_choices.html"
        if len(kinds) == 1:
            self.fields["kind"].initial = kinds[0]

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        if "kind" in asked and self.unannounced() and not asked["kind"]:
            self.add_error(
                "kind",
                _("un numéro n’est pas dans la liste ; dites si c’est une tablette ou une clé."),
            )
        return asked

    def scanned(self) -> list[str]:
        """The numbers of the list, cleaned, each once."""
        return [serial for serial in self._typed() if serial in self.expected]

    def unannounced(self) -> list[str]:
        """The numbers that the list does not hold, cleaned, each once."""
        return [serial for serial in self._typed() if serial not in self.expected]

    def _typed(self) -> list[str]:
        words = re.split(r"[\s,;]+", self.cleaned_data["scans"])
        return list(dict.fromkeys(squeezed(word) for word in words if word))
