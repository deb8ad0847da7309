"""Coming in, going out, choosing for whom one acts."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as sign_in
from django.contrib.auth.views import (
    LoginView,
    LogoutView,
    PasswordResetConfirmView,
    PasswordResetView,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from traitdunion.base.actors import ROBOT
from traitdunion.base.clock import now
from traitdunion.partners import operations as partners
from traitdunion.partners import queries
from traitdunion.web.access import public, signed_in
from traitdunion.web.accounts.forms import InvitationForm, LoginForm, PasswordForm, ResetForm
from traitdunion.web.middleware import SEAT_KEY

BACKEND = "django.contrib.auth.backends.ModelBackend"

login = public(
    LoginView.as_view(
        template_name="accounts/login.html",
        authentication_form=LoginForm,
        redirect_authenticated_user=True,
    )
)
logout = public(LogoutView.as_view())
reset_password = public(
    PasswordResetView.as_view(
        template_name="accounts/reset.html",
        form_class=ResetForm,
        success_url=reverse_lazy("reset_sent"),
    )
)
set_password = public(
    PasswordResetConfirmView.as_view(
        template_name="accounts/set_password.html",
        form_class=PasswordForm,
        success_url=reverse_lazy("login"),
    )
)


@public
def reset_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/reset_sent.html")


@public
@require_POST
def enter_demonstration(request: HttpRequest) -> HttpResponse:
    """One click enters as a persona; outside a demonstration there is no such address."""
    if not settings.DEMONSTRATION:
        raise Http404
    wanted = request.POST.get("persona", "")
    user = next((u for u in queries.demonstration_users() if u.email == wanted), None)
    if user is None:
        raise Http404
    sign_in(request, user, backend=BACKEND)
    return redirect("home")


@signed_in
def choose_seat(request: Any) -> HttpResponse:
    """For which of one's organisations one acts now."""
    if request.method == "POST":
        request.session[SEAT_KEY] = request.POST.get("seat", "")
        return redirect("home")
    return render(request, "accounts/choose_seat.html")


@public
@sensitive_post_parameters()
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """A single-use link: it names the organisation and asks for a password."""
    invitation = queries.pending_invitation(token, now())
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            partners.accept_invitation(token=token, **form.cleaned_data, by=ROBOT, at=now())
        except partners.WeakPassword as weak:
            form.add_error("password", str(weak))
        else:
            messages.success(request, _("Votre accès est ouvert : connectez-vous."))
            return redirect("login")
    return render(request, "accounts/invitation.html", {"form": form, "invitation": invitation})
