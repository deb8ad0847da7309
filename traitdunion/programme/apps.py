from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "traitdunion.programme"
    label = "programme"
