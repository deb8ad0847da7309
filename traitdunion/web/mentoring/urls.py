from django.urls import path

from traitdunion.web.mentoring import families, matching, mentors, pairs, sessions, young

app_name = "mentoring"
urlpatterns = [
    path("", pairs.desk, name="desk"),
    path("jeunes/", young.young, name="young"),
    path("jeunes/signaler/", young.refer, name="refer"),
    path("jeunes/<uuid:pk>/", young.young_person, name="young_person"),
    path("jeunes/<uuid:pk>/contact/verifier/", young.verify_contact, name="verify_contact"),
    path("jeunes/<uuid:pk>/contact/corriger/", young.correct_contact, name="correct_contact"),
    path("jeunes/<uuid:pk>/question/", young.ask_guardian, name="ask_guardian"),
    path("jeunes/<uuid:pk>/reponse/", young.note_answer, name="note_answer"),
    path("demandes/<uuid:pk>/", young.answer_referral, name="answer_referral"),
    path("famille/", families.paper, name="paper"),
    path("famille/<str:secret>/", families.answer, name="answer"),
    path("mentors/", mentors.mentors, name="mentors"),
    path("mentors/nouveau/", mentors.new_mentor, name="new_mentor"),
    path("mentors/controles/", mentors.checks, name="checks"),
    path("mentors/<uuid:pk>/", mentors.mentor, name="mentor"),
    path("mentors/<uuid:pk>/etape/", mentors.mentor_act, name="mentor_act"),
    path("mise-en-relation/", matching.matching, name="matching"),
    path("mise-en-relation/proposer/", matching.propose, name="propose"),
    path("mise-en-relation/confirmer/", matching.confirm, name="confirm"),
    path("mise-en-relation/refuser/", matching.refuse, name="refuse"),
    path("binomes/", pairs.pairs, name="pairs"),
    path("binomes/<uuid:pk>/", pairs.pair, name="pair"),
    path("binomes/<uuid:pk>/note/", pairs.write_note, name="write_note"),
    path("binomes/<uuid:pk>/fin/", pairs.end_pair, name="end_pair"),
    path("binomes/<uuid:pk>/releve/", pairs.replace_mentor, name="replace_mentor"),
    path("binomes/<uuid:pk>/alerte/", sessions.raise_alert, name="raise_alert"),
    path("seances/", sessions.log, name="log"),
    path("alertes/", pairs.alerts, name="alerts"),
    path("alertes/<uuid:pk>/", pairs.alert_act, name="alert_act"),
    path("absences/", pairs.absences, name="absences"),
]
