from django.urls import path

from traitdunion.web.steering import figures, views
from traitdunion.web.steering.trace import trace, traced

app_name = "steering"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("besoins/", figures.needs, name="needs"),
    path("pretes/", figures.loans, name="loans"),
    path("commandes/", figures.ordered, name="ordered"),
    path("commandes-en-retard/", figures.late, name="late"),
    path("trace/", trace, name="trace"),
    path("trace/<str:number>/", traced, name="traced"),
    path("recherche/", views.search, name="search"),
]
