"""Committing, taking over what had begun, asking for payments, signing, Chorus."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from traitdunion.base.clock import now
from traitdunion.budget.states import PaymentState, Spending
from traitdunion.partners import queries as partners
from traitdunion.web.budget.fields import Euros, Number, choices_of
from traitdunion.web.budget.forms import TYPED
from traitdunion.web.forms import Form, UploadForm, iso_date

ENTERED = ((Spending.OTHER, Spending.OTHER.label), (Spending.GRANTS, Spending.GRANTS.label))


class EngageForm(Form):
    """What is bought or promised otherwise than by an order of devices."""

    label = forms.CharField(label=_("Objet"), max_length=200)
    reference = forms.CharField(
        label=_("Référence"), max_length=80, help_text=_("Numéro de la convention ou du devis")
    )
    amount = Euros(label=_("Montant TTC"), help_text=TYPED)
    spending = forms.ChoiceField(label=_("Nature"), choices=ENTERED)
    beneficiary = Number(
        label=_("Bénéficiaire"),
        required=False,
        max_length=20,
        help_text=_("SIRET, RNA ou UAI"),
    )


class TakeOverForm(EngageForm):
    """A commitment signed before the programme, with what was certified and paid of it."""

    signed_on = iso_date(_("Signé le"))
    ej_number = forms.CharField(
        label=_("Numéro EJ"), max_length=20, required=False, help_text=_("Dix chiffres")
    )
    certified = Euros(label=_("Dont service fait"), required=False, help_text=TYPED)
    paid = Euros(label=_("Dont payé"), required=False, help_text=TYPED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["spending"].choices = Spending.choices


class EjForm(Form):
    ej_number = forms.CharField(
        label=_("Numéro d’engagement juridique"), max_length=20, help_text=_("Dix chiffres")
    )


class AmountForm(Form):
    """So much of a commitment, on the strength of a paper."""

    amount = Euros(label=_("Montant"), help_text=TYPED)
    document = forms.CharField(label=_("Pièce"), max_length=120)


class RequestForm(Form):
    """What is asked of the accountant, and from when the law counts."""

    amount = Euros(label=_("Montant"), help_text=TYPED)
    counted_from = iso_date(
        _("Le délai court du"),
        help_text=_("Le plus tard des deux jours : réception de la facture, service fait"),
    )
    invoice = forms.CharField(label=_("Facture"), max_length=80, required=False)
    dp_number = forms.CharField(label=_("Numéro DP"), max_length=20, required=False)


class BulkRequestForm(Form):
    """The same day for every commitment ticked."""

    counted_from = iso_date(
        _("Le délai court du"),
        help_text=_("Le plus tard des deux jours : réception de la facture, service fait"),
    )


class PaymentFilter(Form):
    LATE, TO_NUMBER = "en-retard", "sans-dp"

    etat = forms.ChoiceField(
        label=_("État"),
        required=False,
        choices=[
            ("", _("Tous")),
            (LATE, _("En retard")),
            (TO_NUMBER, _("Sans numéro DP")),
            *PaymentState.choices,
        ],
    )


class DpForm(Form):
    dp_number = forms.CharField(label=_("Numéro de demande de paiement"), max_length=20)


class PaidForm(Form):
    paid_on = iso_date(_("Payé le"))

    def clean_paid_on(self) -> Any:
        day = self.cleaned_data["paid_on"]
        if day > now().date():
            raise forms.ValidationError(_("Ce jour n’est pas encore venu."))
        return day


class SigningForm(Form):
    """Who may sign, up to how much, between which days, by which order."""

    user = forms.ChoiceField(label=_("Qui signera"))
    up_to = Euros(label=_("Jusqu’à"), help_text=TYPED)
    from_date = iso_date(_("À partir du"))
    until_date = iso_date(_("Jusqu’au"))
    document = forms.CharField(label=_("Arrêté ou décision"), max_length=120)

    def __init__(self, *args: Any, holder: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.user_id): one.user for one in partners.members(holder)}
        self.fields["user"].choices = [(pk, one.full_name) for pk, one in self.people.items()]

    def clean_user(self) -> Any:
        return self.people[self.cleaned_data["user"]]


class ExtractForm(UploadForm):
    """A file of payments out of Chorus."""

    year = forms.IntegerField(label=_("Exercice"), min_value=2000, max_value=2100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("Extrait de Chorus (CSV ou XLSX)")
        self.fields["year"].initial = now().year


class AttachForm(Form):
    """Which of one's envelopes an unknown EJ was signed on."""

    envelope = forms.ChoiceField(label=_("Enveloppe"))
    label = forms.CharField(label=_("Objet"), max_length=200)

    def __init__(self, *args: Any, envelopes: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.envelopes = {str(one.pk): one for one in envelopes}
        self.fields["envelope"].choices = choices_of(envelopes)

    def clean_envelope(self) -> Any:
        return self.envelopes[self.cleaned_data["envelope"]]


class CompareFilter(Form):
    """By what the spending of a territory is put together."""

    par = forms.ChoiceField(
        label=_("Regrouper par"),
        required=False,
        choices=[
            ("detenteur", _("Détenteur")),
            ("departement", _("Département")),
            ("academie", _("Académie")),
        ],
    )
