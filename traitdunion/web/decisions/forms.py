"""What is asked of those who decide, pay and answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from traitdunion.base.errors import Refusal
from traitdunion.grants.reading import check_iban
from traitdunion.grants.states import DecisionForm, Outcome
from traitdunion.web.budget.fields import Euros
from traitdunion.web.forms import Form, UploadForm, iso_date


class Iban(forms.CharField):
    """An account, its key checked."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return check_iban(text)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from None


def _text(label: Any, rows: int = 4, **kwargs: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=4_000, widget=widget, **kwargs)


class DecisionOfOne(Form):
    """One application: yes, no, or no follow-up."""

    outcome = forms.ChoiceField(label=_("Décision"), choices=Outcome.choices)
    envelope = forms.ChoiceField(label=_("Enveloppe"), required=False)
    amount = Euros(label=_("Montant accordé, en euros"), required=False)
    advance = Euros(label=_("Dont avance, en euros"), required=False)
    form = forms.ChoiceField(
        label=_("Forme"),
        required=False,
        choices=[("", _("Celle que demande la loi")), *DecisionForm.choices[:2]],
    )
    keeps_surplus = forms.BooleanField(
        label=_("Un excédent raisonnable peut être gardé"), required=False
    )
    reason = _text(
        _("Raison d’un refus ou d’un classement, lue par l’association"), required=False
    )

    def __init__(self, *args: Any, envelopes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["envelope"].choices = [(str(one.pk), str(one)) for one in envelopes]


class BatchForm(Form):
    """Many applications, one envelope."""

    envelope = forms.ChoiceField(label=_("Enveloppe"))
    keeps_surplus = forms.BooleanField(
        label=_("Un excédent raisonnable peut être gardé"), required=False
    )

    def __init__(self, *args: Any, envelopes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["envelope"].choices = [(str(one.pk), str(one)) for one in envelopes]


class ReopenForm(Form):
    reason = _text(_("Pourquoi la décision est reprise"))
    is_warned = forms.BooleanField(
        label=_("J’ai lu ce que la loi dit du retrait d’une subvention accordée"), required=False
    )


class SendForm(Form):
    """The account that pays, where it is not the State’s."""

    holder = forms.CharField(
        label=_("Titulaire du compte qui paie"), max_length=70, required=False
    )
    iban = Iban(label=_("IBAN du compte qui paie"), max_length=50, required=False)


class BankForm(Form):
    holder = forms.CharField(label=_("Titulaire du compte"), max_length=150)
    iban = Iban(label=_("IBAN"), max_length=50)
    reason = forms.CharField(label=_("Pourquoi le compte change"), max_length=300)


class WhyForm(Form):
    reason = forms.CharField(label=_("Ce que la banque a répondu"), max_length=300)


class PaidOnForm(Form):
    paid_on = iso_date(_("Payé le"))


class WordsForm(Form):
    """The words of one kind of letter, and who signs."""

    opening = _text(_("Début"), 3)
    body = _text(_("Articles : une ligne « # titre », puis le texte"), 12)
    closing = _text(_("Fin"), 2, required=False)
    signatory_name = forms.CharField(label=_("Nom de qui signe"), max_length=120, required=False)
    signatory_title = forms.CharField(
        label=_("Qualité de qui signe"), max_length=200, required=False
    )
    signature = forms.FileField(label=_("Image de la signature (PNG, JPEG)"), required=False)
    stamp = forms.FileField(label=_("Image du cachet (PNG, JPEG)"), required=False)


class PileForm(UploadForm):
    """A scanned pile."""


class LookForm(Form):
    is_whole = forms.TypedChoiceField(
        label=_("Ce compte rendu est"),
        choices=[("1", _("complet : je l’accepte")), ("", _("incomplet : je le renvoie"))],
        coerce=bool,
        required=False,
        empty_value=False,
    )
    kept = Euros(label=_("Excédent que l’association garde, en euros"), required=False)
    remark = _text(_("Ce qui manque, ou ce que vous voulez dire"), required=False)


class BackForm(Form):
    amount = Euros(label=_("Somme revenue, en euros"))
    document = forms.CharField(label=_("Titre de perception ou virement reçu"), max_length=80)
    reason = forms.CharField(label=_("Pourquoi"), max_length=300)


class SampleForm(Form):
    seed = forms.CharField(label=_("Graine publiée avant le tirage"), max_length=80)
    from_date = iso_date(_("Décisions depuis le"))
    until_date = iso_date(_("Jusqu’au"))
    size = forms.IntegerField(label=_("Combien de subventions"), min_value=1, max_value=10_000)


class ObservationsForm(Form):
    text = _text(_("Ce qui a été observé"))
    answer_by = iso_date(_("L’association répond avant le"))


class AnswerForm(Form):
    text = _text(_("Votre réponse"))


class ConclusionForm(Form):
    text = _text(_("Conclusion"))
    to_return = Euros(label=_("Somme à rendre, en euros (rien : conforme)"), required=False)
