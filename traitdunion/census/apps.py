from django.apps import AppConfig


class CensusConfig(AppConfig):
    name = "traitdunion.census"
    label = "census"
