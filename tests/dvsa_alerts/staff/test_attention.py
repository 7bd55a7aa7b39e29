"""What the first page of admin says needs attention."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Breaker
from alerts.models import Delivery, Notification
from alerts.webhooks import add_webhook
from audit import config
from audit.models import SystemConfig
from slots.models import FeedBatch, Source
from tests.alerts.world import make_user
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def source():
    return Source.objects.create(name="harbour", heard_at=timezone.now())


def batch(source, **fields):
    values = {"observed_at": timezone.now(), "digest": "0" * 64, "status": "applied"}
    return FeedBatch.objects.create(source=source, **values | fields)


def concerns(role="admin") -> dict[str, str]:
    """Title and address of each."""
    page = signed_in(make_staff(role)).get("/admin/")
    return {concern.title: concern.url for concern in page.context["concerns"]}


def test_with_nothing_wrong_the_page_says_so(source):
    page = signed_in(make_staff()).get("/admin/")
    assert page.context["concerns"] == []
    assert "All is as it should be" in page.content.decode()


def test_a_held_batch_leads_to_its_page(source):
    held = batch(source, status="held")
    assert concerns() == {
        "A batch waits for your decision": f"/admin/slots/feedbatch/{held.pk}/change/"
    }


def test_a_silent_source_leads_to_its_page(source):
    Source.objects.update(heard_at=timezone.now() - timedelta(hours=2))
    assert concerns() == {"harbour is silent": f"/admin/slots/source/{source.pk}/change/"}


def test_rejected_rows_lead_to_the_newest_batch_that_had_some(source):
    batch(source, rejected=[{"row": 1, "reason": "no such centre"}])
    newest = batch(source, rejected=[{"row": 2, "reason": "no such date"}])
    batch(source)
    assert concerns() == {
        "Rows of harbour were left out": f"/admin/slots/feedbatch/{newest.pk}/change/"
    }


def test_a_provider_that_is_left_alone_is_named(source):
    Breaker.objects.create(provider="smtp", open_until=timezone.now() + timedelta(minutes=1))
    assert "smtp takes no messages" in concerns()


def test_failed_and_late_messages_are_counted(source):
    message = Notification.objects.create(user=make_user(), method="email", due_at=timezone.now())
    Delivery.objects.create(
        notification=message, channel="email", provider="smtp", state="failed",
        next_attempt_at=timezone.now(),
    )  # fmt: skip
    other = Notification.objects.create(user=make_user(), method="email", due_at=timezone.now())
    Delivery.objects.create(
        notification=other, channel="email", provider="smtp",
        next_attempt_at=timezone.now() - timedelta(minutes=5),
    )  # fmt: skip
    assert concerns() == {
        "1 message failed": "/admin/alerts/delivery/?state__exact=failed",
        "1 message late": "/admin/alerts/delivery/?state__exact=pending",
    }


def test_what_a_learners_own_program_refuses_is_not_staffs_to_look_at(source):
    user = make_user()
    webhook, _ = add_webhook(user=user, url="https://example.org/hook")
    message = Notification.objects.create(user=user, method="email", due_at=timezone.now())
    Delivery.objects.create(
        notification=message, channel="webhook", webhook=webhook, provider=webhook.host,
        state="failed", next_attempt_at=timezone.now(),
    )  # fmt: skip
    assert concerns() == {}


def test_a_setting_that_does_not_count_leads_to_settings(source):
    SystemConfig.objects.create(key="alerts.max_searches", value="lots")
    assert concerns() == {"A setting doesn’t count": "/admin/audit/systemconfig/"}


def test_that_nothing_is_sent_is_said(source):
    SystemConfig.objects.create(key="alerts.sending", value="false")
    config.forget_cached()
    assert "Sending is switched off" in concerns()


def test_a_manager_is_told_what_a_manager_can_look_at(source):
    batch(source, status="held")
    SystemConfig.objects.create(key="alerts.max_searches", value="lots")
    assert list(concerns("center_manager")) == ["A batch waits for your decision"]
