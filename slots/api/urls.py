"""The routes of the API."""

from django.urls import path, re_path

from slots.api.batches import BatchesView, BatchView
from slots.api.docs import DocsView, schema
from slots.api.views import CentersView, NothingView, SlotsView

urlpatterns = [
    path("v1/centers/", CentersView.as_view(), name="api_centers"),
    path("v1/slots/", SlotsView.as_view(), name="api_slots"),
    path("v1/sources/<str:name>/batches/", BatchesView.as_view(), name="api_batches"),
    path("v1/sources/<str:name>/batches/<int:batch_id>/", BatchView.as_view(), name="api_batch"),
    path("schema/", schema, name="api_schema"),
    path("docs/", DocsView.as_view(), name="api_docs"),
    re_path("", NothingView.as_view()),
]
