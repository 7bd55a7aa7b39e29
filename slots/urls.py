"""The routes of the `slots` app."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
