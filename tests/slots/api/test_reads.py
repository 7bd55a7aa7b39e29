"""Anybody may read centres and slots, within a limit, and every error is problem JSON."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from accounts.models import RequestWindow
from audit import config
from audit.models import SystemConfig
from centers.models import Center
from slots.models import Slot, SlotOpening, Source

pytestmark = pytest.mark.django_db
NEAR = "51.563,0.105"


@pytest.fixture
def center():
    return Center.objects.create(
        name="Goodmayes", postcode="IG3 9UZ", code="482", town="Ilford",
        latitude="51.563", longitude="0.105",
    )  # fmt: skip


@pytest.fixture
def slot(center):
    source = Source.objects.create(name="northern", heard_at=timezone.now())
    return open_slot(center, source)


def open_slot(center, source, *, days=10, at=time(8, 10)):
    seen = datetime(2026, 11, 1, 9, tzinfo=timezone.get_current_timezone())
    slot = Slot.objects.create(
        center=center, test_type="practical", date=timezone.localdate() + timedelta(days=days),
        time=at, source=source, last_seen_at=seen,
    )  # fmt: skip
    SlotOpening.objects.create(slot=slot, episode=1, opened_at=seen, source=source)
    return slot


def problem(response, status):
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def test_a_slot_is_listed_with_the_agreed_members(client, slot, center):
    answer = client.get("/api/v1/slots/", {"near": NEAR}).json()
    assert answer == {
        "results": [
            {
                "id": slot.pk,
                "center": {"id": center.pk, "code": "482", "name": "Goodmayes",
                           "postcode": "IG3 9UZ"},
                "test_type": "practical",
                "date": slot.date.isoformat(),
                "time": "08:10",
                "miles": 0.0,
                "source": "northern",
                "opened_at": "2026-11-01T09:00:00Z",
                "first_seen_at": "2026-11-01T09:00:00Z",
                "last_seen_at": "2026-11-01T09:00:00Z",
            }
        ],
        "next": None,
    }  # fmt: skip


@pytest.mark.parametrize("quiet", ["baseline", "returned"])
def test_what_nobody_saw_open_was_first_seen_and_never_opened(client, slot, quiet):
    SlotOpening.objects.update(quiet=quiet)
    (found,) = client.get("/api/v1/slots/", {"near": NEAR}).json()["results"]
    assert (found["opened_at"], found["first_seen_at"]) == (None, "2026-11-01T09:00:00Z")


def test_what_waited_while_the_database_was_restored_had_opened(client, slot):
    SlotOpening.objects.update(quiet="restored")
    (found,) = client.get("/api/v1/slots/", {"near": NEAR}).json()["results"]
    assert found["opened_at"] == found["first_seen_at"] == "2026-11-01T09:00:00Z"


def test_miles_are_unknown_without_a_place(client, slot, center):
    answer = client.get("/api/v1/slots/", {"center": center.pk}).json()
    assert [found["miles"] for found in answer["results"]] == [None]


def test_the_next_links_lead_to_every_slot_once(client, center):
    source = Source.objects.create(name="northern")
    wanted = [
        open_slot(center, source, days=days, at=time(hour, 10)).pk
        for days in range(1, 24)
        for hour in range(8, 17)
    ]
    found, link = [], f"/api/v1/slots/?near={NEAR}"
    while link:
        answer = client.get(link).json()
        found += [each["id"] for each in answer["results"]]
        link = answer["next"]
    assert found == wanted


@pytest.mark.parametrize(
    ("parameters", "field"),
    [({}, "postcode"), ({"near": "0,0"}, "near"), ({"near": NEAR, "radius": "0"}, "radius"),
     ({"near": NEAR, "weekday": "8"}, "weekday"), ({"near": NEAR, "date_to": "x"}, "date_to"),
     ({"near": NEAR, "cursor": "x"}, "cursor"), ({"near": NEAR, "order": "best"}, "order"),
     ({"near": NEAR, "test_type": "hgv"}, "test_type"), ({"postcode": "\0"}, "postcode"),
     ({"center": "9" * 30}, "center")],
)  # fmt: skip
def test_a_wrong_parameter_is_named(client, parameters, field):
    body = problem(client.get("/api/v1/slots/", parameters), 400)
    assert field in [error["field"] for error in body["errors"]]
    assert all(error["detail"] for error in body["errors"])


def test_centers_are_listed_without_closed_ones(client, center):
    Center.objects.create(name="Gone", postcode="IG3 9UZ", is_active=False)
    answer = client.get("/api/v1/centers/").json()
    assert answer == {
        "results": [
            {"id": center.pk, "code": "482", "name": "Goodmayes", "postcode": "IG3 9UZ",
             "town": "Ilford", "latitude": 51.563, "longitude": 0.105}
        ]
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v2/slots/"])
def test_what_is_not_there_is_a_problem_too(client, path):
    problem(client.get(path), 404)


def test_another_method_is_a_problem_too(client):
    problem(client.post("/api/v1/centers/"), 405)


@pytest.mark.parametrize("accept", ["application/json", "text/html", "image/png", "nonsense"])
def test_whatever_is_accepted_json_is_answered(client, center, accept):
    response = client.get("/api/v1/centers/", headers={"Accept": accept})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"


def limit_reads(number):
    SystemConfig.objects.create(key="slots.api_reads_per_minute", value=str(number))
    config.forget_cached()


def test_beyond_the_limit_an_address_is_told_when_to_come_back(client):
    limit_reads(2)
    for _ in range(2):
        assert client.get("/api/v1/centers/").status_code == 200
    response = client.get("/api/v1/centers/")
    problem(response, 429)
    assert 1 <= int(response["Retry-After"]) <= 60


def test_another_address_has_a_limit_of_its_own(client):
    limit_reads(1)
    assert client.get("/api/v1/centers/", REMOTE_ADDR="192.0.2.1").status_code == 200
    assert client.get("/api/v1/centers/", REMOTE_ADDR="192.0.2.1").status_code == 429
    assert client.get("/api/v1/centers/", REMOTE_ADDR="192.0.2.2").status_code == 200


def test_an_address_that_invents_others_is_counted_as_itself(client):
    limit_reads(1)
    answers = [
        client.get("/api/v1/centers/", headers={"X-Forwarded-For": f"192.0.2.{number}"})
        for number in (1, 2)
    ]
    assert [answer.status_code for answer in answers] == [200, 429]


def test_the_addresses_of_one_ipv6_network_share_a_limit(client):
    limit_reads(1)
    answers = [
        client.get("/api/v1/centers/", REMOTE_ADDR=address)
        for address in ("2a00:1:2:3::1", "2a00:1:2:3:ffff::2", "2a00:1:2:4::1")
    ]
    assert [answer.status_code for answer in answers] == [200, 429, 200]


def test_a_new_window_starts_at_nothing(client):
    limit_reads(1)
    client.get("/api/v1/centers/")
    RequestWindow.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert client.get("/api/v1/centers/").status_code == 200
    assert client.get("/api/v1/centers/").status_code == 429


def test_without_tls_it_is_refused_and_not_redirected(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    body = problem(client.get("/api/v1/centers/"), 403)
    assert "revoke it" in body["detail"]
    assert client.get("/api/v1/centers/", secure=True).status_code == 200
