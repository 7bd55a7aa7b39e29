"""The routes of the `alerts` app: what a learner does once signed in, and what mails link to."""

from django.urls import path

from alerts.delivery import bounces
from alerts.pages import (
    account,
    alerts,
    fairness,
    feeds,
    mail_again,
    mailed_links,
    push,
    search_on,
    searches,
    unsubscribe,
)

urlpatterns = [
    path("searches/", searches.search_list, name="search_list"),
    path("searches/new/", searches.search_new, name="search_new"),
    path("searches/<int:pk>/on/", search_on.search_on, name="search_on"),
    path("searches/<int:pk>/edit/", searches.search_edit, name="search_edit"),
    path("searches/<int:pk>/pause/", searches.search_pause, name="search_pause"),
    path("searches/<int:pk>/resume/", searches.search_resume, name="search_resume"),
    path("searches/<int:pk>/delete/", searches.search_delete, name="search_delete"),
    path("searches/<int:pk>/test/", searches.search_trial, name="search_trial"),
    path("searches/<int:pk>/feed/", feeds.search_feed, name="search_feed"),
    path("searches/<int:pk>/feed/end/", feeds.search_feed_end, name="search_feed_end"),
    path("feeds/<str:secret>.atom", feeds.feed, name="feed"),
    path("alerts/", alerts.alert_list, name="alert_list"),
    path("alerts/<int:pk>/not-for-me/", alerts.alert_narrow, name="alert_narrow"),
    path("alerts/<int:pk>/answer/", alerts.alert_answer, name="alert_answer"),
    path("alerts/<str:token>/", alerts.alert_page, name="alert_page"),
    path("fairness/", fairness.fairness, name="fairness"),
    path("unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("pause/<str:token>/", mailed_links.pause, name="pause"),
    path("not-for-me/<str:token>/", mailed_links.not_for_me, name="not_for_me"),
    path("got-a-test/<str:token>/", unsubscribe.got_a_test, name="got_a_test"),
    path("push/", push.push, name="push"),
    path("push/renew/", push.push_renew, name="push_renew"),
    path("push/<int:pk>/test/", push.push_test, name="push_test"),
    path("push/<int:pk>/end/", push.push_end, name="push_end"),
    path("bounces/", bounces.bounces, name="bounces"),
    path("sw.js", push.service_worker, name="service_worker"),
    path("account/", account.account, name="account"),
    path("account/mail/", mail_again.mail_again, name="mail_again"),
    path("account/mail/code/", mail_again.send_code, name="mail_again_send"),
    path("account/data/", account.download, name="account_data"),
    path("account/erase/", account.erase, name="account_erase"),
]
