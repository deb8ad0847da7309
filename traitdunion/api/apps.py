from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "traitdunion.api"
    label = "api"
