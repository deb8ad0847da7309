"""Coming in."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm, SetPasswordForm
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from traitdunion.base.actors import ROBOT
from traitdunion.base.clock import now
from traitdunion.gateways import operations as gateways
from traitdunion.web.forms import Form


class LoginForm(Form, AuthenticationForm):
    """E-mail and password; a log-in of the demonstration opens nothing elsewhere."""

    username = forms.EmailField(
        label=gettext_lazy("Adresse électronique"),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        help_text=gettext_lazy("Format attendu : nom@domaine.fr"),
    )
    error_messages = {
        "invalid_login": gettext_lazy("Adresse ou mot de passe incorrect."),
        "inactive": gettext_lazy("Adresse ou mot de passe incorrect."),
    }

    def __init__(self, request: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["password"].label = _("Mot de passe")

    def clean_username(self) -> str:
        return self.cleaned_data["username"].strip().lower()

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if user.is_demonstration and not settings.DEMONSTRATION:
            raise self.get_invalid_login_error()


class ResetForm(Form, PasswordResetForm):
    """Asks for a link; the page answers the same whether the account exists or not."""

    email = forms.EmailField(
        label=gettext_lazy("Adresse électronique"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("Format attendu : nom@domaine.fr"),
    )

    def send_mail(
        self,
        subject_template_name: str,
        email_template_name: str,
        context: dict[str, Any],
        from_email: str | None,
        to_email: str,
        html_email_template_name: str | None = None,
    ) -> None:
        """Leave the message in the outbox: the link and nothing else."""
        path = f"/mot-de-passe/{context['uid']}/{context['token']}/"
        gateways.post(
            to=to_email,
            template="password_reset",
            context={"link": f"{settings.PUBLIC_URL}{path}"},
            language=get_language() or "fr",
            by=ROBOT,
            at=now(),
        )


class PasswordForm(Form, SetPasswordForm):
    """A new password, twice."""

    new_password1 = forms.CharField(
        label=gettext_lazy("Nouveau mot de passe"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Douze signes au moins ; une phrase est plus facile à retenir."),
    )
    new_password2 = forms.CharField(
        label=gettext_lazy("Le même, une seconde fois"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class InvitationForm(Form):
    """Who I am, and the password I choose."""

    full_name = forms.CharField(
        label=gettext_lazy("Prénom et nom"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Mot de passe"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Douze signes au moins ; une phrase est plus facile à retenir."),
    )
