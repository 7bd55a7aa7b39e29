"""/readyz and /metrics answer those inside, and say what is the case."""

from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.db import connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts.mail.outbox import queue_mail
from accounts.models import Breaker, OutboxMail
from alerts.models import Delivery, Notification
from audit import config
from audit.models import SystemConfig
from audit.trail import record
from dvsa_alerts.operations.monitoring.heartbeats import note
from slots.models import Source
from tests.brokers import NOWHERE, broker_at
from tests.people import learner

INSIDE = {"REMOTE_ADDR": "192.0.2.10"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _inside(settings):
    settings.TRUSTED_NETWORKS = [ip_network("192.0.2.0/24")]
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.1/32")]


class TestWhoMayLook:
    @pytest.mark.parametrize("path", ["/readyz", "/metrics"])
    @pytest.mark.parametrize(
        ("remote", "forwarded", "status"),
        [
            ("192.0.2.10", "", 200),
            ("198.51.100.4", "", 403),
            ("10.0.0.1", "192.0.2.10", 200),
            ("10.0.0.1", "198.51.100.4", 403),
            # Only what our own proxy adds counts: the left part is the client's invention.
            ("10.0.0.1", "192.0.2.10, 198.51.100.4", 403),
            ("198.51.100.4", "192.0.2.10", 403),
        ],
    )
    def test_only_a_client_of_the_trusted_networks_may(
        self, client, path, remote, forwarded, status
    ):
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        assert client.get(path, REMOTE_ADDR=remote, headers=headers).status_code == status

    def test_a_stranger_is_told_nothing_but_that(self, client):
        answer = client.get("/metrics", REMOTE_ADDR="198.51.100.4").content.decode()
        assert answer == "This address is not among TRUSTED_NETWORKS.\n"


class TestReadyz:
    def test_it_says_each_part_in_a_line(self, client):
        lines = client.get("/readyz", **INSIDE).content.decode().splitlines()
        assert [line.partition(":")[0] for line in lines] == ["database", "migrations", "cache"]

    def test_a_migration_that_is_missing_makes_it_503(self, client):
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM django_migrations"
                " WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'slots')"
            )
        answer = client.get("/readyz", **INSIDE)
        assert answer.status_code == 503
        assert "to be applied: slots." in answer.content.decode()

    def test_a_database_that_is_away_makes_it_503(self, client, settings):
        connection.close()
        before = connection.settings_dict["HOST"]
        connection.settings_dict["HOST"] = "/nowhere"
        try:
            answer = client.get("/readyz", **INSIDE)
        finally:
            connection.settings_dict["HOST"] = before
        assert answer.status_code == 503
        assert answer.content.decode().startswith("database: ")


class TestMetrics:
    @pytest.fixture
    def read(self, client):
        """Samples by name and labels, after whatever the test did."""

        def read() -> dict:
            text = client.get("/metrics", **INSIDE).content.decode()
            families = text_string_to_metric_families(text)
            samples = [sample for family in families for sample in family.samples]
            return {(s.name, *sorted(s.labels.values())): s.value for s in samples}

        return read

    def test_requests_are_counted_by_route_and_status(self, client, read):
        before = read().get(("dvsa_http_requests_total", "404", "none"), 0)
        client.get("/nothing-here/")
        assert read()["dvsa_http_requests_total", "404", "none"] == before + 1

    def test_deliveries_are_counted_by_channel_and_state_and_the_oldest_is_timed(self, read):
        user = learner("ada@example.org")
        notification = Notification.objects.create(
            user=user, method="email", due_at="2026-01-01T00:00Z"
        )
        Delivery.objects.create(
            notification=notification, channel="email", provider="smtp",
            next_attempt_at="2026-01-01T00:00Z", in_doubt=2,
        )  # fmt: skip
        found = read()
        assert found["dvsa_deliveries", "email", "pending"] == 1
        assert found["dvsa_deliveries", "pending", "push"] == 0
        assert found["dvsa_delivery_overdue_seconds", "email"] > 3600
        assert found["dvsa_delivery_overdue_seconds", "push"] == 0
        assert found["dvsa_deliveries_in_doubt",] == 2

    def test_mails_are_counted_by_state_and_the_oldest_that_waits_is_timed(self, read):
        queue_mail(
            to="ada@example.org", kind="login_code", subject="", text="", html="",
            good_for=timedelta(days=1),
        )  # fmt: skip
        OutboxMail.objects.update(created_at=timezone.now() - timedelta(hours=1))
        found = read()
        assert (found["dvsa_mails", "pending"], found["dvsa_mails", "failed"]) == (1, 0)
        assert found["dvsa_mail_waiting_seconds",] >= 3600

    def test_a_silent_source_is_stale(self, read):
        added = timezone.now() - timedelta(hours=2)
        Source.objects.create(name="feed", created_at=added)
        assert read()["dvsa_source_stale", "feed"] == 1

    def test_sending_that_is_switched_off_shows(self, read):
        assert read()["dvsa_sending",] == 1
        SystemConfig.objects.create(key="alerts.sending", value="false")
        config.forget_cached()
        assert read()["dvsa_sending",] == 0

    def test_a_stored_setting_that_does_not_fit_shows(self, read):
        assert read()["dvsa_part_healthy", "settings"] == 1
        SystemConfig.objects.create(key="alerts.wave_first", value="many")
        config.forget_cached()
        assert read()["dvsa_part_healthy", "settings"] == 0

    def test_a_migration_that_is_missing_shows(self, read):
        assert read()["dvsa_part_healthy", "migrations"] == 1
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'slots'")
        assert read()["dvsa_part_healthy", "migrations"] == 0

    def test_the_room_on_this_hosts_disks_shows(self, read):
        assert 0 < read()["dvsa_disk_free_ratio", "program"] <= 1

    def test_a_failing_provider_is_named(self, read):
        Breaker.objects.create(provider="smtp", failures=4, open_until="2999-01-01T00:00Z")
        found = read()
        assert found["dvsa_provider_failures", "smtp"] == 4
        assert found["dvsa_provider_left_alone", "smtp"] == 1

    def test_queues_and_their_workers_are_watched(self, read):
        note("email")
        found = read()
        assert found["dvsa_redis_up",] == 1
        assert found["dvsa_queue_length", "email"] >= 0
        assert 0 <= found["dvsa_queue_silent_seconds", "email"] < 60

    def test_without_redis_the_rest_is_still_answered(self, read):
        with broker_at(NOWHERE):
            found = read()
        assert found["dvsa_redis_up",] == 0
        assert ("dvsa_slots_open",) in found

    def test_sealing_that_is_late_shows(self, read):
        record("tested", actor=None, subject=None)
        assert ("dvsa_audit_unsealed_seconds",) in read()
