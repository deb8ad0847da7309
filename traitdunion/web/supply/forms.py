"""What is asked to order, load a manifest, receive."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from traitdunion.base.identifiers import squeezed
from traitdunion.base.money import NotAnAmount, euros, parse_euros
from traitdunion.budget import queries as budget
from traitdunion.partners import queries as partners
from traitdunion.partners.states import Kind
from traitdunion.web.forms import Form, UploadForm, iso_date


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
        label=_("Marché"), max_length=80, help_text=_("Numéro du marché ou de l’accord-cadre")
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
    tablet_before_tax = Euros(
        label=_("Tablette : prix hors taxes"), help_text=_("En euros : 154,17")
    )
    tablet_price = Euros(label=_("Tablette : prix TTC"), help_text=_("En euros : 185"))
    key_4g_label = forms.CharField(label=_("Clé 4G : désignation"), max_length=120)
    key_4g_before_tax = Euros(label=_("Clé 4G : prix hors taxes"), help_text=_("En euros : 50"))
    key_4g_price = Euros(label=_("Clé 4G : prix TTC"), help_text=_("En euros : 60"))

    def __init__(self, *args: Any, buyer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.envelopes = {str(one.pk): one for one in budget.held_by(buyer.pk)}
        self.suppliers = {str(one.pk): one for one in partners.of_kind(Kind.SUPPLIER)}
        self.fields["envelopes"].choices = [
            (pk, _("%(label)s : %(left)s disponibles") % _purse(one))
            for pk, one in self.envelopes.items()
        ]
        self.fields["envelopes"].initial = list(self.envelopes)
        self.fields["supplier"].choices = [(pk, one.name) for pk, one in self.suppliers.items()]

    def clean_envelopes(self) -> Any:
        return [self.envelopes[pk] for pk in self.cleaned_data["envelopes"]]

    def clean_supplier(self) -> Any:
        return self.suppliers[self.cleaned_data["supplier"]]


class ManifestForm(UploadForm):
    """The supplier's file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("Fichier du fournisseur (CSV ou XLSX)")


class ReceiptForm(Form):
    """What was scanned, and whether anything else is expected."""

    scans = forms.CharField(
        label=_("Numéros scannés ou tapés"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Un par ligne ; utile pour un appareil qui n’est pas dans la liste."),
    )
    is_complete = forms.BooleanField(
        label=_("J’ai tout ouvert : ce qui n’est pas coché manque"), required=False
    )

    def scanned(self) -> list[str]:
        """The numbers, cleaned, each once."""
        words = re.split(r"[\s,;]+", self.cleaned_data["scans"])
        return list(dict.fromkeys(squeezed(word) for word in words if word))
