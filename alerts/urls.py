"""The routes of the `alerts` app: what a learner does once signed in, and what mails link to."""

from django.urls import path

from alerts import (
    bounces,
    views_account,
    views_alerts,
    views_push,
    views_searches,
    views_unsubscribe,
)

urlpatterns = [
    path("searches/", views_searches.search_list, name="search_list"),
    path("searches/new/", views_searches.search_new, name="search_new"),
    path("searches/<int:pk>/edit/", views_searches.search_edit, name="search_edit"),
    path("searches/<int:pk>/pause/", views_searches.search_pause, name="search_pause"),
    path("searches/<int:pk>/resume/", views_searches.search_resume, name="search_resume"),
    path("searches/<int:pk>/delete/", views_searches.search_delete, name="search_delete"),
    path("searches/<int:pk>/test/", views_searches.search_trial, name="search_trial"),
    path("alerts/", views_alerts.alert_list, name="alert_list"),
    path("alerts/<int:pk>/not-for-me/", views_alerts.alert_narrow, name="alert_narrow"),
    path("alerts/<str:token>/", views_alerts.alert_page, name="alert_page"),
    path("unsubscribe/<str:token>/", views_unsubscribe.unsubscribe, name="unsubscribe"),
    path("got-a-test/<str:token>/", views_unsubscribe.got_a_test, name="got_a_test"),
    path("push/", views_push.push, name="push"),
    path("push/renew/", views_push.push_renew, name="push_renew"),
    path("push/<int:pk>/test/", views_push.push_test, name="push_test"),
    path("push/<int:pk>/end/", views_push.push_end, name="push_end"),
    path("bounces/", bounces.bounces, name="bounces"),
    path("sw.js", views_push.service_worker, name="service_worker"),
    path("account/", views_account.account, name="account"),
    path("account/data/", views_account.download, name="account_data"),
    path("account/erase/", views_account.erase, name="account_erase"),
]
