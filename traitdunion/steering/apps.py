from django.apps import AppConfig


class SteeringConfig(AppConfig):
    name = "traitdunion.steering"
    label = "steering"
