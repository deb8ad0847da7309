from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "traitdunion.web"
    label = "web"
