from django.urls import path

from traitdunion.web.allocation import publishing, reviewing, views

app_name = "allocation"
urlpatterns = [
    path("", views.waves, name="waves"),
    path("proposer/", views.propose, name="propose"),
    path("publiees/", publishing.published, name="published"),
    path("publiees/<uuid:wave_id>/besoins.csv", publishing.published_rows, name="published_rows"),
    path("publiees/<uuid:wave_id>/regle.toml", publishing.published_rules, name="published_rules"),
    path("demandes/", reviewing.reviews, name="reviews"),
    path("demandes/<uuid:review_id>/", reviewing.answer, name="answer_review"),
    path("places-perdues/", views.resting, name="resting"),
    path("vagues/<uuid:wave_id>/", views.wave, name="wave"),
    path("vagues/<uuid:wave_id>/note/", publishing.note, name="note"),
    path("vagues/<uuid:wave_id>/confirmer/", views.confirm, name="confirm"),
    path("vagues/<uuid:wave_id>/abandonner/", views.cancel, name="cancel"),
    path("vagues/<uuid:wave_id>/refaire/", views.redo, name="redo"),
    path("vagues/<uuid:wave_id>/reserve/", views.release, name="release"),
    path("vagues/<uuid:wave_id>/besoins.csv", publishing.rows, name="rows"),
    path("vagues/<uuid:wave_id>/regle.toml", publishing.rules, name="rules"),
    path("besoins/<uuid:need_id>/", views.why, name="why"),
    path("besoins/<uuid:need_id>/confirmer/", views.reconfirm, name="reconfirm"),
    path("besoins/<uuid:need_id>/hors-tour/", views.out_of_turn, name="out_of_turn"),
    path("besoins/<uuid:need_id>/demande/", reviewing.ask, name="ask_review"),
]
