from django.apps import AppConfig


class SupplyConfig(AppConfig):
    name = "traitdunion.supply"
    label = "supply"
