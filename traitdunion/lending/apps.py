from django.apps import AppConfig


class LendingConfig(AppConfig):
    name = "traitdunion.lending"
    label = "lending"
