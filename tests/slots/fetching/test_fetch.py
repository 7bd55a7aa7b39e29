"""Fetching stays within its bounds, whatever the other side does."""

import time

import pytest

from slots.fetching.fetch import FetchError, fetch
from tests.slots.feed_server import FeedServer, make_certificate, say

LIMIT = 100_000


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("feed"))


@pytest.fixture
def server(certificate, monkeypatch, settings):
    settings.OUTBOUND_ALLOW_LOOPBACK = True
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with FeedServer(certificate).running() as running:
        yield running


def read(url, *, headers=None, seconds=5):
    with fetch(url, headers=headers or {}, max_bytes=LIMIT, seconds=seconds) as fetched:
        return fetched.status, fetched.headers, fetched.body.read()


def test_a_whole_answer_is_read(server):
    server.answer = say(b"x" * LIMIT, ETag='"7"')
    status, headers, body = read(server.url, headers={"If-None-Match": '"6"'})
    assert (status, headers["etag"], len(body)) == (200, '"7"', LIMIT)
    assert server.requests[0]["If-None-Match"] == '"6"'


def test_an_unchanged_answer_is_told(server):
    server.answer = say(b"", status=304)
    assert read(server.url)[0] == 304


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(server, status):
    server.answer = say(b"", status=status, Location=server.url + "/elsewhere")
    with pytest.raises(FetchError, match=str(status)):
        read(server.url)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [201, 204, 400, 404, 500])
def test_another_status_is_an_error(server, status):
    server.answer = say(b"", status=status)
    with pytest.raises(FetchError, match=str(status)):
        read(server.url)


def test_an_answer_announced_as_too_large_is_not_read(server):
    server.answer = say(b"x" * (LIMIT + 1))
    with pytest.raises(FetchError, match="more than"):
        read(server.url)


def test_an_endless_answer_is_left_at_the_limit(server):
    def endless(handler):
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65536)

    server.answer = endless
    with pytest.raises(FetchError, match="more than"):
        read(server.url)


def test_an_answer_that_breaks_off_is_an_error(server):
    def broken(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"x" * 50)
        handler.close_connection = True

    server.answer = broken
    with pytest.raises(FetchError, match="broke off"):
        read(server.url)


def trickle_body(handler):
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    while True:
        handler.wfile.write(b"x")
        time.sleep(0.05)


def trickle_header(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        handler.wfile.write(b"x")
        time.sleep(0.05)


@pytest.mark.parametrize("trickle", [trickle_body, trickle_header])
def test_a_trickle_is_cut_off_when_the_time_is_up(server, trickle):
    server.answer = trickle
    with pytest.raises(FetchError, match="within 1 seconds"):
        read(server.url, seconds=1)


def test_an_encoding_that_was_not_asked_for_is_an_error(server):
    server.answer = say(b"x", Content_Encoding="gzip")
    with pytest.raises(FetchError, match="encoded"):
        read(server.url)
    assert server.requests[0]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("encoding", ["br", "X-GZIP", "deflate", "utf-8, zstd"])
def test_the_encoding_is_named(server, encoding):
    server.answer = say(b"x", Content_Encoding=encoding)
    name = encoding.lower().removeprefix("x-").removeprefix("utf-8, ")
    with pytest.raises(FetchError, match=f"encoded as {name}, which was not asked for"):
        read(server.url)


@pytest.mark.parametrize(
    "encoding",
    ["identity", "Identity", "IDENTITY, identity", "", " ", ",", "utf-8", "UTF8", "none", "binary"],
)
def test_an_encoding_that_encodes_nothing_is_read(server, encoding):
    server.answer = say(b"{}", Content_Encoding=encoding)
    assert read(server.url)[0] == 200


def test_no_proxy_of_the_environment_is_used(server, monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.answer = say(b"{}")
    assert read(server.url)[0] == 200


def test_a_certificate_that_nobody_vouches_for_is_an_error(server, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(FetchError, match="certificate"):
        read(server.url)
    assert server.requests == []


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "0x7f.1", "2130706433"])
def test_no_loopback_is_reached_outside_of_tests(server, settings, name):
    settings.OUTBOUND_ALLOW_LOOPBACK = False
    with pytest.raises(FetchError, match="no public address"):
        read(server.url.replace("localhost", name))
    assert server.requests == []


@pytest.mark.parametrize(
    "url",
    ["http://localhost/", "file:///etc/passwd", "ftp://localhost/", "//localhost/", "https://",
     "https://localhost:99999/", "https://localhost/a b", "https://localhost/\r\nX: y"],
)  # fmt: skip
def test_what_is_no_https_address_is_refused(settings, url):
    settings.OUTBOUND_ALLOW_LOOPBACK = True
    with pytest.raises(FetchError):
        read(url)
