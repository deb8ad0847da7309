from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "traitdunion.jobs"
    label = "jobs"
