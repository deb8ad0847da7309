from django.urls import path

from traitdunion.web.allocation import publishing, reviewing, views

app_name = "allocation"
urlpatterns = [
    path("", views.waves, name="waves"),
    path("proposer/", views.propose, name="propose"),
    path("publiees/", publishing.published, name="published"),
    path("demandes/", reviewing.reviews, name="reviews"),
    path("demandes/<uuid:review_id>/", reviewing.answer, name="answer_review"),
    path("vagues/<uuid:wave_id>/", views.wave, name="wave"),
    path("vagues/<uuid:wave_id>/note/", publishing.note, name="note"),
    path("vagues/<uuid:wave_id>/confirmer/", views.confirm, name="confirm"),
    path("vagues/<uuid:wave_id>/abandonner/", views.cancel, name="cancel"),
    path("besoins/<uuid:need_id>/", views.why, name="why"),
    path("besoins/<uuid:need_id>/hors-tour/", views.out_of_turn, name="out_of_turn"),
    path("besoins/<uuid:need_id>/demande/", reviewing.ask, name="ask_review"),
]
