from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    name = "traitdunion.territories"
    label = "territories"
