"""NULs, halves of characters and endless values, sent to every route: none of them answers 500.

Addresses are tried in every run; the rest, some ten thousand requests, is the long form.
"""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings

from dvsa_alerts.input_guard import LONGEST_HEADER, LONGEST_PATH, LONGEST_QUERY
from tests.access import doors, routes
from tests.access.rules import Person, Route
from tests.access.table import ROUTES
from tests.access.test_matrix import pages_of_models
from tests.access.world import World

PEOPLE = [Person.NOBODY, Person.OWNER, pytest.param(Person.ADMIN, marks=pytest.mark.variant)]
pytestmark = pytest.mark.django_db
# A half as a browser that is made to would send it in UTF-8; digits for whatever is a number.
NUL, HALF, DIGITS, LONG = "a\0b", b"a\xed\xa0\x80b", "9" * 400, "x" * 10_000
VALUES: dict[str, str | bytes] = {"NUL": NUL, "half": HALF, "digits": DIGITS, "long": LONG}
# What pages take without offering it.
UNOFFERED = (
    "q", "p", "o", "e", "all", "next", "cursor", "before", "near", "postcode", "order", "change",
    "_popup", "_to_field", "_changelist_filters", "_facets", "term", "email", "opening",
    "action", "_selected_action", "select_across", "index", "alias", "review", "import", "undo",
    "endpoint", "old_endpoint", "p256dh", "auth", "label", "csrfmiddlewaretoken",
)  # fmt: skip
HEADERS = (
    "User-Agent", "Referer", "Origin", "Accept", "Accept-Language", "X-Forwarded-For",
    "X-Request-ID", "If-None-Match", "If-Modified-Since", "HX-Request", "HX-Current-URL",
    "X-Requested-With", "X-CSRFToken", "Content-Encoding", "Authorization", "Range",
)  # fmt: skip
COOKIES = (settings.CSRF_COOKIE_NAME, "messages", "other")
HEADER_VALUES = {
    "NUL": NUL, "half": HALF.decode("latin-1"), "digits": DIGITS, "long": LONG,
    "longer": "x" * (LONGEST_HEADER + 1),
}  # fmt: skip
BODY = {"\ud800": 1, "address": NUL, "reason": "\udfff", "sequence": 1, "slots": [{"\ud800": NUL}]}


class Offered(HTMLParser):
    """The names of a page's fields, and of what its links ask."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Fields and links."""
        said = dict(attributes)
        self.names |= {said.get("name") or ""} if tag in ("input", "select", "textarea") else set()
        self.names |= {name for name, _ in parse_qsl(urlsplit(said.get("href") or "").query)}


@pytest.fixture
def knocking(world) -> Iterator["Knocking"]:
    """Someone who notes each answer of 500."""
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


def table(world: World, person: Person) -> Iterator[tuple[str, Route]]:
    """An address of each route in this world, and its line.

    Those who are turned away at admin's door knock there and at its index, and the admin at the
    pages of every model.
    """
    models = pages_of_models() if person == Person.ADMIN else {}
    for name, route in (ROUTES | models).items():
        yield doors.address_of(world, name, route), route


def text_of(response: HttpResponse) -> str:
    """A page, empty for what is none."""
    return "" if response.streaming else response.content.decode(errors="replace")


@pytest.mark.parametrize("person", PEOPLE, ids=str)
def test_in_an_address(person, knocking):
    client = knocking.client(person)
    for what, value in (VALUES | {"longer": "x" * (LONGEST_PATH + 1)}).items():
        for address in routes.addresses(quote(value)):
            is_door = address.startswith("/admin/") and person != Person.ADMIN
            if what == "half" or not is_door:
                knocking.knock(client, what, "get", address)


@pytest.mark.long
@pytest.mark.parametrize("person", PEOPLE, ids=str)
def test_in_a_query(person, knocking):
    client = knocking.client(person)
    for address, _ in table(knocking.world, person):
        bare = address.partition("?")[0]
        names = sorted(Offered(text_of(knocking.knock(client, "", "get", address))).names)
        for what, value in (VALUES | {"longer": "x" * (LONGEST_QUERY + 1)}).items():
            short = value[: 8000 // (len(names) + 35)]
            many = dict.fromkeys([*names, *UNOFFERED, value[:100]], short)
            knocking.knock(client, what, "get", f"{bare}?{urlencode(many)}")
        for name in names:
            knocking.knock(client, name, "get", f"{bare}?{urlencode({name: DIGITS})}")


@pytest.mark.long
@pytest.mark.parametrize("person", PEOPLE, ids=str)
def test_in_a_form_and_the_name_of_a_file(person, knocking):
    client = knocking.client(person)
    for address, route in table(knocking.world, person):
        names = Offered(text_of(knocking.knock(client, "", "get", address))).names
        right = route.form(knocking.world) if route.form else {}
        for what, value in VALUES.items():
            file = BytesIO(b"code,name,postcode\n")
            file.name = value if isinstance(value, str) else value.decode("utf-8", "replace")
            wrong = dict.fromkeys([*names, *UNOFFERED], value)
            knocking.knock(client, what, "post", address, {**wrong, "file": file})
            for name in right:
                one = urlencode(right | {name: value})
                knocking.knock(client, f"{name} {what}", "post", address, one,
                               content_type="application/x-www-form-urlencoded")  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("person", [*PEOPLE, Person.TOKEN], ids=str)
def test_in_json(person, knocking):
    client = knocking.client(person)
    headers = {} if person == Person.TOKEN else {"Authorization": "Bearer s"}
    for address, _ in table(knocking.world, person):
        for what, body in (("JSON", json.dumps(BODY)), ("brackets", "[" * 60_000)):
            knocking.knock(client, what, "post", address, body, headers=headers,
                           content_type="application/json")  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("person", PEOPLE, ids=str)
def test_in_headers_and_cookies(person, knocking):
    client = knocking.client(person)
    for address, _ in table(knocking.world, person):
        for what, value in HEADER_VALUES.items():
            headers = dict.fromkeys(HEADERS, value)
            for name in COOKIES:
                client.cookies[name] = "x"
                client.cookies[name].set(name, value, value.replace("\0", r"\000").join('""'))
            knocking.knock(client, what, "get", address, headers=headers)


@pytest.mark.parametrize("value", [r'"\000"', r'"a\000b"', LONG, DIGITS])
@pytest.mark.parametrize("address", ["/", "/searches/", "/admin/", "/accounts/sessions/"])
def test_in_the_cookie_that_signs_in(knocking, address, value):
    client = knocking.client(Person.NOBODY)
    client.cookies[settings.SESSION_COOKIE_NAME] = "x"
    client.cookies[settings.SESSION_COOKIE_NAME].set("sessionid", value, value)
    knocking.knock(client, value[:9], "get", address)
