"""The pages that belong to no area, and the areas, each under its own French path."""

from django.urls import include, path
from django.views.i18n import set_language

from traitdunion.web.access import public
from traitdunion.web.accounts import views as accounts
from traitdunion.web.decisions import letters
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
    # Short, since a person types it from the foot of a letter.
    path("verification/<str:number>", letters.verify, name="verify_letter"),
]

# Each area under its French path; its addresses are its own.
AREAS = {
    "programme": "programme",
    "steering": "tableau-de-bord",
    "territories": "territoires",
    "partners": "organisation",
    "people": "familles",
    "census": "recensement",
    "allocation": "attributions",
    "budget": "enveloppes",
    "supply": "commandes",
    "equipment": "materiel",
    "lending": "prets",
    "networks": "reseaux",
    "grants": "subventions",
    "decisions": "decisions",
    "mentoring": "mentorat",
    "jobs": "travaux",
    "journal": "journal",
}
urlpatterns += [
    path(f"{prefix}/", include(f"traitdunion.web.{area}.urls")) for area, prefix in AREAS.items()
]
