from django.urls import path, re_path

from traitdunion.web.decisions import answering, controlling, deciding, letters, paying

app_name = "decisions"
APPLICATION = "demande/<str:number>/"
DECISION = "<uuid:decision_id>/"
LETTER = "lettres/<uuid:letter_id>/"
PAYMENT = "versements/<uuid:payment_id>/"
CHANGE = "comptes/<uuid:change_id>/"
REPORT = "comptes-rendus/<uuid:report_id>/"
CASE = "controles/dossiers/<uuid:case_id>/"
urlpatterns = [
    path("", deciding.decisions, name="decisions"),
    path("a-decider/", deciding.batch, name="batch"),
    path(APPLICATION, deciding.decide, name="decide"),
    path(f"{APPLICATION}apercu.pdf", deciding.preview, name="preview"),
    path(f"{APPLICATION}compte/", paying.bank, name="bank"),
    path(DECISION, deciding.decision, name="decision"),
    path(f"{DECISION}reprendre/", deciding.reopen, name="reopen"),
    path(f"{DECISION}verser/", paying.ask, name="ask_payment"),
    path(f"{DECISION}rendu/", answering.give_back, name="give_back"),
    path(f"{LETTER}lettre.pdf", letters.letter, name="letter"),
    path(f"{LETTER}<uuid:page_id>.jpg", letters.signed_page, name="signed_page"),
    path("pile/", letters.pile, name="pile"),
    path("modeles/", letters.templates, name="templates"),
    path("modeles/<str:kind>/", letters.words, name="words"),
    path("versements/", paying.payments, name="payments"),
    path("fichiers/<uuid:file_id>/", paying.file, name="file"),
    path(f"{PAYMENT}verse/", paying.paid, name="paid"),
    path(f"{PAYMENT}rejete/", paying.returned, name="returned"),
    path(f"{PAYMENT}refaire/", paying.retry, name="retry"),
    path(f"{PAYMENT}annuler/", paying.cancel, name="cancel"),
    path(f"{CHANGE}lever/", paying.release, name="release_change"),
    path(f"{CHANGE}refuser/", paying.refuse_change, name="refuse_change"),
    path("comptes-rendus/", answering.reports, name="reports"),
    path(REPORT, answering.report, name="report"),
    path(f"{REPORT}compte-rendu.pdf", answering.report_pdf, name="report_pdf"),
    path(f"{REPORT}examiner/", answering.look_at, name="look_at"),
    path("controles/", controlling.controls, name="controls"),
    path("controles/<uuid:control_id>/", controlling.control, name="control"),
    path(CASE, controlling.case, name="case"),
    path(f"{CASE}observer/", controlling.observe, name="observe"),
    path(f"{CASE}repondre/", controlling.answer, name="answer"),
    path(f"{CASE}conclure/", controlling.conclude, name="conclude"),
    re_path(
        r"^donnees/(?P<year>20\d\d)/(?P<name>reglementaire|etendu)\.csv$",
        answering.open_data,
        name="open_data",
    ),
]
