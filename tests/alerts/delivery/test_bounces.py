"""A mail provider reports addresses that bounce; nobody else can."""

import pytest

from accounts.models import MailRefusal, StaffAlarm
from alerts.models import Companion
from tests.people import learner

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(settings):
    settings.BOUNCE_SECRET = "between us"
    return learner()


def report(client, body, secret):
    return client.post(
        "/bounces/", body, content_type="application/json", headers={"Authorization": secret}
    )


def test_a_reported_address_is_refused(client, ada):
    response = report(client, {"address": "ADA@example.org", "reason": "550"}, "Bearer between us")
    assert (response.status_code, MailRefusal.objects.get().user) == (204, ada)


@pytest.mark.parametrize(
    "reason", ["reported as bouncing", "550 5.1.1 unknown", "5.1.1 unknown", "550-5.1.1 unknown"]
)
def test_an_address_that_is_at_fault_or_reported_without_a_code_is_refused(client, ada, reason):
    report(client, {"address": ada.email, "reason": reason}, "Bearer between us")
    assert MailRefusal.objects.get().reason == reason


@pytest.mark.parametrize(
    "reason",
    [
        "550 5.7.1 blocked",
        "5.4.4 no route",
        "552 5.2.2 full",
        "4.2.2 full",
        "451 later",
        "552 full",
    ],
)
def test_a_bounce_that_is_not_the_addresss_fault_condemns_nobody(client, ada, reason):
    response = report(client, {"address": ada.email, "reason": reason}, "Bearer between us")
    assert (response.status_code, MailRefusal.objects.exists()) == (204, False)
    ours = "5.7" in reason or "5.4" in reason
    assert StaffAlarm.objects.filter(sentence__contains=reason).exists() == ours


@pytest.mark.parametrize("secret", ["", "Bearer ", "Bearer wrong"])
def test_without_the_secret_nothing_is_reported(client, ada, secret):
    assert report(client, {"address": ada.email}, secret).status_code == 401
    assert not MailRefusal.objects.exists()


def test_without_a_secret_set_nobody_reports(client, ada, settings):
    settings.BOUNCE_SECRET = ""
    assert report(client, {"address": ada.email}, "Bearer ").status_code == 401


def test_the_answer_does_not_tell_whether_an_address_is_known(client, ada):
    assert report(client, {"address": "eve@example.org"}, "Bearer between us").status_code == 204


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"address": 1}', "NaN", "\x00"])
def test_a_body_of_another_shape_is_refused(client, ada, body):
    assert report(client, body, "Bearer between us").status_code == 400


def test_a_companions_address_that_bounces_gets_no_more_mail(client, ada):
    companion = Companion.objects.create(
        user=ada, place=1, email="mum@example.org", learner_name="Ada"
    )
    report(client, {"address": "Mum@example.org", "reason": "550 5.1.1"}, "Bearer between us")
    companion.refresh_from_db()
    assert companion.end_reason == "refused"
    assert not MailRefusal.objects.exists()
