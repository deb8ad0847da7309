"""Filtering the journal."""

from django import forms
from django.utils.translation import gettext_lazy as _

from traitdunion.web.forms import Form


class FilterForm(Form):
    verbe = forms.CharField(
        label=_("Ce qui est arrivé"),
        help_text=_("par exemple equipment.moved"),
        max_length=80,
        required=False,
    )
    objet = forms.CharField(label=_("Identifiant de l’objet"), max_length=64, required=False)
    depuis = forms.DateField(
        label=_("Depuis le"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    jusque = forms.DateField(
        label=_("Jusqu’au"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    # Of the keyset: the page goes on below this event.
    avant = forms.IntegerField(widget=forms.HiddenInput(), min_value=1, required=False)
