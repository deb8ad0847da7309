"""Neighbourhoods and schools."""

from django.urls import path

from traitdunion.web.territories import views

app_name = "territories"
urlpatterns = [
    path("quartiers/", views.neighbourhoods, name="neighbourhoods"),
    path("quartiers/<str:code>/", views.neighbourhood, name="neighbourhood"),
    path("etablissements/", views.schools, name="schools"),
]
