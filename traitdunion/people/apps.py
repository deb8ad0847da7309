from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "traitdunion.people"
    label = "people"
