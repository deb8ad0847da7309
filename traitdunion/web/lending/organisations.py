"""An organisation chosen by its name, or by its number where the list does not hold it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.base.errors import Refusal
from traitdunion.base.identifiers import folded
from traitdunion.partners import queries as partners


class OrganisationField(forms.CharField):
    """
    A field with suggestions, which the browser filters as one types; it works without JavaScript.

    Its value is an organisation.
    """

    def __init__(self, *, label: Any) -> None:
        super().__init__(
            label=label,
            help_text=gettext_lazy(
                "Commencez à taper son nom et choisissez, ou tapez son UAI, SIRET ou RNA."
            ),
            max_length=300,
            template_name="components/_suggested.html",
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        self.suggestions: dict[str, Any] = {}

    def offer(self, seat: Any, name: str) -> None:
        """Suggest what this seat may name; ``name`` is that of the field in its form."""
        found = partners.within_reach(seat)
        codes = partners.codes([one.pk for one in found])
        self.suggestions = {_written(one, codes.get(one.pk, "")): one for one in found}
        self.widget.attrs["list"] = f"{name}-suggestions"

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if typed in self.suggestions:
            return self.suggestions[typed]
        named = [one for one in self.suggestions.values() if folded(one.name) == folded(typed)]
        if len(named) == 1:
            return named[0]
        if len(named) > 1:
            raise forms.ValidationError(
                _("plusieurs organisations portent ce nom ; choisissez dans la liste.")
            )
        try:
            return partners.organisation_by_code(typed)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from None


def _written(one: Any, code: str) -> str:
    return f"{one.name} ({code})" if code else one.name
