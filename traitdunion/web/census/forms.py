"""What the census asks of a person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from traitdunion.census.states import Asked, Degree, Equipment, NeedState
from traitdunion.partners import queries as partners
from traitdunion.web.forms import Form, UploadForm, iso_date

SAID_BY_ROW = ("", _("C’est écrit dans la liste"))


class BoardFilter(Form):
    """Which neighbourhoods one looks at."""

    q = forms.CharField(label=_("Quartier ou code"), required=False, max_length=80)
    etat = forms.ChoiceField(
        label=_("Réponse"), required=False, choices=[("", _("Toutes")), *Asked.choices]
    )


class NeedFilter(Form):
    ALL = "tous"

    recensement = forms.ChoiceField(
        label=_("Recensement"), required=False, choices=[("", _("Le dernier")), (ALL, _("Tous"))]
    )
    etat = forms.ChoiceField(
        label=_("État"), required=False, choices=[("", _("Tous")), *NeedState.choices]
    )
    materiel = forms.ChoiceField(
        label=_("Matériel"), required=False, choices=[("", _("Tous")), *Equipment.choices]
    )
    degre = forms.ChoiceField(
        label=_("Degré"), required=False, choices=[("", _("Tous")), *Degree.choices]
    )


class AskForm(Form):
    """Whom to call for the neighbourhoods that were ticked."""

    contact = forms.ModelChoiceField(
        label=_("Qui répond pour ces quartiers"),
        queryset=None,
        required=False,
        empty_label=_("Personne pour l’instant"),
    )

    def __init__(self, *args: Any, seat: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = partners.relays_seen_by(seat)


class OpenForm(Form):
    """The dates of a census."""

    corrections_until = iso_date(_("Dernier jour des corrections"))
    closes_on = iso_date(_("Jour de la clôture"))


class ListForm(UploadForm):
    """A list as the school has it, and what it does not say."""

    file = forms.FileField(
        label=_("Votre liste"),
        help_text=_(
            "CSV ou Excel (XLSX). Les exports de SIECLE, ONDE et Pronote conviennent tels quels."
        ),
    )
    degree = forms.ChoiceField(
        label=_("Ce que ces foyers ont comme écran"),
        required=False,
        choices=[SAID_BY_ROW, *Degree.choices],
        help_text=_("Si votre liste n’a pas cette colonne, la même réponse vaut pour tous."),
    )
    kind = forms.ChoiceField(
        label=_("Ce qu’il leur faut"),
        required=False,
        choices=[SAID_BY_ROW, *Equipment.choices],
    )

    def choices(self) -> dict[str, Any]:
        """What the relay says for the whole list, as it is kept."""
        said = self.cleaned_data
        degree = int(said["degree"]) if said["degree"] else None
        return {"kind": said["kind"] or None, "degree": degree}


class NeedForm(Form):
    """One child, by hand."""

    last_name = forms.CharField(label=_("Nom de l’enfant"), max_length=80)
    first_name = forms.CharField(label=_("Prénom de l’enfant"), max_length=80)
    birth_date = iso_date(_("Date de naissance"))
    school_class = forms.CharField(label=_("Classe"), max_length=20, required=False)
    address = forms.CharField(label=_("Adresse"), max_length=300)
    postcode = forms.CharField(label=_("Code postal"), max_length=5)
    city = forms.CharField(label=_("Commune"), max_length=120)
    guardian = forms.CharField(label=_("Adulte responsable"), max_length=80, required=False)
    phone = forms.CharField(label=_("Son téléphone"), max_length=30, required=False)
    degree = forms.TypedChoiceField(
        label=_("Ce que le foyer a comme écran"), choices=Degree.choices, coerce=int
    )
    kind = forms.ChoiceField(label=_("Ce qu’il lui faut"), choices=Equipment.choices)
    signal = forms.BooleanField(label=_("L’enfant risque de décrocher"), required=False)


class AddressForm(Form):
    """Where the child lives, after checking."""

    OUTSIDE = "outside"

    neighbourhood = forms.ChoiceField(label=_("Où habite l’enfant"))
    proof = forms.CharField(
        label=_("Comment vous l’avez vérifié"),
        max_length=120,
        help_text=_("Par exemple : plan consulté, appel à la famille. N’écrivez aucun nom."),
    )

    def __init__(self, *args: Any, places: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(one.pk), f"{one.name} ({one.code})") for one in places]
        outside = (self.OUTSIDE, _("Hors de tout quartier prioritaire"))
        self.fields["neighbourhood"].choices = [*named, outside]


class CeilingForm(Form):
    needs = forms.IntegerField(
        label=_("Besoins de même degré avant contrôle"),
        min_value=0,
        max_value=100_000,
        help_text=_("Au-delà, un besoin reste dans la file, et une personne le contrôle."),
    )
    reason = forms.CharField(
        label=_("Raison"),
        max_length=300,
        help_text=_("Une phrase sur la situation du quartier. N’écrivez aucun nom."),
    )
