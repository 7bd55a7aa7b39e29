"""A learner adds webhooks, tries them and removes them; nobody else sees them."""

import json

import pytest
from django.core.management import call_command
from django.urls import reverse

from alerts.export import export
from alerts.models import Webhook
from alerts.webhooks import CannotAdd, add_webhook, note_failure
from audit.models import AuditLog, SystemConfig
from tests.people import learner
from tests.push_endpoint import answer
from tests.webhook_endpoint import make_webhook, read_message

pytestmark = pytest.mark.django_db
PAGE = "/webhooks/"
URL = "https://hooks.example.org/slots?key=7"


@pytest.fixture
def ada():
    return learner("ada@example.org")


@pytest.fixture
def page(client, ada):
    client.force_login(ada)
    return client


def text(response) -> str:
    return response.content.decode()


def test_there_is_none_at_first(page):
    assert "None yet" in text(page.get(PAGE))


def test_the_secret_of_one_that_is_added_is_shown_once(page, ada):
    shown = text(page.post(PAGE, {"url": URL}))
    webhook = Webhook.objects.get()
    secret = webhook.read_secret()
    assert (webhook.user, webhook.url, webhook.host) == (ada, URL, "hooks.example.org")
    assert secret in shown.replace("&#x2B;", "+")
    assert secret not in webhook.secret
    again = text(page.get(PAGE))
    assert "hooks.example.org" in again
    assert "whsec_" not in again


@pytest.mark.parametrize(
    ("url", "way_out"),
    [
        ("", "Enter the address"),
        ("http://example.org/", "begins with https://"),
        ("https://example.org:8443/", "without a port"),
        ("https://" + "a" * 1200, "1000"),
    ],
)
def test_a_wrong_address_is_named_and_kept(page, url, way_out):
    shown = page.post(PAGE, {"url": url})
    assert way_out in text(shown)
    assert shown.context["form"]["url"].value() == url
    assert not Webhook.objects.exists()


def test_the_same_address_is_there_once(page):
    page.post(PAGE, {"url": URL})
    assert "added this address already" in text(page.post(PAGE, {"url": URL}))
    assert Webhook.objects.count() == 1


def test_three_are_the_most(page, ada):
    for number in range(Webhook.MOST):
        page.post(PAGE, {"url": f"{URL}{number}"})
    assert "remove one first" in text(page.get(PAGE))
    with pytest.raises(CannotAdd, match="Remove one first"):
        add_webhook(user=ada, url=URL)


def test_one_network_adds_so_many_a_day(page):
    SystemConfig.objects.create(key="alerts.webhooks_per_day", value="1")
    page.post(PAGE, {"url": f"{URL}1"})
    assert "Try again tomorrow" in text(page.post(PAGE, {"url": f"{URL}2"}))
    assert Webhook.objects.count() == 1


def test_removing_asks_first(page):
    page.post(PAGE, {"url": URL})
    path = reverse("webhook_end", args=[Webhook.objects.get().pk])
    assert "Remove this webhook?" in text(page.get(path))
    assert Webhook.objects.get().is_live
    assert "gets no more" in text(page.post(path, follow=True))
    webhook = Webhook.objects.get()
    assert (webhook.end_reason, webhook.secret) == ("removed", "")
    assert page.get(path).status_code == 404


def test_what_was_added_and_removed_is_in_the_log_without_the_address(page, ada):
    page.post(PAGE, {"url": URL})
    page.post(reverse("webhook_end", args=[Webhook.objects.get().pk]))
    entries = AuditLog.objects.filter(action__startswith="webhook.").order_by("id")
    assert [each.action for each in entries] == ["webhook.added", "webhook.ended"]
    assert all("hooks.example.org" not in (each.details or "") for each in entries)


def test_a_test_message_arrives_signed(page, ada, push_service):
    webhook, secret = make_webhook(ada, push_service)
    shown = text(page.post(reverse("webhook_test", args=[webhook.pk]), follow=True))
    assert "has taken the test message" in shown
    assert read_message(push_service.requests[0], secret)["type"] == "test"


def test_a_test_message_that_is_not_taken_says_what_to_check(page, ada, push_service):
    webhook, _ = make_webhook(ada, push_service)
    push_service.usual = answer(500)
    shown = text(page.post(reverse("webhook_test", args=[webhook.pk]), follow=True))
    assert "answered 500" in shown
    assert "Check that the address is right" in shown


def test_there_are_so_many_test_messages_an_hour(page, ada, push_service):
    webhook, _ = make_webhook(ada, push_service)
    SystemConfig.objects.create(key="alerts.test_alerts_per_hour", value="1")
    path = reverse("webhook_test", args=[webhook.pk])
    page.post(path)
    assert "Try again in an hour" in text(page.post(path, follow=True))
    assert len(push_service.requests) == 1


def test_one_that_ended_by_itself_is_told_until_it_is_there_again(page, ada):
    webhook, _ = add_webhook(user=ada, url=URL)
    note_failure(webhook.pk, is_gone=True)
    assert "it answered that it is gone (410)" in text(page.get(PAGE))
    add_webhook(user=ada, url=URL)
    assert "it is gone" not in text(page.get(PAGE))


def test_where_webhooks_are_off_there_is_no_page_and_no_way_to_it(page, ada, settings):
    webhook, _ = add_webhook(user=ada, url=URL)
    assert PAGE in text(page.get("/account/"))
    settings.WEBHOOKS = False
    assert PAGE not in text(page.get("/account/"))
    assert page.get(PAGE).status_code == 404
    assert page.post(reverse("webhook_test", args=[webhook.pk])).status_code == 404
    assert page.post(reverse("webhook_end", args=[webhook.pk])).status_code == 404


def test_the_learners_copy_has_the_address_and_not_the_secret(ada):
    _, secret = add_webhook(user=ada, url=URL)
    copy = json.dumps(export(ada)["webhooks"], default=str)
    assert URL in copy
    assert secret not in copy
    assert Webhook.objects.get().secret not in copy


def test_after_a_change_of_the_key_the_secret_is_the_same(ada, settings):
    webhook, secret = add_webhook(user=ada, url=URL)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "x" * 50
    settings.SECRET_KEY_FALLBACKS = [old]
    call_command("reencrypt")
    settings.SECRET_KEY_FALLBACKS = []
    webhook.refresh_from_db()
    assert webhook.read_secret() == secret
