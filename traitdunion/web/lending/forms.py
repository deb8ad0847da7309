"""What is scanned, ticked and typed at the gate and in the evening."""

from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from traitdunion.census.states import Equipment
from traitdunion.equipment.states import Kind
from traitdunion.lending.operations import Keyed
from traitdunion.lending.states import (
    AgreementState,
    Condition,
    IncidentKind,
    Outcome,
)
from traitdunion.web.forms import Form, iso_date
from traitdunion.web.lending.organisations import OrganisationField

if TYPE_CHECKING:
    from traitdunion.lending.models import Agreement

SCAN = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
FIRST = {**SCAN, "data-focus": "", "autofocus": ""}
# The name of the field of each thing that an agreement lends.
FIELDS = {Kind.TABLET: ("tablette", _("Numéro de la tablette")),
          Kind.KEY_4G: ("cle", _("Numéro de la clé 4G"))}  # fmt: skip
THINGS = {
    Equipment.TABLET: (Kind.TABLET,),
    Equipment.KEY_4G: (Kind.KEY_4G,),
    Equipment.BOTH: (Kind.TABLET, Kind.KEY_4G),
}


class AgreementScan(Form):
    number = forms.CharField(
        label=_("Numéro de la convention"),
        help_text=_("Scannez le code de la feuille, ou tapez le numéro imprimé dessous."),
        max_length=200,
        widget=forms.TextInput(attrs=FIRST),
    )


class DayForm(Form):
    """What is true of a whole pile: the day it was signed, when absent families are seen again."""

    on = iso_date(_("Jour de la remise"))
    seen_again_on = iso_date(_("Familles absentes : revues le"), required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["on"].initial = today
        self.fields["on"].widget.attrs["max"] = today.isoformat()

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError(_("Ce jour n’est pas encore venu."))
        return on


class AgreementFilter(Form):
    q = forms.CharField(label=_("Numéro ou classe"), required=False, max_length=40)
    etat = forms.ChoiceField(
        label=_("État"), required=False, choices=[("", _("Tous")), *AgreementState.choices]
    )


class LoanFilter(Form):
    q = forms.CharField(label=_("Numéro de série ou de convention"), required=False, max_length=40)
    etat = forms.ChoiceField(
        label=_("État"),
        required=False,
        choices=[
            ("", _("En cours")),
            ("retard", _("Date passée")),
            ("clos", _("Terminés")),
            ("tous", _("Tous")),
        ],
    )


class SignatureForm(Form):
    on = iso_date(_("Signée le"))


class CollectiveForm(Form):
    code = OrganisationField(label=_("Organisation qui emprunte"))
    kind = forms.ChoiceField(label=_("Matériel"), choices=Equipment.choices)
    due_back_on = iso_date(_("À rendre le"))

    def __init__(self, *args: Any, seat: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].offer(seat, "code")


class ReturnForm(Form):
    serial = forms.CharField(
        label=_("Numéro de l’appareil"),
        help_text=_("Scannez l’étiquette de l’appareil, ou tapez son numéro de série."),
        max_length=60,
        widget=forms.TextInput(attrs=FIRST),
    )
    condition = forms.ChoiceField(
        label=_("Il revient"),
        choices=Condition.choices,
        initial=Condition.GOOD,
        widget=forms.RadioSelect,
    )


class ReplaceForm(Form):
    serial = forms.CharField(
        label=_("Appareil en panne"), max_length=60, widget=forms.TextInput(attrs=FIRST)
    )
    by_serial = forms.CharField(
        label=_("Appareil qui le remplace"), max_length=60, widget=forms.TextInput(attrs=SCAN)
    )


class ExtendForm(Form):
    due_on = iso_date(_("Nouvelle date de retour"))


class IncidentForm(Form):
    serial = forms.CharField(
        label=_("Numéro de l’appareil"), max_length=60, widget=forms.TextInput(attrs=FIRST)
    )
    kind = forms.ChoiceField(
        label=_("Ce qui est arrivé"), choices=IncidentKind.choices, widget=forms.RadioSelect
    )
    complaint_number = forms.CharField(
        label=_("Numéro du dépôt de plainte"),
        help_text=_("À donner pour un vol, et pour un vol seulement."),
        required=False,
        max_length=60,
        template_name="components/_conditional.html",
    )

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        is_theft = asked.get("kind") == IncidentKind.STOLEN
        if is_theft and not asked.get("complaint_number", "").strip():
            self.add_error(
                "complaint_number",
                _("un vol se déclare avec ce numéro ; sans lui, déclarez une perte."),
            )
        return asked


class TransferForm(Form):
    code = OrganisationField(label=_("Organisation qui reçoit"))
    serials = forms.CharField(
        label=_("Numéros des appareils"),
        help_text=_("Un par ligne : scannez-les l’un après l’autre."),
        max_length=20_000,
        widget=forms.Textarea(attrs={**SCAN, "rows": 8}),
    )

    def __init__(self, *args: Any, seat: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].offer(seat, "code")

    def clean_serials(self) -> list[str]:
        return self.cleaned_data["serials"].split()


def fields_of(one: "Agreement") -> list[dict[str, Any]]:
    """The scan fields of an agreement: one for each thing that it lends."""
    if one.organisation_id:
        label = _("Numéros des appareils, séparés par des espaces")
        return [{"name": f"tout-{one.number}", "label": label}]
    return [
        {"name": f"{FIELDS[kind][0]}-{one.number}", "label": FIELDS[kind][1]}
        for kind in THINGS[Equipment(one.kind)]
    ]


def keyed_lines(data: QueryDict, agreements: "list[Agreement]") -> list[Keyed]:
    """
    The lines of the page on which something was chosen or scanned, in its order.

    All the things of a line scanned and nothing chosen: handed over and signed.
    """
    lines = []
    for one in agreements:
        outcome = data.get(f"suite-{one.number}", "")
        typed = [data.get(field["name"], "").split() for field in fields_of(one)]
        if all(typed) and not outcome:
            outcome = Outcome.SIGNED
        if any(typed) or outcome:
            lines.append(Keyed(one.number, outcome, tuple(chain(*typed))))
    return lines
