"""Opening an envelope."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from traitdunion.base.money import NotAnAmount, parse_euros
from traitdunion.partners import queries as partners
from traitdunion.partners.states import BUYERS
from traitdunion.programme import queries as programme
from traitdunion.web.forms import Form


class EnvelopeForm(Form):
    """Who may commit how much, from which purse."""

    holder = forms.ChoiceField(label=_("Qui la détient"))
    source = forms.ChoiceField(label=_("Source"))
    label = forms.CharField(label=_("Intitulé"), max_length=200)
    amount = forms.CharField(label=_("Montant"), help_text=_("En euros, par exemple 100000"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holders = {str(o.pk): o for kind in sorted(BUYERS) for o in partners.of_kind(kind)}
        self.sources = {str(s.pk): s for s in programme.sources(programme.current())}
        self.fields["holder"].choices = [(pk, o.name) for pk, o in self.holders.items()]
        self.fields["source"].choices = [(pk, str(s)) for pk, s in self.sources.items()]

    def clean_holder(self) -> Any:
        return self.holders[self.cleaned_data["holder"]]

    def clean_source(self) -> Any:
        return self.sources[self.cleaned_data["source"]]

    def clean_amount(self) -> int:
        try:
            return parse_euros(self.cleaned_data["amount"])
        except NotAnAmount as error:
            raise forms.ValidationError(str(error)) from None
