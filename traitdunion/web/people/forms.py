"""What is asked about a child."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from traitdunion.people.states import Activity, Means
from traitdunion.web.forms import Form


class AuthorisationForm(Form):
    """What somebody who answers for the child said of an activity."""

    activity = forms.ChoiceField(label=_("Activité"), choices=Activity.choices)
    is_given = forms.ChoiceField(
        label=_("Réponse"), choices=[("oui", _("autorise")), ("non", _("n’autorise pas"))]
    )
    means = forms.ChoiceField(label=_("Dit comment"), choices=Means.choices)
    guardian = forms.ChoiceField(label=_("Qui l’a dit"), required=False)

    def __init__(self, *args: Any, guardians: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(str(tie), name) for tie, name in guardians]
        self.fields["guardian"].choices = [*known, ("", _("Un autre responsable"))]

    def said(self) -> dict[str, Any]:
        """The answer, as the operation takes it."""
        given = self.cleaned_data
        return {
            "activity": given["activity"],
            "is_given": given["is_given"] == "oui",
            "means": given["means"],
            "guardianship_id": given["guardian"] or None,
        }
