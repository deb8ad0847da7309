from django.urls import path

from traitdunion.web.programme import views

app_name = "programme"
urlpatterns = [
    path("", views.show, name="show"),
    path("regle/", views.rule, name="rule"),
]
