"""The census: board, lists, needs, doubts, closing."""

from django.urls import path

from traitdunion.web.census import doubts, lists, views

app_name = "census"
urlpatterns = [
    path("", views.board, name="board"),
    path("sollicitations/", views.ask, name="ask"),
    path("sans-besoin/", views.no_need, name="no_need"),
    path("quartiers/<uuid:neighbourhood_id>/plafond/", views.ceiling, name="ceiling"),
    path("importer/", lists.upload, name="import"),
    path("importer/<uuid:list_id>/", lists.preview, name="preview"),
    path("importer/<uuid:list_id>/enregistrer/", lists.confirm, name="confirm"),
    path("importer/<uuid:list_id>/rejets/", lists.rejected, name="rejected"),
    path("besoins/", views.needs, name="needs"),
    path("besoins/nouveau/", views.record, name="record"),
    path("besoins/<uuid:need_id>/", views.need, name="need"),
    path("besoins/<uuid:need_id>/retirer/", views.withdraw, name="withdraw"),
    path("besoins/<uuid:need_id>/adresse/", doubts.settle_address, name="settle_address"),
    path("adresses/", doubts.addresses, name="addresses"),
    path("doublons/", doubts.duplicates, name="duplicates"),
    path("doublons/<uuid:duplicate_id>/", doubts.settle_duplicate, name="settle_duplicate"),
    path("ouvrir/", views.open_next, name="open"),
    path("cloture/", views.closing, name="closing"),
    path("cloture/clore/", views.close, name="close"),
    path("cloture/graine/", views.publish_seed, name="publish_seed"),
]
