from django.urls import path

from traitdunion.web.journal import views

app_name = "journal"
urlpatterns = [
    path("", views.events, name="events"),
    path("sceaux/", views.seals, name="seals"),
    path("sceaux/dernier.pdf", views.latest, name="latest"),
]
