"""Links are signed by Django's own signing, so that those in old messages go on working."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.utils import timezone

from alerts.messages import links


def token(url: str) -> str:
    """The signed part of a link, which is the last of its path."""
    return url.rstrip("/").rpartition("/")[2]


def test_links_that_stop_alerts_are_what_django_signs():
    unsubscribe = links.unsubscribe_url(user_id=5, search_ids=[9, 7])
    got_a_test = links.got_a_test_url(user_id=5)
    assert signing.loads(token(unsubscribe), salt="alerts.unsubscribe") == [5, [7, 9]]
    assert signing.loads(token(got_a_test), salt="alerts.got-a-test") == 5


def pause_url() -> str:
    return links.pause_url(user_id=5, search_ids=[7])


def unsubscribe_url() -> str:
    return links.unsubscribe_url(user_id=5, search_ids=[7])


@pytest.mark.parametrize(
    ("make", "read", "lasts"),
    [
        (lambda: links.alert_page_url(5), links.read_alert_page, links.ALERT_PAGE_LASTS),
        (lambda: links.got_a_test_url(user_id=5), links.read_got_a_test, links.STOPPING_LASTS),
        (lambda: links.not_for_me_url(5), links.read_not_for_me, links.ALERT_PAGE_LASTS),
        (lambda: links.companion_url(5), links.read_companion, links.STOPPING_LASTS),
        (pause_url, links.read_pause, links.STOPPING_LASTS),
        (unsubscribe_url, links.read_unsubscribe, links.STOPPING_LASTS),
    ],
)
def test_each_link_ends(make, read, lasts):
    link = token(make())
    with time_machine.travel(timezone.now() + lasts - timedelta(hours=1)):
        read(link)
    late = time_machine.travel(timezone.now() + lasts + timedelta(hours=1))
    with late, pytest.raises(links.ExpiredLink):
        read(link)


def test_an_alert_page_is_opened_by_what_django_dumps():
    assert signing.loads(token(links.alert_page_url(5)), salt="alerts.alert-page") == 5
    assert links.read_alert_page(signing.dumps(5, salt="alerts.alert-page")) == 5


def test_a_link_for_one_matter_is_no_good_for_another():
    with pytest.raises(links.BadLink):
        links.read_unsubscribe(token(links.got_a_test_url(user_id=5)))


def test_a_new_key_signs_at_once_and_an_old_one_ends_unless_it_is_kept(settings):
    old, old_key = token(links.got_a_test_url(user_id=5)), settings.SECRET_KEY
    settings.SECRET_KEY = "x" * 50
    assert links.read_got_a_test(token(links.got_a_test_url(user_id=5))) == 5
    with pytest.raises(links.BadLink):
        links.read_got_a_test(old)
    settings.SECRET_KEY_FALLBACKS = [old_key]
    assert links.read_got_a_test(old) == 5
