"""The pages that belong to no area, and the areas, each under its own French path."""

from django.urls import include, path
from django.views.i18n import set_language

from traitdunion.web.access import public
from traitdunion.web.accounts import views as accounts
from traitdunion.web.home import views as home
from traitdunion.web.pages import views as pages

urlpatterns = [
    path("", home.index, name="home"),
    path("connexion/", accounts.login, name="login"),
    path("deconnexion/", accounts.logout, name="logout"),
    path("demonstration/entrer/", accounts.enter_demonstration, name="enter_demonstration"),
    path("role/", accounts.choose_seat, name="choose_seat"),
    path("invitation/<str:token>/", accounts.accept_invitation, name="accept_invitation"),
    path("mot-de-passe/", accounts.reset_password, name="reset_password"),
    path("mot-de-passe/envoye/", accounts.reset_sent, name="reset_sent"),
    path(
        "mot-de-passe/<uidb64>/<token>/",
        accounts.set_password,
        name="password_reset_confirm",
    ),
    path("langue/", public(set_language), name="set_language"),
    path("plan-du-site/", pages.site_map, name="site_map"),
    path("accessibilite/", pages.accessibility, name="accessibility"),
    path("mentions-legales/", pages.legal, name="legal"),
    path("donnees-personnelles/", pages.personal_data, name="personal_data"),
    path("contact/", pages.contact, name="contact"),
    path("healthz", pages.healthz, name="healthz"),
    path("readyz", pages.readyz, name="readyz"),
    path("programme/", include("traitdunion.web.programme.urls")),
    path("tableau-de-bord/", include("traitdunion.web.steering.urls")),
    path("territoires/", include("traitdunion.web.territories.urls")),
    path("organisation/", include("traitdunion.web.partners.urls")),
    path("familles/", include("traitdunion.web.people.urls")),
    path("recensement/", include("traitdunion.web.census.urls")),
    path("attributions/", include("traitdunion.web.allocation.urls")),
    path("enveloppes/", include("traitdunion.web.budget.urls")),
    path("commandes/", include("traitdunion.web.supply.urls")),
    path("materiel/", include("traitdunion.web.equipment.urls")),
    path("prets/", include("traitdunion.web.lending.urls")),
    path("travaux/", include("traitdunion.web.jobs.urls")),
]
