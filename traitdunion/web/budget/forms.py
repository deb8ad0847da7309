"""Opening, filtering, delegating, carrying over."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from traitdunion.base.clock import now
from traitdunion.budget.states import Regime
from traitdunion.programme import queries as programme
from traitdunion.web.budget.fields import Euros, HolderForm, choices_of, reason_field
from traitdunion.web.forms import Form

ALL = _("Toutes")
GIVEN = _("Aucune du plan : cofinancement, don, autres crédits")
DECISION = _("Décision ou arrêté qui la fonde")
TYPED = _("En euros, par exemple 1 234,56")


class EnvelopeFilter(Form):
    """Which envelopes one looks at."""

    volet = forms.ChoiceField(label=_("Volet"), required=False)
    source = forms.ChoiceField(label=_("Source"), required=False)
    programme = forms.ChoiceField(label=_("Programme budgétaire"), required=False)
    annee = forms.ChoiceField(label=_("Exercice"), required=False)
    regulariser = forms.BooleanField(label=_("À régulariser"), required=False)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = programme.current()
        budgets = programme.budget_programmes(current)
        self.fields["volet"].choices = choices_of(programme.strands(current), _("Tous"))
        self.fields["source"].choices = choices_of(programme.sources(current), ALL)
        self.fields["programme"].choices = choices_of(budgets, _("Tous"))
        self.fields["annee"].choices = [("", _("Tous")), *((str(y), str(y)) for y in years)]

    def conditions(self) -> dict[str, Any]:
        """What was chosen, as the fields of an envelope."""
        if not self.is_valid():
            return {}
        names = {
            "strand": "volet",
            "source": "source",
            "budget_programme": "programme",
            "year": "annee",
        }
        chosen = {field: self.cleaned_data[name] for field, name in names.items()}
        return {field: value for field, value in chosen.items() if value}


class EnvelopeForm(HolderForm):
    """Credits that come from no other envelope: whose, for what, how much, where filed."""

    label = forms.CharField(label=_("Intitulé"), max_length=200)
    strand = forms.ChoiceField(label=_("Volet"))
    source = forms.ChoiceField(label=_("Source"), required=False)
    programme = forms.ChoiceField(label=_("Programme budgétaire"), required=False)
    year = forms.IntegerField(label=_("Exercice"), min_value=2000, max_value=2100)
    amount = Euros(label=_("Autorisations d’engagement, ou argent reçu"), help_text=TYPED)
    cp = Euros(
        label=_("Crédits de paiement"),
        required=False,
        help_text=_("Rien : autant que les autorisations d’engagement"),
    )
    cost_center = forms.CharField(label=_("Centre financier"), max_length=20, required=False)
    functional_domain = forms.CharField(
        label=_("Domaine fonctionnel"), max_length=20, required=False
    )
    activity_code = forms.CharField(label=_("Activité"), max_length=20, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = programme.current()
        self.strands = {str(one.pk): one for one in programme.strands(current)}
        self.sources = {str(one.pk): one for one in programme.sources(current)}
        self.budgets = {str(one.pk): one for one in programme.budget_programmes(current)}
        self.fields["strand"].choices = choices_of(self.strands.values())
        self.fields["source"].choices = choices_of(self.sources.values(), GIVEN)
        self.fields["programme"].choices = choices_of(self.budgets.values(), _("Aucun"))
        self.fields["year"].initial = now().year

    def clean_strand(self) -> Any:
        return self.strands[self.cleaned_data["strand"]]

    def clean_source(self) -> Any:
        return self.sources.get(self.cleaned_data["source"])

    def clean_programme(self) -> Any:
        return self.budgets.get(self.cleaned_data["programme"])


class CreditsForm(Form):
    """AE and CP, or one amount for a holder outside the State, with the paper that decides."""

    ae = Euros(label=_("Autorisations d’engagement"), required=False, help_text=TYPED)
    cp = Euros(label=_("Crédits de paiement"), required=False, help_text=TYPED)
    document = forms.CharField(label=DECISION, max_length=120)

    def __init__(self, *args: Any, regime: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if regime != Regime.STATE:
            del self.fields["cp"]
            self.fields["ae"].label = _("Montant")
            self.fields["ae"].required = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["ae"] = data.get("ae") or 0
        data["cp"] = (data.get("cp") or 0) if "cp" in self.fields else data["ae"]
        return data


class OpenUnderForm(HolderForm, CreditsForm):
    """A part of an envelope given to somebody who holds none under it yet."""

    label = forms.CharField(label=_("Intitulé de la nouvelle enveloppe"), max_length=200)
    field_order = ("holder", "code", "label", "ae", "cp", "document")


class AllotForm(CreditsForm):
    """More credits from outside the plan's own envelopes."""


class LapseForm(Form):
    document = forms.CharField(label=DECISION, max_length=120)


class CloseForm(Form):
    """Before the year ends, closing is said twice."""

    early = forms.BooleanField(label=_("L’année n’est pas finie : je clos l’exercice maintenant"))

    def __init__(self, *args: Any, is_early: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_early:
            del self.fields["early"]


class ReasonForm(Form):
    """Undoing, refusing, sending back: always with a reason."""

    reason = reason_field(_("Raison"))
