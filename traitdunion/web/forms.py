"""What forms share."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from dsfr.forms import DsfrBaseForm, DsfrBoundField

from traitdunion.base.errors import Refusal


class UploadTooLarge(Refusal):
    """The file is over what the installation accepts."""

    status = 413


class BoundField(DsfrBoundField):
    """A field of this service: a box to tick is never marked optional, being always so."""

    @property
    def template_name(self) -> str:
        if self.widget_type == "checkbox":
            return "components/_checkbox.html"
        return str(super().template_name)


class Form(DsfrBaseForm):
    """A form of this service. Its errors are listed at the top, each with a link to its field."""

    bound_field_class = BoundField
    # What is wrong with the whole form is told by the list at the top, and there only.
    template_name = "components/_fields.html"

    def get_context(self) -> dict[str, Any]:
        """Mark what is optional, as the DSFR asks; its own way of saying so warns at each form."""
        context = super(DsfrBaseForm, self).get_context()
        return {**context, "DSFR_MARK_OPTIONAL_FIELDS": True}

    @property
    def problems(self) -> list[dict[str, Any]]:
        """One entry an error: the field's anchor and a sentence that names the field."""
        found = []
        for name, errors in self.errors.as_data().items():
            anchor = self[name].id_for_label if name in self.fields else ""
            found += [{"anchor": anchor, "sentence": self._told(name, one)} for one in errors]
        return found

    def _told(self, name: str, error: forms.ValidationError) -> str:
        sentence = " ".join(error.messages)
        if name not in self.fields:
            return sentence
        if error.code == "required":
            sentence = _("à remplir")
        return _("%(label)s : %(sentence)s") % {"label": self[name].label, "sentence": sentence}


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
