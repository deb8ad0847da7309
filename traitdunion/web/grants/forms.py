"""Three screens, twelve fields at most; what reviewers fill in."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from traitdunion.base.errors import Refusal
from traitdunion.base.identifiers import BadIdentifier, check_rna, check_siret, squeezed
from traitdunion.base.money import NotAnAmount, parse_euros
from traitdunion.documents import intake
from traitdunion.grants import operations
from traitdunion.grants.states import ApplicationState, PieceKind, Purpose, Stance
from traitdunion.territories import queries as territories
from traitdunion.web.forms import Form, iso_date

PHONE = RegexValidator(
    r"^[\d\s.+()-]{6,30}$", _("écrivez un numéro de téléphone, par exemple 06 12 34 56 78.")
)


class Euros(forms.CharField):
    """An amount in euros, given back in cents."""

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            cents = parse_euros(text)
        except NotAnAmount as error:
            raise forms.ValidationError(str(error)) from None
        if cents <= 0:
            raise forms.ValidationError(_("demandez un montant supérieur à zéro."))
        return cents


def _clean_number(text: str) -> str:
    check = check_rna if squeezed(text).startswith("W") else check_siret
    try:
        return check(text)
    except BadIdentifier as error:
        raise forms.ValidationError(str(error)) from None


class WhoForm(Form):
    """Screen 1: who asks. What is known is not asked again."""

    number = forms.CharField(
        label=_("Numéro RNA ou SIRET"),
        max_length=24,
        help_text=_(
            "RNA : W et neuf signes, sur le récépissé de la préfecture (W2A… en Corse). SIRET :"
            " quatorze chiffres. Sans SIRET, la demande peut être décidée, pas payée."
        ),
    )
    representative_name = forms.CharField(
        label=_("Qui représente l’association"),
        max_length=120,
        help_text=_("Prénom et nom de la présidente, du président ou de qui signe en son nom"),
    )
    representative_email = forms.EmailField(
        label=_("Son adresse électronique"),
        required=False,
        help_text=_("Le lien pour signer y sera envoyé ; sinon, joignez un pouvoir signé."),
    )
    contact_phone = forms.CharField(
        label=_("Téléphone où vous joindre"), max_length=30, validators=[PHONE]
    )

    def __init__(self, *args: Any, knows_number: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if knows_number:
            del self.fields["number"]

    def clean_number(self) -> str:
        return _clean_number(self.cleaned_data["number"])


class OpenForm(Form):
    """Somebody of an association that has no access yet."""

    number = forms.CharField(
        label=_("Numéro RNA ou SIRET"),
        max_length=24,
        help_text=_("W et neuf signes (W2A… en Corse), ou quatorze chiffres"),
    )
    association = forms.CharField(label=_("Nom de l’association"), max_length=200)
    commune = forms.CharField(
        label=_("Code INSEE de la commune"),
        max_length=5,
        help_text=_("Cinq signes, par exemple 93008"),
    )
    email = forms.EmailField(label=_("Votre adresse électronique"))

    def clean_number(self) -> str:
        return _clean_number(self.cleaned_data["number"])

    def clean_commune(self) -> Any:
        found = territories.commune(self.cleaned_data["commune"].strip().upper())
        if found is None:
            raise forms.ValidationError(_("aucune commune ne porte ce code."))
        return found


class WhatForm(Form):
    """Screen 2: what the grant is for, and where."""

    purpose = forms.ChoiceField(
        label=_("La subvention sert"),
        choices=[
            (Purpose.ACTION, _("à une action précise")),
            (Purpose.OPERATING, _("au fonctionnement de l’association")),
        ],
        widget=forms.RadioSelect,
    )
    title = forms.CharField(label=_("Titre, en quelques mots"), max_length=150)
    summary = forms.CharField(
        label=_("Ce que vous ferez"),
        max_length=3_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Pour qui, quoi, avec qui : cinq lignes suffisent."),
    )
    neighbourhoods = forms.MultipleChoiceField(
        label=_("Quartiers où vous agissez"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, quarters: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quarters = {one.code: one for one in quarters}
        for name in ("purpose", "neighbourhoods"):
            self.fields[name].template_name = "components/_choices.html"
        self.fields["neighbourhoods"].choices = [
            (code, f"{one.name} ({code})") for code, one in self.quarters.items()
        ]

    def clean_neighbourhoods(self) -> list[Any]:
        return [self.quarters[code] for code in self.cleaned_data["neighbourhoods"]]


class MoneyForm(Form):
    """Screen 3: how much, what else is asked for, and on which account."""

    requested_cents = Euros(label=_("Montant demandé, en euros"), max_length=20)
    other_aid = forms.CharField(
        label=_("Autres aides publiques demandées ou reçues"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Une par ligne, avec son montant : « Mairie 2 000 ». Rien : laissez vide."),
    )
    iban = forms.CharField(
        label=_("IBAN"),
        max_length=42,
        help_text=_("Du compte de l’association, jamais de celui d’une personne"),
    )
    account_holder = forms.CharField(label=_("Titulaire du compte"), max_length=150)

    def clean_iban(self) -> str:
        try:
            return operations.check_iban(self.cleaned_data["iban"])
        except Refusal as error:
            raise forms.ValidationError(str(error)) from None

    def clean_other_aid(self) -> str:
        text: str = self.cleaned_data["other_aid"]
        try:
            operations.other_aid_cents(text)
        except Refusal as error:
            raise forms.ValidationError(str(error)) from None
        return text


class PieceForm(Form):
    """One document at a time: a photograph will do."""

    kind = forms.ChoiceField(label=_("Document"), choices=PieceKind.choices)
    file = forms.FileField(
        label=_("Fichier"),
        help_text=_("Photo (JPEG, PNG) ou PDF sans mot de passe, 50 Mo au plus"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,application/pdf"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > intake.LARGEST:
            raise forms.ValidationError(
                _("ce fichier est trop lourd ; photographiez le document, cela suffit.")
            )
        return file


class SignForm(Form):
    """The representative types a name."""

    name = forms.CharField(
        label=_("Votre prénom et votre nom, tels qu’écrits ci-dessus"), max_length=120
    )
    commits = forms.BooleanField(
        label=_("L’association souscrit le contrat d’engagement républicain"), required=False
    )

    def __init__(self, *args: Any, needs_commitment: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_commitment:
            del self.fields["commits"]


class TextForm(Form):
    """A message, or what is to be corrected."""

    text = forms.CharField(
        label=_("Message"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 4})
    )


class OpinionForm(Form):
    """Whom to ask, what, before when."""

    organisation = forms.ChoiceField(label=_("Demander l’avis de"))
    question = forms.CharField(label=_("Question"), max_length=300, required=False)
    due_on = iso_date(_("Réponse avant le"))

    def __init__(self, *args: Any, consulted: Iterable[Any], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consulted = {str(one.pk): one for one in consulted}
        self.fields["organisation"].choices = [
            (pk, one.name) for pk, one in self.consulted.items()
        ]
        self.fields["due_on"].widget.attrs["min"] = today.isoformat()

    def clean_organisation(self) -> Any:
        return self.consulted[self.cleaned_data["organisation"]]


class StanceForm(Form):
    """What one thinks of an application."""

    stance = forms.ChoiceField(
        label=_("Votre avis"), choices=Stance.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("Motif"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("À remplir si l’avis est réservé ou défavorable."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stance"].template_name = "components/_choices.html"


class ScoreForm(Form):
    """One field a criterion of the programme's grid."""

    def __init__(self, *args: Any, grid: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in grid:
            self.fields[one.code] = forms.IntegerField(
                label=one.title,
                min_value=0,
                max_value=one.most,
                initial=one.points,
                required=False,
                help_text=_("De 0 à %(most)s") % {"most": one.most},
            )

    def given(self) -> dict[str, int]:
        return {code: points for code, points in self.cleaned_data.items() if points is not None}


class ReviewerForm(Form):
    """Who reviews it."""

    user = forms.ChoiceField(label=_("Instruite par"))

    def __init__(self, *args: Any, members: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {str(one.user.pk): one.user for one in members}
        self.fields["user"].choices = [(pk, one.full_name) for pk, one in self.members.items()]

    def clean_user(self) -> Any:
        return self.members[self.cleaned_data["user"]]


class ConflictForm(Form):
    """With which association one is tied."""

    number = forms.CharField(
        label=_("Association"),
        max_length=200,
        help_text=_("Son nom entier, son numéro RNA ou SIRET"),
    )


class FilterForm(forms.Form):
    """What narrows the list of what was received."""

    q = forms.CharField(label=_("Association, titre ou numéro"), required=False)
    state = forms.ChoiceField(label=_("État"), required=False)
    purpose = forms.ChoiceField(label=_("Objet"), required=False)
    neighbourhood = forms.CharField(label=_("Code du quartier"), required=False, max_length=8)
    mine = forms.BooleanField(label=_("Celles que j’instruis ou que je suis"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [one for one in ApplicationState.choices if one[0] != ApplicationState.DRAFT]
        self.fields["state"].choices = [("", _("Tous")), *states]
        self.fields["purpose"].choices = [("", _("Tous")), *Purpose.choices]
        for field in self.fields.values():
            if not isinstance(field, forms.BooleanField):
                css = "fr-select" if isinstance(field, forms.ChoiceField) else "fr-input"
                field.widget.attrs["class"] = css


class SimulationForm(Form):
    """A name, and a rule for the batch: a share of what is asked, with a ceiling."""

    name = forms.CharField(label=_("Nom de la simulation"), max_length=80)
    percent = forms.IntegerField(
        label=_("Part du montant demandé, en %"), min_value=0, max_value=100, initial=100
    )
    ceiling_cents = Euros(label=_("Plafond par demande, en euros"), max_length=20, required=False)
    least_points = forms.IntegerField(
        label=_("Points au moins"), min_value=0, required=False, initial=0
    )
