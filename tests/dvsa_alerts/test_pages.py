"""Pages about the service, and what browsers and probes ask for."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client, RequestFactory
from django.views.defaults import server_error

PAGES = [
    "/", "/centers/", "/rules/", "/fairness/", "/privacy/", "/contact/", "/accessibility/",
    "/nothing-here/",
]  # fmt: skip


@pytest.mark.django_db
class TestEveryPage:
    @pytest.mark.parametrize("path", PAGES)
    def test_it_has_no_inline_script_or_style_and_a_strict_policy(self, client, path):
        response = client.get(path)
        text = response.content.decode()
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert " style=" not in text
        assert "<style" not in text
        assert re.search(r"<script(?![^>]* src=)(?![^>]*application/json)", text) is None

    @pytest.mark.parametrize("path", PAGES)
    def test_it_has_one_heading_a_skip_link_and_names_no_other_host_for_its_parts(
        self, client, path
    ):
        text = client.get(path).content.decode()
        assert text.count("<h1") == 1
        assert 'href="#content"' in text
        assert re.findall(r'(?:src|<link[^>]* href)="(?:https?:)?//', text) == []


class TestProbes:
    def test_healthz_answers_without_a_database(self, client):
        assert client.get("/healthz").content == b"ok\n"

    def test_who_finds_a_hole_reads_whom_to_tell(self, client, settings):
        settings.VAPID_SUBJECT = "mailto:security@example.org"
        response = client.get("/.well-known/security.txt")
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        said = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
        assert said["Contact"] == "mailto:security@example.org"
        assert said["Canonical"] == f"{settings.SITE_URL}/.well-known/security.txt"
        left = datetime.fromisoformat(said["Expires"]) - datetime.now(UTC)
        assert timedelta(days=30) < left < timedelta(days=365), "RFC 9116: less than a year"

    def test_the_manifest_makes_the_site_installable(self, client):
        response = client.get("/manifest.webmanifest")
        assert response.headers["Content-Type"] == "application/manifest+json"
        manifest = response.json()
        assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
        assert manifest["display"] == "standalone"

    def test_the_installed_app_leads_straight_to_alerts_and_searches(self, client):
        shortcuts = client.get("/manifest.webmanifest").json()["shortcuts"]
        assert [each["url"] for each in shortcuts] == ["/alerts/", "/searches/"]

    def test_crawlers_are_kept_out_of_searches(self, client):
        assert "Disallow: /slots/" in client.get("/robots.txt").content.decode()


class TestErrors:
    def test_the_page_of_a_fault_of_ours_needs_neither_database_nor_context(self):
        request: WSGIRequest = RequestFactory().get("/")
        response = server_error(request)
        assert response.status_code == 500
        assert "Something went wrong on our side" in response.content.decode()

    @pytest.mark.django_db
    def test_a_form_without_its_token_gets_our_own_page(self):
        response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a"})
        assert response.status_code == 403
        assert "is not part of DVSA" in response.content.decode()
