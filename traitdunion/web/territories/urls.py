"""Neighbourhoods, cités éducatives and schools."""

from django.urls import path

from traitdunion.web.territories import views

app_name = "territories"
urlpatterns = [
    path("quartiers/", views.neighbourhoods, name="neighbourhoods"),
    path("quartiers/<str:code>/", views.neighbourhood, name="neighbourhood"),
    path("cites-educatives/", views.cites, name="cites"),
    path("cites-educatives/<slug:code>/", views.cite, name="cite"),
    path("cites-educatives/<slug:code>/quartiers/", views.cover, name="cover"),
    path("etablissements/", views.schools, name="schools"),
]
