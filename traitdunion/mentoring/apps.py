from django.apps import AppConfig


class MentoringConfig(AppConfig):
    name = "traitdunion.mentoring"
    label = "mentoring"
