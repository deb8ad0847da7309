from django.urls import path

from traitdunion.web.people import views

app_name = "people"
urlpatterns = [
    path("avis/", views.notices, name="notices"),
    path("avis/imprimer/", views.print_notices, name="print_notices"),
    path("avis/remis/", views.notices_handed, name="notices_handed"),
    path("<uuid:person_id>/", views.file, name="file"),
    path("<uuid:person_id>/autorisation/", views.authorisation, name="authorisation"),
    path("<uuid:person_id>/opposition/", views.objection, name="objection"),
]
