"""Links are signed by Django's own signing, so that those in old messages go on working."""

import pytest
from django.core import signing

from alerts.messages import links


def token(url: str) -> str:
    """The signed part of a link, which is the last of its path."""
    return url.rstrip("/").rpartition("/")[2]


def test_links_that_never_expire_are_what_django_signs():
    unsubscribe = links.unsubscribe_url(user_id=5, search_ids=[9, 7])
    got_a_test = links.got_a_test_url(user_id=5)
    signer = signing.Signer(salt="alerts.unsubscribe")
    assert token(unsubscribe) == signer.sign_object([5, [7, 9]])
    assert token(got_a_test) == signing.Signer(salt="alerts.got-a-test").sign_object(5)


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
