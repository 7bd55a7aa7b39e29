"""The routes of the `centers` app."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
