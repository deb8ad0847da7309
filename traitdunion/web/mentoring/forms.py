"""What a school, a coordinator, a mentor and a family fill in."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from traitdunion.mentoring.reading import Profile
from traitdunion.mentoring.states import (
    AlertKind,
    Level,
    Mode,
    PairEnd,
    Slot,
    Subject,
    YoungState,
)
from traitdunion.people.states import Means
from traitdunion.web.forms import Form, iso_date

RAISED = (AlertKind.DROP_OUT, AlertKind.SILENCE, AlertKind.DANGER, AlertKind.OTHER)


class ReferForm(Form):
    """A list, pasted or sent; a network, or whichever has a place."""

    pasted = forms.CharField(
        label=_("Liste collée"),
        help_text=_(
            "Copiez les lignes de votre tableur, titres compris. Nom, prénom et niveau sont"
            " nécessaires ; naissance, matières, créneaux, mode, signes de décrochage,"
            " responsable, téléphone et courriel sont compris."
        ),
        required=False,
        max_length=500_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    file = forms.FileField(label=_("Ou un fichier"), required=False)
    network = forms.ChoiceField(label=_("Réseau"), required=False)

    def __init__(self, *args: Any, networks: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(str(pk), name) for pk, name in networks]
        self.fields["network"].choices = [("", _("Le réseau qui a une place")), *known]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not given.get("file") and not given.get("pasted", "").strip():
            self.add_error("pasted", _("collez une liste, ou choisissez un fichier."))
        return given


class YoungFilter(Form):
    etat = forms.ChoiceField(
        label=_("État"), required=False, choices=[("", _("Tous")), *YoungState.choices]
    )


class ContactForm(Form):
    phone = forms.CharField(label=_("Téléphone"), required=False, max_length=30)
    email = forms.EmailField(label=_("Courriel"), required=False)


class AnswerForm(Form):
    """What an adult said, noted by somebody who heard it."""

    is_given = forms.ChoiceField(
        label=_("Réponse"), choices=[("oui", _("oui")), ("non", _("non"))]
    )
    means = forms.ChoiceField(
        label=_("Dit comment"),
        choices=[one for one in Means.choices if one[0] != Means.LINK],
    )


class FamilyForm(Form):
    """A code on paper, and the answer."""

    code = forms.CharField(
        label=_("Code du papier"), help_text=_("Douze signes, avec ou sans tirets."), max_length=40
    )
    is_given = forms.ChoiceField(
        label=_("Votre réponse"),
        choices=[
            ("oui", _("Oui, un mentor peut accompagner mon enfant")),
            ("non", _("Non")),
        ],
        widget=forms.RadioSelect,
    )


class ProfileForm(Form):
    """What a match looks at."""

    levels = forms.MultipleChoiceField(
        label=_("Niveaux"), choices=Level.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    subjects = forms.MultipleChoiceField(
        label=_("Matières"), choices=Subject.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    slots = forms.MultipleChoiceField(
        label=_("Créneaux"), choices=Slot.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    modes = forms.MultipleChoiceField(
        label=_("Mode"), choices=Mode.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    languages = forms.CharField(
        label=_("Langues"), help_text=_("Séparées par des virgules."), required=False,
        max_length=200,
    )  # fmt: skip

    def profile(self) -> Profile:
        given = self.cleaned_data
        spoken = (one.strip().lower() for one in given["languages"].split(","))
        return Profile(
            subjects=tuple(given["subjects"]),
            languages=tuple(one for one in spoken if one),
            slots=tuple(given["slots"]),
            modes=tuple(given["modes"]),
        )


class MentorForm(ProfileForm):
    """Somebody who applies."""

    name = forms.CharField(label=_("Nom et prénom"), max_length=120)
    email = forms.EmailField(label=_("Courriel"), required=False)
    phone = forms.CharField(label=_("Téléphone"), required=False, max_length=30)
    capacity = forms.IntegerField(label=_("Nombre de jeunes"), initial=1)
    field_order = ("name", "email", "phone", "capacity")


class DayForm(Form):
    on = iso_date(_("Jour"))


class CheckForm(Form):
    kind = forms.ChoiceField(label=_("Contrôle"))
    verified_on = iso_date(_("Vu le"))
    is_clear = forms.ChoiceField(
        label=_("Résultat"),
        choices=[("oui", _("rien ne s’y oppose")), ("non", _("défavorable"))],
    )

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(one, one) for one in kinds]


class CapacityForm(Form):
    capacity = forms.IntegerField(label=_("Nombre de jeunes"))


class LeaveForm(Form):
    leave_from = iso_date(_("Pause à partir du"))
    leave_until = iso_date(_("Jusqu’au"), required=False)


class EntrustForm(Form):
    coordinator = forms.ChoiceField(label=_("Suivi par"), required=False)

    def __init__(self, *args: Any, team: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(str(pk), name) for pk, name in team]
        self.fields["coordinator"].choices = [("", _("toute l’équipe")), *known]


class AbsenceForm(Form):
    user = forms.ChoiceField(label=_("Personne absente"))
    cover = forms.ChoiceField(label=_("Relève assurée par"))
    from_on = iso_date(_("Du"))
    until_on = iso_date(_("Au"))

    def __init__(self, *args: Any, team: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(str(pk), name) for pk, name in team]
        for name in ("user", "cover"):
            self.fields[name].choices = known


class PairFilter(Form):
    etat = forms.ChoiceField(
        label=_("Montrer"),
        required=False,
        choices=[
            ("", _("Tous les binômes en cours")),
            ("silence", _("Silencieux")),
            ("long", _("Silencieux depuis longtemps")),
            ("toleres", _("D’avant le contrôle d’honorabilité")),
        ],
    )


class EndForm(Form):
    reason = forms.ChoiceField(label=_("Pourquoi"), choices=PairEnd.choices)
    on = iso_date(_("Dernier jour"))


class ReplaceForm(Form):
    mentor = forms.ChoiceField(label=_("Nouveau mentor"))

    def __init__(self, *args: Any, mentors: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mentor"].choices = [(str(pk), name) for pk, name in mentors]


class NoteForm(Form):
    text = forms.CharField(
        label=_("Note"),
        help_text=_("Lue dans votre réseau seulement, effacée avec la fiche du jeune."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SessionForm(Form):
    """Twenty seconds: who, when, how long."""

    pairs = forms.MultipleChoiceField(
        label=_("Avec qui"), widget=forms.CheckboxSelectMultiple,
        template_name="components/_choices.html",
    )  # fmt: skip
    on = iso_date(_("Jour"))
    hour = forms.TimeField(
        label=_("Heure"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    minutes = forms.IntegerField(label=_("Durée en minutes"), min_value=1, max_value=600)
    mode = forms.ChoiceField(label=_("Mode"), choices=Mode.choices)

    def __init__(self, *args: Any, known: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pairs"].choices = [(str(pk), name) for pk, name in known]

    def started_at(self) -> datetime:
        """In the zone of whoever fills it in."""
        given = self.cleaned_data
        return timezone.make_aware(datetime.combine(given["on"], given["hour"]))


class AlertForm(Form):
    kind = forms.ChoiceField(
        label=_("Ce qui inquiète"),
        choices=[(one.value, one.label) for one in RAISED],
        widget=forms.RadioSelect,
        template_name="components/_choices.html",
    )


class ShareForm(Form):
    family_told_on = iso_date(_("Famille prévenue le"))

    def clean_family_told_on(self) -> date:
        told: date = self.cleaned_data["family_told_on"]
        if told > timezone.localdate():
            raise forms.ValidationError(_("Ce jour n’est pas encore venu."))
        return told
