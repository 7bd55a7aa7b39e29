"""The rating itself: it falls with each header that is missing or says too little."""

import pytest

from tests.access.rating import MINIMUM, rated

BEST = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
COOKIE = "__Host-sessionid=x; HttpOnly; Path=/; SameSite=Lax; Secure"


def test_the_best_has_all_extras():
    assert (rated(BEST), rated(BEST, [COOKIE])) == (130, 135)


@pytest.mark.parametrize("name", sorted(BEST.keys() - {"X-Frame-Options"}))
def test_without_any_of_them_it_is_too_little(name):
    assert rated({each: value for each, value in BEST.items() if each != name}) <= MINIMUM


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content-Security-Policy", "default-src 'none'; script-src 'self' 'unsafe-inline'"),
        ("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-eval'"),
        ("Strict-Transport-Security", "max-age=3600"),
        ("Access-Control-Allow-Origin", "*"),
    ],
)
def test_nor_with_one_that_says_too_little(name, value):
    assert rated(BEST | {name: value}) < MINIMUM


@pytest.mark.parametrize("mark", ["HttpOnly", "Secure"])
def test_nor_with_a_cookie_that_others_may_read(mark):
    assert rated(BEST, [COOKIE.replace(mark, "")]) < MINIMUM
