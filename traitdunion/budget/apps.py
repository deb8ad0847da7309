from django.apps import AppConfig


class BudgetConfig(AppConfig):
    name = "traitdunion.budget"
    label = "budget"
