from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "traitdunion.documents"
    label = "documents"
