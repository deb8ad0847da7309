"""What is asked about agreements, files, counts and what comes after."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.budget import queries as money
from traitdunion.mentoring import queries
from traitdunion.mentoring.operations import Share
from traitdunion.mentoring.states import Definition, EndPlan, FileKind
from traitdunion.partners import queries as partners
from traitdunion.partners.states import Kind
from traitdunion.territories import queries as territories
from traitdunion.web.budget.fields import Euros, Number
from traitdunion.web.forms import Form, UploadForm, iso_date


class AgreementForm(Form):
    """With whom, for how many places, at what price, where."""

    network = forms.ChoiceField(label=gettext_lazy("Réseau"))
    envelope = forms.ChoiceField(label=gettext_lazy("Enveloppe qui paie"))
    price = Euros(label=gettext_lazy("Prix d’une place"))
    advance = Euros(
        label=gettext_lazy("Avance"),
        required=False,
        help_text=gettext_lazy("Payée avant que la première place soit comptée ; vide : aucune."),
    )
    counted_by = forms.ChoiceField(
        label=gettext_lazy("Une place est payée quand le jeune est suivi"),
        choices=Definition.choices,
    )
    starts_on = iso_date(gettext_lazy("Du"))
    ends_on = iso_date(gettext_lazy("Au"))
    shares = forms.CharField(
        label=gettext_lazy("Places par département"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Une ligne par part : département ; places ; nom de la branche (vide : la tête du"
            " réseau). Par exemple : 94 ; 120"
        ),
        max_length=20_000,
    )

    def __init__(self, *args: Any, seat: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heads = {str(one.pk): one for one in queries.networks_known() if not one.head_id}
        self.branches = [one for one in queries.networks_known() if one.head_id]
        self.envelopes = {str(one.pk): one for one in money.held_by(seat.organisation.pk)}
        names = [(pk, one.organisation.name) for pk, one in self.heads.items()]
        self.fields["network"].choices = names
        self.fields["envelope"].choices = [(pk, one.label) for pk, one in self.envelopes.items()]

    def clean_network(self) -> Any:
        return self.heads[self.cleaned_data["network"]]

    def clean_envelope(self) -> Any:
        return self.envelopes[self.cleaned_data["envelope"]]

    def clean_shares(self) -> list[Share]:
        head = self.cleaned_data.get("network")
        lines = filter(str.strip, self.cleaned_data["shares"].splitlines())
        return [self._share(k, line, head) for k, line in enumerate(lines, 1)] if head else []

    def _share(self, number: int, line: str, head: Any) -> Share:
        code, places, name = ([part.strip() for part in line.split(";")] + ["", ""])[:3]
        department = territories.department(code.upper())
        named = {one.organisation.name.casefold(): one for one in self.branches}
        network = named.get(name.casefold()) if name else head
        if department is None or not places.isdecimal() or network is None:
            raise forms.ValidationError(
                _("ligne %(line)s : écrivez « département ; places ; branche ».")
                % {"line": number}
            )
        return Share(network, department, int(places))


class NetworkForm(Form):
    """Which organisation is a network, and whose branch."""

    organisation = forms.ChoiceField(label=gettext_lazy("Organisation"))
    head = forms.ChoiceField(label=gettext_lazy("Branche de"), required=False)
    keeps_own_tool = forms.BooleanField(
        label=gettext_lazy("Garde son propre outil et envoie ses fichiers"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = list(queries.networks_known())
        declared = {one.organisation_id for one in known}
        free = [one for one in partners.of_kind(Kind.MENTORING_NETWORK) if one.pk not in declared]
        self.organisations = {str(one.pk): one for one in free}
        self.heads = {str(one.pk): one for one in known if not one.head_id}
        self.fields["organisation"].choices = [(k, o.name) for k, o in self.organisations.items()]
        heads = [(pk, one.organisation.name) for pk, one in self.heads.items()]
        self.fields["head"].choices = [("", _("Aucune : tête de réseau")), *heads]

    def chosen(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "organisation": self.organisations[data["organisation"]],
            "head": self.heads.get(data["head"]),
            "keeps_own_tool": data["keeps_own_tool"],
        }


class NetworkFileForm(UploadForm):
    """What the network's own tool exports."""

    kind = forms.ChoiceField(label=gettext_lazy("Ce qu’il contient"), choices=FileKind.choices)
    field_order = ["kind", "file"]


class DayForm(Form):
    """The day of a count."""

    on = iso_date(gettext_lazy("Jour"))


class EndForm(Form):
    """What comes after the follow-ups that are ticked."""

    plan = forms.ChoiceField(label=gettext_lazy("Suite"), choices=EndPlan.choices)
    receiver = Number(
        label=gettext_lazy("Qui prend la suite"),
        required=False,
        help_text=gettext_lazy("UAI de l’établissement, ou SIRET ou RNA du réseau."),
    )
