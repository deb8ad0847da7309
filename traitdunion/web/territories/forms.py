"""What one looks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from traitdunion.territories import queries as territories
from traitdunion.web.forms import Form


class PlaceFilter(Form):
    """A part of a name or a number, and a département."""

    q = forms.CharField(label=_("Nom ou code"), required=False, max_length=80)
    departement = forms.ChoiceField(label=_("Département"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(d.code, str(d)) for d in territories.departments()]
        self.fields["departement"].choices = [("", _("Tous")), *known]


class SchoolFilter(PlaceFilter):
    reseau = forms.ChoiceField(
        label=_("Éducation prioritaire"),
        required=False,
        choices=[("", _("Tous")), ("REP", "REP"), ("REP+", "REP+")],
    )


class CoverForm(Form):
    """The neighbourhoods that a cité éducative covers, ticked among those of its département."""

    codes = forms.MultipleChoiceField(
        label=_("Quartiers couverts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, near: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["codes"].choices = near
