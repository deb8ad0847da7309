"""The pages that belong to no area, and the areas."""

from django.urls import path

urlpatterns = []
