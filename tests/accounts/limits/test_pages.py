"""Every route that anyone may ask for is limited, and who was turned away is recorded."""

import json
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from accounts.models import TryWindow
from audit import config
from audit.models import AuditLog, SystemConfig
from tests.people import learner

pytestmark = pytest.mark.django_db
STRANGER = "192.0.2.9"
LIMITS = (
    "accounts.pages_per_minute", "slots.searches_per_minute", "slots.api_reads_per_minute",
    "slots.api_posts_per_minute", "alerts.previews_per_minute",
)  # fmt: skip
FILLED = {
    "<int:pk>": "1", "<int:center_id>": "1", "<int:batch_id>": "1", "<str:token>": "x",
    "<str:name>": "x", "<path:object_id>": "1", "<path:url>": "x/", "<int:content_type_id>": "1",
    "<str:key>": "x", "<slug:url>": "x/",
}  # fmt: skip


@pytest.fixture
def one_each():
    """Every network may ask for one page of each kind."""
    for name in LIMITS:
        SystemConfig.objects.create(key=name, value="1")
    config.forget_cached()


def paths(patterns=None, prefix="/"):
    """An address of each route, regular expressions aside."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        whole = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            for variable, value in FILLED.items():
                whole = whole.replace(variable, value)
            if not set(whole) & set("^$<>()?"):
                yield whole
        else:
            yield from paths(pattern.url_patterns, whole)


def test_a_second_request_for_any_route_is_too_many(one_each):
    client, missing, seen = Client(REMOTE_ADDR=STRANGER, raise_request_exception=False), [], 0
    for path in set(paths()) - {"/healthz"}:
        answers = [client.get(path).status_code for _ in range(2)]
        seen += 1
        if answers[1] != 429:
            missing.append((path, answers))
    assert seen > 80
    assert missing == []


def test_the_routes_that_are_walked_are_those_of_every_app():
    walked = set(paths())
    assert {"/", "/centers/1/", "/api/schema/", "/api/docs/", "/searches/new/", "/healthz",
            "/accounts/login/", "/admin/login/", "/unsubscribe/x/"} <= walked  # fmt: skip


def test_who_may_look_inside_is_not_counted(one_each, settings):
    settings.TRUSTED_NETWORKS = [ip_network("192.0.2.0/24")]
    monitor = Client(REMOTE_ADDR=STRANGER)
    assert [monitor.get("/readyz").status_code for _ in range(3)] == [200] * 3


def test_whether_the_process_answers_is_said_without_the_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client(REMOTE_ADDR=STRANGER).get("/healthz").status_code == 200


def test_who_is_signed_in_is_not_counted_but_for_searches(one_each):
    client = Client(REMOTE_ADDR=STRANGER)
    client.force_login(learner())
    assert [client.get("/searches/").status_code for _ in range(3)] == [200] * 3
    answers = [client.get("/slots/?postcode=IG3+9UZ").status_code for _ in range(2)]
    assert answers == [200, 429]


def test_a_page_costs_one_statement_more_than_without(settings):
    client = Client(REMOTE_ADDR=STRANGER)
    client.get("/privacy/")
    with CaptureQueriesContext(connection) as counted:
        client.get("/privacy/")
    settings.TRUSTED_NETWORKS = [ip_network("192.0.2.0/24")]
    with CaptureQueriesContext(connection) as uncounted:
        client.get("/privacy/")
    assert len(counted) - len(uncounted) == 1


class TestRecording:
    def said(self, action):
        entries = AuditLog.objects.filter(action=action)
        return [json.loads(text) for text in entries.values_list("details", flat=True)]

    def test_the_first_of_many_is_recorded(self, one_each):
        client = Client(REMOTE_ADDR=STRANGER)
        for _ in range(5):
            client.get("/privacy/")
        assert self.said("request.limited") == [{"route": "privacy/", "status": 429}]

    def test_an_hour_later_it_is_recorded_again(self, one_each):
        client = Client(REMOTE_ADDR=STRANGER)
        for _ in range(3):
            client.get("/privacy/")
        TryWindow.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
        client.get("/privacy/")
        assert len(self.said("request.limited")) == 2

    def test_a_refused_access_is_recorded_with_who_it_was(self):
        ada, client = learner(), Client()
        client.force_login(ada)
        for _ in range(3):
            assert client.get("/admin/login/").status_code == 403
        entry = AuditLog.objects.get(action="request.refused")
        assert (entry.user_id, entry.subject_id) == (ada.pk, str(ada.pk))

    def test_a_token_that_is_none_is_recorded_without_it(self):
        for _ in range(3):
            Client().post("/api/v1/sources/x/batches/", headers={"Authorization": "Bearer secret"})
        (said,) = self.said("request.refused")
        assert said == {"route": "api/v1/sources/<str:name>/batches/", "status": 401}
