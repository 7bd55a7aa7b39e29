"""NULs, halves of characters and endless values, sent to every route: none of them answers 500."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings

from dvsa_alerts.input_guard import LONGEST_PATH
from tests.access import doors, routes
from tests.access.rules import Person
from tests.access.world import World

pytestmark = pytest.mark.django_db
PEOPLE = [Person.NOBODY, Person.OWNER, Person.ADMIN]
# A half as a browser that is made to would send it in UTF-8; digits for whatever is a number.
VALUES: dict[str, str | bytes] = {
    "NUL": "a\0b",
    "half": b"a\xed\xa0\x80b",
    "digits": "9" * 400,
    "long": "x" * (LONGEST_PATH + 1),
}


@pytest.fixture
def knocking(world) -> Iterator["Knocking"]:
    """Somebody who notes whoever answers with 500."""
    with override_settings(BOUNCE_SECRET="s"):
        knocking = Knocking(world)
        yield knocking
        assert knocking.answers > 0
        assert not knocking.failures, "\n".join(knocking.failures)


class Knocking:
    """One person at a time, at one address after the other."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.answers = 0
        self.failures: list[str] = []

    def client(self, person: Person) -> Client:
        """A client of the person's that gets an answer whatever breaks."""
        return self.world.client(person, raise_request_exception=False)

    def knock(
        self, client: Client, what: str, method: str, address: str, *args: Any, **options: Any
    ) -> HttpResponse:
        """One request, undone; 500 is a failure."""
        with doors.nothing_stays():
            response = getattr(client, method)(address, *args, **options)
        self.answers += 1
        if response.status_code >= 500:
            self.failures.append(f"{response.status_code} {method} {address[:90]}: {what}")
        return response


@pytest.mark.parametrize("person", PEOPLE, ids=str)
def test_in_an_address(person, knocking):
    client = knocking.client(person)
    for what, value in VALUES.items():
        for address in routes.addresses(quote(value)):
            is_door = address.startswith("/admin/") and person != Person.ADMIN
            if what == "half" or not is_door:
                knocking.knock(client, what, "get", address)
