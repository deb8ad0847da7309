"""What forms share."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from dsfr.forms import DsfrBaseForm

from traitdunion.base.errors import Refusal


class UploadTooLarge(Refusal):
    """The file is over what the installation accepts."""

    status = 413


class Form(DsfrBaseForm):
    """A form of this service. Its errors are listed at the top, each with a link to its field."""

    def get_context(self) -> dict[str, Any]:
        """Mark what is optional, as the DSFR asks; its own way of saying so warns at each form."""
        context = super(DsfrBaseForm, self).get_context()
        return {**context, "DSFR_MARK_OPTIONAL_FIELDS": True}

    @property
    def problems(self) -> list[dict[str, Any]]:
        """One entry an error: the field's anchor and the sentence."""
        found = []
        for name, sentences in self.errors.items():
            anchor = self[name].auto_id if name in self.fields else ""
            found += [{"anchor": anchor, "sentence": sentence} for sentence in sentences]
        return found


class UploadForm(Form):
    """One table to send."""

    file = forms.FileField(label=gettext_lazy("Fichier"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LIMIT_BYTES:
            limit = settings.UPLOAD_LIMIT_BYTES // 1_000_000
            raise forms.ValidationError(
                _("Le fichier dépasse %(limit)s Mo : coupez-le en plusieurs parties.")
                % {"limit": limit}
            )
        return file


def iso_date(label: Any, **kwargs: Any) -> forms.DateField:
    """A date asked with the browser's own calendar, and typed without it."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **kwargs)
