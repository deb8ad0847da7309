from django.urls import path

from traitdunion.web.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.recent, name="recent"),
    path("<uuid:work_id>/", views.work, name="work"),
]
