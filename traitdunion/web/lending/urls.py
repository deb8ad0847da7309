"""Hand-over, loans, returns, incidents, transfers."""

from django.urls import path

from traitdunion.web.lending import agreements, loans, transfers

app_name = "lending"
urlpatterns = [
    path("", agreements.today, name="today"),
    path("preparer/", agreements.prepare, name="prepare"),
    path("dossier.pdf", agreements.pack, name="pack"),
    path("etiquettes.pdf", agreements.labels, name="labels"),
    path("saisie/", agreements.keying, name="keying"),
    path("pret-collectif/", agreements.collective, name="collective"),
    path("conventions/", agreements.agreements, name="agreements"),
    path("conventions/<str:number>/", agreements.agreement, name="agreement"),
    path("conventions/<str:number>/remise/", agreements.hand_over, name="hand_over"),
    path("conventions/<str:number>/signature/", agreements.sign, name="sign"),
    path("conventions/<str:number>/imprimer/", agreements.agreement_pdf, name="agreement_pdf"),
    path("en-cours/", loans.loans, name="loans"),
    path("retour/", loans.give_back, name="give_back"),
    path("remplacement/", loans.replace, name="replace"),
    path("prolonger/<uuid:pk>/", loans.extend, name="extend"),
    path("incidents/", loans.incidents, name="incidents"),
    path("incidents/declarer/", loans.declare, name="declare"),
    path("incidents/<uuid:pk>/clore/", loans.close, name="close"),
    path("transferts/", transfers.transfers, name="transfers"),
    path("transferts/nouveau/", transfers.send, name="send"),
    path("transferts/<str:number>/", transfers.transfer, name="transfer"),
    path("transferts/<str:number>/recevoir/", transfers.receive, name="receive"),
    path("transferts/<str:number>/imprimer/", transfers.delivery_pdf, name="delivery_pdf"),
]
