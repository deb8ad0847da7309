from django.apps import AppConfig


class GatewaysConfig(AppConfig):
    name = "traitdunion.gateways"
    label = "gateways"
