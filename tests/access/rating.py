"""How Mozilla's HTTP Observatory rates an answer's headers: 100, less what is amiss, plus extras.

Extras count only from 90 on. What it asks of other answers (a redirect to https, integrity of
foreign scripts, the browsers' own list for HSTS) is not counted here.
"""

from collections.abc import Mapping, Sequence

MINIMUM = 125
ENOUGH_FOR_EXTRAS = 90
HALF_A_YEAR = 15_768_000
PRIVATE_REFERRERS = {
    "no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin",
}  # fmt: skip


def rated(headers: Mapping[str, str], cookies: Sequence[str] = ()) -> int:
    """The points of one answer; `cookies` are its Set-Cookie headers, each of them a session's."""
    policy = _policy(headers.get("Content-Security-Policy", ""))
    points = [
        _content(policy),
        _cookies(cookies),
        _transport(headers.get("Strict-Transport-Security", "")),
        0 if headers.get("X-Content-Type-Options") == "nosniff" else -5,
        _framing(policy, headers.get("X-Frame-Options", "")),
        _referrer(headers.get("Referrer-Policy", "")),
        _resource(headers.get("Cross-Origin-Resource-Policy", "")),
        -50 if headers.get("Access-Control-Allow-Origin") == "*" else 0,
    ]
    without_extras = 100 + sum(point for point in points if point < 0)
    extras = sum(point for point in points if point > 0)
    return without_extras + (extras if without_extras >= ENOUGH_FOR_EXTRAS else 0)


def _policy(text: str) -> dict[str, set[str]]:
    parts = [part.split() for part in text.split(";") if part.strip()]
    return {name: set(values) for name, *values in parts}


def _content(policy: Mapping[str, set[str]]) -> int:
    if not policy:
        return -25
    scripts = policy.get("script-src", policy.get("default-src", set()))
    styles = policy.get("style-src", policy.get("default-src", set()))
    if scripts & {"'unsafe-inline'", "data:", "*", "https:", "http:"} or not scripts:
        return -20
    if "'unsafe-eval'" in scripts:
        return -10
    if styles & {"'unsafe-inline'", "data:", "*", "https:", "http:"}:
        return 0
    return 10 if policy.get("default-src") == {"'none'"} else 5


def _cookies(cookies: Sequence[str]) -> int:
    marks = [{part.strip().lower() for part in cookie.split(";")[1:]} for cookie in cookies]
    marks = [each for each in marks if "max-age=0" not in each]  # which takes one away
    if not marks:
        return 0
    if not all("secure" in each for each in marks):
        return -40
    if not all("httponly" in each for each in marks):
        return -30
    return 5 if all({"samesite=lax", "samesite=strict"} & each for each in marks) else 0


def _transport(text: str) -> int:
    ages = [part.split("=")[1] for part in text.split(";") if part.strip().startswith("max-age=")]
    if not ages:
        return -20
    return 0 if int(ages[0]) >= HALF_A_YEAR else -10


def _framing(policy: Mapping[str, set[str]], header: str) -> int:
    if policy.get("frame-ancestors") in ({"'none'"}, {"'self'"}):
        return 5
    return 0 if header in ("DENY", "SAMEORIGIN") else -20


def _referrer(text: str) -> int:
    if text in PRIVATE_REFERRERS:
        return 5
    return -5 if text in ("unsafe-url", "origin", "origin-when-cross-origin") else 0


def _resource(text: str) -> int:
    if text in ("same-origin", "same-site"):
        return 10
    return 0 if text in ("", "cross-origin") else -5
