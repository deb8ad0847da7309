from django.urls import path

from traitdunion.web.partners import tokens, views

app_name = "partners"
urlpatterns = [
    path("", views.organisation, name="organisation"),
    path("inviter/", views.invite, name="invite"),
    path("acces/<uuid:membership_id>/fin/", views.end_membership, name="end_membership"),
    path("jetons/nouveau/", tokens.new_token, name="new_token"),
    path("jetons/<uuid:token_id>/revoquer/", tokens.revoke_token, name="revoke_token"),
    path("toutes/", views.organisations, name="organisations"),
    path("nouvelle/", views.new_organisation, name="new_organisation"),
    path("<uuid:organisation_id>/", views.other, name="other"),
]
