from django.urls import path

from traitdunion.web.partners import views

app_name = "partners"
urlpatterns = [
    path("", views.organisation, name="organisation"),
    path("inviter/", views.invite, name="invite"),
    path("acces/<uuid:membership_id>/fin/", views.end_membership, name="end_membership"),
    path("toutes/", views.organisations, name="organisations"),
    path("nouvelle/", views.new_organisation, name="new_organisation"),
    path("<uuid:organisation_id>/", views.other, name="other"),
]
