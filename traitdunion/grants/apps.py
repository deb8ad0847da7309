from django.apps import AppConfig


class GrantsConfig(AppConfig):
    name = "traitdunion.grants"
    label = "grants"
