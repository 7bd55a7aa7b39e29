"""Knocking at a route as somebody, and what the door said."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.access.rules import Outcome, Person, Route
from tests.access.world import World

SIGN_IN_PAGES = ("/accounts/login/", "/admin/login/")
BY_STATUS = {
    401: Outcome.UNAUTHORIZED,
    403: Outcome.FORBIDDEN,
    404: Outcome.MISSING,
    405: Outcome.NO_METHOD,
}


def outcome(response: HttpResponse) -> Outcome:
    """What an answer means for the one who asked; a form with errors is let in, too."""
    if response.status_code in (301, 302, 303) and response["Location"].startswith(SIGN_IN_PAGES):
        return Outcome.DOOR
    assert response.status_code < 500, response.status_code
    return BY_STATUS.get(response.status_code, Outcome.IN)


@contextmanager
def nothing_stays() -> Iterator[None]:
    """Undo what a request writes, so that the next person finds the same world."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def knock(
    world: World, person: Person, method: str, address: str, data: Any = None
) -> tuple[Outcome, HttpResponse]:
    """One request by one person, undone."""
    client: Client = world.client(person)
    with nothing_stays():
        response = getattr(client, method.lower())(address, data or {})
        return outcome(response), response


def address_of(world: World, name: str, route: Route) -> str:
    """Where a route of the table lies in this world."""
    values = [world.values(each) for each in route.args]
    if "/" in name:
        pattern = name.replace("(?P<url>.*)$", "nowhere/")
        return "/" + re.sub(r"<[^>]*>", lambda _: str(values.pop()), pattern)
    address = reverse(name, args=values)
    return f"{address}?{getattr(world, route.query)}" if route.query else address
