"""What the forms of the money ask alike: amounts as people type them, organisations by number."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from traitdunion.base.errors import NotFound
from traitdunion.base.money import NotAnAmount, parse_euros
from traitdunion.partners import queries as partners
from traitdunion.partners.states import Kind
from traitdunion.web.forms import Form

# Few enough for a list; anybody else is named by a number.
LISTED = (
    Kind.MINISTRY,
    Kind.PREFECTURE,
    Kind.RECTORATE,
    Kind.CITE_EDUCATIVE,
    Kind.LOCAL_AUTHORITY,
)


class Euros(forms.CharField):
    """An amount typed in euros, given back in cents; nothing typed is nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal"})
        super().__init__(*args, max_length=40, widget=widget, **kwargs)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_euros(text)
        except NotAnAmount as error:
            raise forms.ValidationError(str(error)) from None


class Number(forms.CharField):
    """An organisation by its SIRET, RNA or UAI."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return partners.organisation_by_code(text)
        except NotFound as error:
            raise forms.ValidationError(str(error)) from None


def reason_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=300,
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Une phrase, sans désigner personne : elle reste dans le registre."),
        error_messages={"min_length": _("Dites pourquoi en une phrase, sans désigner personne.")},
    )


def choices_of(rows: Iterable[Any], nothing: Any = None) -> list[tuple[str, Any]]:
    """Rows to choose from, after « nothing » when one may choose none."""
    first = [] if nothing is None else [("", nothing)]
    return [*first, *((str(row.pk), str(row)) for row in rows)]


class HolderForm(Form):
    """Who will hold an envelope: chosen in the list, or by its number."""

    holder = forms.ChoiceField(
        label=_("Qui la détient"),
        required=False,
        help_text=_("Dans la liste, ou par son numéro ci-dessous : l’un des deux suffit"),
    )
    code = Number(
        label=_("Ou son numéro"),
        required=False,
        max_length=20,
        help_text=_("SIRET, RNA ou UAI, pour un collège ou une association"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holders = {str(o.pk): o for kind in LISTED for o in partners.of_kind(kind)}
        self.fields["holder"].choices = choices_of(self.holders.values(), _("Choisissez"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        numbered = data.get("code")
        data["holder"] = numbered or self.holders.get(data.get("holder", ""))
        if data["holder"] is None and not self.errors:
            self.add_error("holder", gettext("Choisissez qui la détient, ou donnez son numéro."))
        return data
