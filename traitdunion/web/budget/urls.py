from django.urls import path

from traitdunion.web.budget import views

app_name = "budget"
urlpatterns = [
    path("", views.envelopes, name="envelopes"),
    path("nouvelle/", views.new_envelope, name="new"),
    path("<uuid:envelope_id>/", views.envelope, name="envelope"),
]
