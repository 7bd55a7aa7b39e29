"""nginx with our configuration: it is accepted, and serves the site through TLS."""

import http.client
import json
import subprocess
from contextlib import ExitStack
from email.message import Message

import pytest
from django.conf import settings

from tests.access.rating import MINIMUM, rated
from tests.deploy.front import NAME, NGINX
from tests.servers import wait_until

# Once each, no matter what answers.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TRANSPORT = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload"}
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("static_files"),
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
]


def test_nginx_accepts_it(front):
    done = subprocess.run(
        [str(NGINX), "-t", "-c", front.folder / "nginx.conf"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    # Newer versions name HTTP/2 in a line of its own, which Debian 12's does not know.
    warnings = [line for line in done.stderr.splitlines() if "[warn]" in line]
    assert [line for line in warnings if "http2" not in line] == []


def test_the_site_is_served_through_tls(site):
    status, headers, body = site.get("/")
    assert status == 200
    assert b"is not part of DVSA" in body
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_plain_http_is_sent_on(site):
    answer = site.ask_without_tls("/centers/")
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/centers/")


def test_a_token_without_tls_is_refused_and_not_redirected(site):
    connection = http.client.HTTPConnection("127.0.0.1", site.http, timeout=30)
    headers = {"Host": NAME, "Authorization": "Bearer secret"}
    connection.request("POST", "/api/v1/sources/feed/batches/", b"{}", headers)
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (403, None)
    assert "revoke it" in json.load(answer)["detail"]


def test_plain_http_is_sent_on_to_the_sites_own_host_alone(site):
    answer = site.ask_without_tls("/centers/?a=b", Host="evil.example")
    assert answer.headers["Location"] == f"https://{NAME}/centers/?a=b"


def lacking(headers: Message, wanted: dict[str, str] = HEADERS) -> list[str]:
    """What of the headers is not there once, or is another."""
    policy = ("Content-Security-Policy", "default-src 'none'"), ("Permissions-Policy", "camera=()")
    found = [name for name, value in wanted.items() if headers.get_all(name) != [value]]
    for name, part in policy:
        values = headers.get_all(name) or []
        if len(values) != 1 or part not in values[0] or "unsafe" in values[0]:
            found.append(name)
    return found


@pytest.mark.parametrize(
    ("status", "method", "path", "headers"),
    [
        (200, "GET", "/healthz", {}),
        (200, "GET", "/static/css/base.css", {}),
        (404, "GET", "/static/neither.css", {}),
        (404, "GET", "/neither", {}),
        (404, "GET", "/.git/config", {}),
        (404, "GET", "/static/..%2fmanage.py", {}),
        (400, "GET", "/", {"Host": "evil.example"}),
        (400, "GET", "/", {"Padding": "x" * 10_000}),
        (414, "GET", "/" + "x" * 10_000, {}),
        (413, "POST", "/accounts/login/", {"Content-Length": "9999999"}),
        (405, "TRACE", "/", {}),
    ],
)
def test_every_answer_carries_the_headers_once_nginxs_own_too(site, status, method, path, headers):
    found, said, _ = site.ask(method, path, None, headers)
    assert found == status
    assert lacking(said, HEADERS | TRANSPORT) == []
    assert rated(said, said.get_all("Set-Cookie") or []) >= MINIMUM


def test_so_does_the_redirect_without_tls_but_for_hsts(site):
    answer = site.ask_without_tls("/centers/")
    assert lacking(answer.headers) == []
    assert answer.headers.get("Strict-Transport-Security") is None


def test_so_does_what_is_said_while_the_site_is_away(front, site):
    socket_file = front.folder / "web.sock"
    socket_file.rename(front.folder / "away.sock")
    try:
        status, said, _ = site.get("/centers/")
    finally:
        (front.folder / "away.sock").rename(socket_file)
    assert status == 502
    assert lacking(said, HEADERS | TRANSPORT) == []
    assert rated(said) >= MINIMUM


def test_a_cookie_is_this_hosts_alone(site):
    _, said, _ = site.get("/accounts/login/")
    (cookie,) = said.get_all("Set-Cookie")
    name, *parts = cookie.split("; ")
    assert name.startswith("__Host-csrftoken=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"} <= set(parts)


def test_static_files_come_from_the_release_or_the_one_before(site):
    manifest = json.loads((settings.BASE_DIR / "staticfiles/staticfiles.json").read_text())
    name = manifest["paths"]["img/icon.svg"]
    status, headers, _ = site.get(f"/static/{name}")
    assert (status, headers["Content-Type"]) == (200, "image/svg+xml")
    assert "immutable" in headers["Cache-Control"]
    old = site.folder / "previous" / "staticfiles"
    old.mkdir(parents=True, exist_ok=True)
    (old / "gone.1a2b3c.css").write_text("a{}")
    assert site.get("/static/gone.1a2b3c.css")[0] == 200
    assert site.get("/static/neither.css")[0] == 404


def test_what_a_client_claims_of_itself_is_not_believed(site):
    claims = {"X-Forwarded-For": "192.0.2.1", "X-Request-ID": "0123456789abcdef"}
    status, headers, _ = site.get("/readyz", **claims)
    assert status == 200, "its real address, 127.0.0.1, is among TRUSTED_NETWORKS"
    assert headers["X-Request-ID"] != "0123456789abcdef"


def test_a_body_that_is_too_large_is_refused_at_the_door(site):
    large = b"x" * (1024 * 1024 + 1)
    assert site.ask("POST", "/accounts/login/", large, {})[0] == 413
    headers = {"Content-Type": "application/json", "Authorization": "Bearer x"}
    assert site.ask("POST", "/api/v1/sources/feed/batches/", large, headers)[0] == 401


def test_a_body_that_trickles_reaches_nobody_and_keeps_nobody_waiting(site):
    """Twelve feeds that send a byte and then none: the site's eight threads were all taken."""
    head = (
        f"POST /api/v1/sources/feed/batches/ HTTP/1.1\r\nHost: {NAME}\r\n"
        "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    )
    before = (site.folder / "ingest.log").read_text()
    with ExitStack() as open_lines:
        for _ in range(12):
            line = open_lines.enter_context(site.line())
            line.sendall(head.encode())
        assert site.get("/healthz")[0] == 200
        assert site.get("/centers/")[0] == 200
        assert (site.folder / "ingest.log").read_text() == before


def test_both_logs_name_the_request_and_neither_what_was_searched(site):
    _, headers, _ = site.get("/slots/?postcode=IG3+9UZ&near=51.562345,0.071234")
    log = site.folder / "dvsa-alerts.access.log"
    assert wait_until(lambda: headers["X-Request-ID"] in log.read_text(), seconds=180)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert headers["X-Request-ID"] in (site.folder / "web.log").read_text()
    assert lines[-1]["status"] == 200
    everything = "".join(path.read_text() for path in site.folder.glob("*.log"))
    assert "IG3" not in everything
    assert "51.5623" not in everything
