"""The routes of the `alerts` app: what a learner does once signed in, and what mails link to."""

from django.urls import path

from alerts import views_searches

urlpatterns = [
    path("searches/", views_searches.search_list, name="search_list"),
    path("searches/new/", views_searches.search_new, name="search_new"),
    path("searches/<int:pk>/edit/", views_searches.search_edit, name="search_edit"),
    path("searches/<int:pk>/pause/", views_searches.search_pause, name="search_pause"),
    path("searches/<int:pk>/resume/", views_searches.search_resume, name="search_resume"),
    path("searches/<int:pk>/delete/", views_searches.search_delete, name="search_delete"),
]
