"""Headers of every answer: routes from the URL resolver, errors, redirects and static files."""

import logging
from collections.abc import Iterator

import pytest
from django.conf import settings as site
from django.http import HttpResponse
from django.test import Client

from tests.access import doors, routes
from tests.access.rating import MINIMUM, rated
from tests.access.rules import Person
from tests.access.table import ROUTES
from tests.access.test_matrix import pages_of_models

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT")
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}
# What a rating of headers asks for: nothing but what is named, and no way round it.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


@pytest.fixture(autouse=True)
def as_deployed(settings) -> Iterator[None]:
    """As behind TLS; hundreds of refusals are not worth a line each."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize(
    "person",
    [
        Person.NOBODY,
        pytest.param(Person.ADMIN, marks=pytest.mark.variant),
        pytest.param(Person.OWNER, marks=pytest.mark.variant),
        pytest.param(Person.TOKEN, marks=pytest.mark.variant),
    ],
    ids=str,
)
def test_every_route_answers_with_every_header(person, world):
    table = ROUTES | pages_of_models()
    lacking = []
    for name in routes.names():
        address = doors.address_of(world, name, table[name])
        for method in METHODS:
            answer = ask(world.client(person), method, address)
            lacking += [f"{method} {name}: {each}" for each in lacks(answer)]
            if rated(answer.headers, given(answer)) < MINIMUM:
                lacking.append(
                    f"{method} {name}: only {rated(answer.headers, given(answer))} points"
                )
            if person != Person.NOBODY and answer.headers.get("Cache-Control") != "no-store":
                lacking.append(f"{method} {name}: it may be kept")
    assert not lacking, "\n".join(lacking)


@pytest.mark.parametrize(
    ("status", "path", "options"),
    [
        (200, "/static/css/base.css", {}),
        (404, "/static/css/nothing.css", {}),
        (404, "/nothing-here/", {}),
        (301, "/centers", {}),
        (400, "/", {"HTTP_HOST": "evil.example"}),
        (403, "/accounts/login/", {"method": "POST", "enforce_csrf_checks": True}),
        (405, "/slots/", {"method": "DELETE"}),
    ],
)
def test_so_does_what_no_route_answers(status, path, options):
    client = Client(enforce_csrf_checks=options.pop("enforce_csrf_checks", False))
    answer = ask(client, options.pop("method", "GET"), path, **options)
    assert answer.status_code == status
    assert lacks(answer) == []


def test_so_does_a_page_asked_for_too_often():
    client, form = Client(), {"email": "x"}
    answers = [client.post("/accounts/signup/", form, secure=True) for _ in range(40)]
    assert answers[-1].status_code == 429
    assert lacks(answers[-1]) == []


def test_so_does_a_page_that_broke(monkeypatch):
    monkeypatch.setattr("dvsa_alerts.pages.render", None)
    answer = ask(Client(raise_request_exception=False), "GET", "/privacy/")
    assert answer.status_code == 500
    assert lacks(answer) == []


@pytest.mark.parametrize(("status", "host"), [(301, site.ALLOWED_HOSTS[0]), (400, "evil.example")])
def test_so_does_what_is_said_without_tls(status, host):
    answer = Client().get("/centers/", HTTP_HOST=host)
    assert answer.status_code == status
    assert lacks(answer) == ["Strict-Transport-Security"], "which counts through TLS alone"


def test_what_anybody_may_see_may_be_kept():
    assert "max-age" in Client().get("/centers/coastline.geojson", secure=True)["Cache-Control"]


@pytest.mark.parametrize("path", ["/accounts/logout/", "/admin/logout/"])
def test_signing_out_makes_the_browser_forget_its_pages(path, world):
    answer = ask(world.client(Person.ADMIN), "POST", path)
    assert answer["Clear-Site-Data"] == '"cache"'
    assert answer["Cache-Control"] == "no-store"


def test_nothing_else_does(world):
    assert "Clear-Site-Data" not in ask(world.client(Person.OWNER), "GET", "/account/").headers


def given(answer: HttpResponse) -> list[str]:
    """Its cookies, as the wire has them."""
    return [cookie.OutputString() for cookie in answer.cookies.values()]


def ask(client: Client, method: str, address: str, **options: str) -> HttpResponse:
    """One request through TLS, undone."""
    with doors.nothing_stays():
        return client.generic(method, address, secure=True, **options)


def lacks(answer: HttpResponse) -> list[str]:
    """The names of what an answer should carry and doesn't."""
    found = [name for name, value in FIXED.items() if answer.headers.get(name) != value]
    if "Access-Control-Allow-Origin" in answer.headers:
        found.append("a closed door to other sites' scripts")
    parts = [part.split(None, 1) for part in answer.get("Content-Security-Policy", "").split(";")]
    policy = {part[0]: part[1] for part in parts if len(part) > 1}
    found += [name for name, value in POLICY.items() if policy.get(name) != value]
    if "unsafe" in str(policy):
        found.append("a policy that is safe")
    features = answer.get("Permissions-Policy", "").split(", ")
    if not {"geolocation=(self)", "camera=()", "microphone=()", "payment=()"} <= set(features):
        found.append("Permissions-Policy")
    return found
