from django.urls import path

from traitdunion.web.equipment import views

app_name = "equipment"
urlpatterns = [
    path("", views.devices, name="devices"),
    path("<str:serial>/", views.device, name="device"),
]
