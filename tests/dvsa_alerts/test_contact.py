"""The page that says whom to ask and how to complain."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from audit.models import SystemConfig
from dvsa_alerts.operator_check import operator_is_named
from tests.dvsa_alerts.test_environment import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    return lambda path="/contact/": " ".join(client.get(path).content.decode().split())


def test_it_names_the_operator_and_where_to_write(page, settings):
    settings.OPERATOR_NAME, settings.CONTACT = "Ada Ltd", "mailto:help@example.org"
    assert "Ada Ltd runs" in page()
    assert '<a href="mailto:help@example.org">help@example.org</a>' in page()


def test_it_says_how_long_what_is_kept_as_staff_have_set_it(page):
    SystemConfig.objects.create(key="alerts.keep_days", value="99")
    assert "<td>99 days</td>" in page()


def test_it_says_how_to_complain_by_when_we_answer_and_who_the_regulator_is(page):
    assert "Within 30 days" in page()
    assert "Data (Use and Access) Act 2025" in page()
    assert 'href="https://ico.org.uk/make-a-complaint/"' in page()


@pytest.mark.parametrize("path", ["/", "/privacy/"])
def test_it_is_linked_from_every_foot_and_from_the_privacy_page(page, path):
    main = page(path).split("<footer")[path == "/"]
    assert 'href="/contact/"' in main


WHERE_PUSH_SERVICES_WRITE = {"VAPID_SUBJECT": "mailto:push@example.org", "CONTACT": ""}


def test_where_nothing_else_is_set_people_write_where_push_services_do():
    assert read(**WHERE_PUSH_SERVICES_WRITE).contact == "mailto:push@example.org"
    given = read(**WHERE_PUSH_SERVICES_WRITE | {"CONTACT": "https://example.org/write/"})
    assert given.contact == "https://example.org/write/"


def test_a_contact_that_nobody_can_use_stops_the_start():
    with pytest.raises(ImproperlyConfigured, match="CONTACT"):
        read(**WHERE_PUSH_SERVICES_WRITE | {"CONTACT": "help@example.org"})


def test_a_deployment_that_names_no_operator_is_warned(settings):
    settings.OPERATOR_NAME = ""
    assert [each.id for each in operator_is_named()] == ["dvsa_alerts.W001"]
    settings.OPERATOR_NAME = "Ada Ltd"
    assert operator_is_named() == []
