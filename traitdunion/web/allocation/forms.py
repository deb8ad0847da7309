"""Filtering the queue, giving reasons, answering."""

from django import forms
from django.utils.translation import gettext_lazy as _

from traitdunion.allocation.states import Decision
from traitdunion.web.forms import Form

ANY = [("", _("toutes"))]


class FilterForm(Form):
    decision = forms.ChoiceField(
        label=_("Décision"), choices=[*ANY, *Decision.choices], required=False
    )
    quartier = forms.CharField(label=_("Code du quartier"), max_length=8, required=False)


class PlaceForm(Form):
    """Which neighbourhoods one looks for among what is published."""

    q = forms.CharField(label=_("Quartier ou code"), max_length=80, required=False)


class ReasonForm(Form):
    reason = forms.CharField(
        label=_("Raison écrite, publiée"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("La situation, en une phrase ; rien qui désigne l’enfant ou sa famille."),
    )


class QuestionForm(Form):
    question = forms.CharField(
        label=_("Votre question"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Sans nom : le code du besoin suffit."),
    )


class AnswerForm(Form):
    answer = forms.CharField(
        label=_("Réponse écrite"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 6})
    )


class ReleaseForm(Form):
    reason = forms.CharField(
        label=_("Raison de la décision"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
