"""Filtering the register."""

from django import forms
from django.utils.translation import gettext_lazy as _

from traitdunion.equipment.states import Kind, State
from traitdunion.web.forms import Form

ANY = [("", _("tous"))]


class FilterForm(Form):
    state = forms.ChoiceField(label=_("État"), choices=[*ANY, *State.choices], required=False)
    kind = forms.ChoiceField(label=_("Matériel"), choices=[*ANY, *Kind.choices], required=False)
    serial = forms.CharField(label=_("Numéro commence par"), max_length=40, required=False)
