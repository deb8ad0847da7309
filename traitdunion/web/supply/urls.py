from django.urls import path

from traitdunion.web.supply import giving, receiving, views

app_name = "supply"
urlpatterns = [
    path("", views.orders, name="orders"),
    path("nouvelle/", views.new_order, name="new"),
    path("don/", giving.new_gift, name="gift"),
    path("<str:number>/", views.order, name="order"),
    path("<str:number>/bordereau/", views.manifest, name="manifest"),
    path("<str:number>/reception/", receiving.receive, name="receive"),
    path("<str:number>/hors-liste/", receiving.settle, name="settle"),
    path("<str:number>/ecarts.pdf", receiving.letter, name="letter"),
    path("<str:number>/certifier/", views.certify, name="certify"),
    path("<str:number>/signer/", views.sign, name="sign"),
    path("<str:number>/annuler/", views.cancel, name="cancel"),
]
