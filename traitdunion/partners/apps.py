from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "traitdunion.partners"
    label = "partners"
