from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "traitdunion.journal"
    label = "journal"
