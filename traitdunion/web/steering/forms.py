"""Which figure of the dashboard, and where."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from traitdunion.steering import queries
from traitdunion.steering.states import Figure
from traitdunion.web.forms import Form


class PlaceFilter(Form):
    departement = forms.ChoiceField(label=_("Département"), required=False)
    quartier = forms.CharField(label=_("Code du quartier"), required=False, max_length=20)

    def __init__(self, *args: Any, seat: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = queries.departments_seen_by(seat)
        self.fields["departement"].choices = [("", _("Tous")), *known]

    @property
    def place(self) -> dict[str, str]:
        """The place that was asked for, as the queries take it; a foreign one holds nothing."""
        asked = getattr(self, "cleaned_data", {})
        return {
            "neighbourhood": asked.get("quartier", "").strip().upper(),
            "department": asked.get("departement", ""),
        }


class FigureFilter(PlaceFilter):
    chiffre = forms.ChoiceField(label=_("Besoins"), choices=Figure.choices, required=False)
    field_order = ("chiffre", "departement", "quartier")
