from django.apps import AppConfig


class EquipmentConfig(AppConfig):
    name = "traitdunion.equipment"
    label = "equipment"
