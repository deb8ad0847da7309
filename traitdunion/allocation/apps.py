from django.apps import AppConfig


class AllocationConfig(AppConfig):
    name = "traitdunion.allocation"
    label = "allocation"
