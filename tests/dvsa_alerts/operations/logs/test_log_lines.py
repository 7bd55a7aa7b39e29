"""Log lines: one JSON object each, with the request's id, and nothing personal in them."""

import io
import json
import logging

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from dvsa_alerts.operations.logs import log_lines
from dvsa_alerts.operations.logs.request_log import HEADER

EMAIL = "ada.learner@example.org"
POSTCODE = "IG3 9UZ"
TOKEN = "src_kJ3dQ0Zx7yN1w8bT5vR2mL9pS4cA6hE0gF3iU7oY1qk"


@pytest.fixture
def lines():
    """What has been logged so far, each line read as JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(log_lines.JsonFormatter())
    handler.addFilter(log_lines.without_refusals)
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


def of(lines, logger: str) -> list[dict]:
    return [line for line in lines() if line["logger"] == logger]


@pytest.mark.django_db
class TestRequests:
    def test_a_request_is_one_line_with_its_route_and_none_of_what_was_searched(
        self, lines, client
    ):
        client.get("/slots/", {"postcode": POSTCODE, "near": "51.562345,0.071234"})
        (line,) = of(lines, "requests")
        assert (line["method"], line["route"], line["status"]) == ("GET", "slots/", 200)
        assert "IG3" not in json.dumps(lines())
        assert "51.56" not in json.dumps(lines())

    def test_a_signed_link_is_logged_by_its_route(self, lines, client):
        client.get(f"/unsubscribe/{TOKEN}/")
        assert of(lines, "requests")[0]["route"] == "unsubscribe/<str:token>/"
        assert "kJ3dQ0" not in json.dumps(lines())

    def test_probes_are_not_logged(self, lines, client):
        client.get("/healthz")
        assert of(lines, "requests") == []

    def test_a_failure_is_logged_with_its_traceback_and_the_requests_id(self, lines, monkeypatch):
        def fail(*args, **kwargs):
            raise RuntimeError(f"no way to {EMAIL} at {POSTCODE} with {TOKEN}")

        monkeypatch.setattr("dvsa_alerts.pages.render", fail)
        response = Client(raise_request_exception=False).get("/privacy/")
        (error,) = of(lines, "django.request")
        assert response.status_code == 500
        assert error["request_id"] == response.headers[HEADER]
        assert "in privacy" in error["error"]
        assert "RuntimeError: no way to [email] at [postcode] with [secret]" in error["error"]


@pytest.mark.django_db
class TestFailures:
    def test_a_row_that_the_database_refuses_is_quoted_without_what_is_personal(self, lines):
        User.objects.create(email=EMAIL, password="x")
        try:
            with transaction.atomic():
                User.objects.create(email=EMAIL, password="x")
        except IntegrityError:
            logging.getLogger("accounts").exception("%s was not saved", EMAIL)
        (line,) = of(lines, "accounts")
        assert line["level"] == "error"
        assert "UniqueViolation" in line["error"]
        assert "ada" not in json.dumps(line)


class TestRequestIds:
    @pytest.fixture(autouse=True)
    def _proxy(self, settings):
        from ipaddress import ip_network

        settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]

    def test_our_proxys_id_is_taken(self, client):
        given = {"X-Request-ID": "0123456789abcdef"}
        answer = client.get("/healthz", headers=given, REMOTE_ADDR="10.0.0.1")
        assert answer.headers[HEADER] == "0123456789abcdef"

    @pytest.mark.parametrize(
        ("remote", "given"),
        [("198.51.100.4", "0123456789abcdef"), ("10.0.0.1", EMAIL), ("10.0.0.1", "x" * 65)],
    )
    def test_a_strangers_id_or_what_is_none_is_not(self, client, remote, given):
        answer = client.get("/healthz", headers={"X-Request-ID": given}, REMOTE_ADDR=remote)
        assert len(answer.headers[HEADER]) == 32
        assert answer.headers[HEADER] != given


def test_lines_for_people_are_redacted_too(capsys):
    record = logging.LogRecord("accounts", logging.INFO, "", 0, "to %s", (EMAIL,), None)
    assert log_lines.RedactedFormatter().format(record).endswith("INFO accounts to [email]")
