"""Networks: agreements, files of their own tools, counts, what comes after each follow-up."""

from django.urls import path

from traitdunion.web.networks import agreements, counts, ends, files

app_name = "networks"
urlpatterns = [
    path("conventions/", agreements.agreements, name="agreements"),
    path("conventions/nouvelle/", agreements.prepare, name="prepare"),
    path("conventions/<str:number>/", agreements.agreement, name="agreement"),
    path("conventions/<str:number>/suite/", agreements.act, name="act"),
    path("declarer/", agreements.declare, name="declare"),
    path("fichiers/", files.files, name="files"),
    path("fichiers/a-corriger/", files.to_mend, name="to_mend"),
    path("rapport/", files.report, name="report"),
    path("suivis/", counts.counts, name="counts"),
    path("suivis/certifier/", counts.certify, name="certify"),
    path("suivis/certificats/<str:number>/", counts.certificate, name="certificate"),
    path("suites/", ends.ends, name="ends"),
    path("suites/toutes/", ends.plan_remaining, name="plan_remaining"),
    path("suites/recues/", ends.received, name="received"),
    path("suites/recues/<uuid:pk>/", ends.answer, name="answer"),
    path("mentors/<uuid:pk>/attestation/", ends.mentor_certificate, name="mentor_certificate"),
]
