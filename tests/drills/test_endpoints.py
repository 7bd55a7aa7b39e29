"""Drill 12: endpoints that learners make up; not one packet leaves for a place of their choice.

Two canaries: a listener on this machine, and the wire itself, where each connection is seen
before its first packet.
"""

import socket
import threading

import pytest
from django.urls import reverse

from accounts.mail.results import Accepted, Never
from alerts.channels.push import Push, Pusher, seal
from alerts.models import PushSubscription
from tests.drills.wire import Wire, watched
from tests.people import learner
from tests.push_endpoint import Browser, PushService, answer

pytestmark = [pytest.mark.django_db, pytest.mark.drill, pytest.mark.usual]

GOOD = "fcm.googleapis.com"
PUBLIC = "142.250.1.95"
# What stands for an address of the inside, in each way in which one can be written.
INSIDE = [
    "127.0.0.1", "127.0.0.53", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "0.0.0.0",  # noqa: S104
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:10.0.0.1]",
    "[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fe80::1%25lo]",
    "[fd00::1]", "[fc00::1]", "[ff02::1]", "[2001:db8::1]", "10.0.0.1", "172.16.0.1",
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1",
    "localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "ip6-localhost",
]  # fmt: skip
# What looks like a push service to one reader, and like another host to another.
LOOKALIKES = [
    f"https://{GOOD}.evil.test/", f"https://evil{GOOD}/", f"https://{GOOD}./x",
    f"https://{GOOD}@127.0.0.1/", f"https://{GOOD}:443@127.0.0.1/", f"https://me:pw@{GOOD}/",
    f"https://@{GOOD}/", f"https://127.0.0.1\\@{GOOD}/", f"https://{GOOD}\\@127.0.0.1/",
    f"https://127.0.0.1#@{GOOD}/", f"https://127.0.0.1?@{GOOD}/", f"https://127.0.0.1;{GOOD}/",
    f"https://127.0.0.1%2f{GOOD}/", f"https://127.0.0.1%00.{GOOD}/", f"https://127.0.0.1/{GOOD}",
    "https://fcm。googleapis。com/", "https://ｆcm.googleapis.com/", "https://fcm.gοogleapis.com/",
    f"https://{GOOD}\t.evil.test/", f"https://evil.test\n.{GOOD}/", f"https://evil.test/ .{GOOD}",
    f"https:///{GOOD}", f"https:{GOOD}", "https://", "https://.", "https://*/",
    f"https://{'a' * 64}.evil.test/", f"https://[{GOOD}]/", "https://[::1",
]  # fmt: skip
OTHER_WAYS = [
    f"http://{GOOD}/", f"ftp://{GOOD}/", f"//{GOOD}/", f"wss://{GOOD}/", "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL", "javascript:alert(1)", "data:,x", "",
    f"https://{GOOD}:80/", f"https://{GOOD}:8443/", f"https://{GOOD}:0/", f"https://{GOOD}:22/",
    f"https://{GOOD}:99999/", f"https://{GOOD}:-1/", f"https://{GOOD}:x/",
]  # fmt: skip
MADE_UP = [
    *(f"https://{host}{port}/one" for host in INSIDE for port in ("", ":PORT")),
    *LOOKALIKES,
    *OTHER_WAYS,
]
# The addresses that a name under a push service's own domain may be made to answer.
ANSWERS = [
    "127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.0.1", "169.254.169.254", "100.100.100.100",
    "0.0.0.0", "224.0.0.251",  # noqa: S104
    "255.255.255.255", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
    "fe80::1", "fd12:3456::1", "ff02::fb", "2002:7f00:1::", "2001:db8::1",
]  # fmt: skip


class Canary:
    """Listens on every address of this machine, and remembers whether anybody came."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("", 0))
        self._listener.settimeout(0.1)
        self.port = self._listener.getsockname()[1]
        self.came: list[object] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self._thread.start()

    def _wait(self) -> None:
        while not self._over.is_set():
            try:
                line, address = self._listener.accept()
            except TimeoutError:
                continue
            self.came.append(address)
            line.close()

    def close(self) -> None:
        self._over.set()
        self._thread.join(5)
        self._listener.close()


@pytest.fixture
def canary():
    listening = Canary()
    yield listening
    listening.close()


@pytest.fixture(autouse=True)
def known_services(settings):
    settings.PUSH_HOSTS = [GOOD, "push.test"]


def send(endpoint: str, pusher: Pusher | None = None):
    """One push to an endpoint, as the senders do it."""
    browser = Browser("/one")
    push = Push(endpoint, browser.p256dh, browser.auth, b"{}", ttl=60, topic="n1")
    return (pusher or Pusher()).send(seal(push), seconds=2)


def test_enough_are_tried():
    assert len(set(MADE_UP)) >= 60


def test_a_made_up_endpoint_is_neither_kept_nor_spoken_to(client, canary):
    client.force_login(learner())
    browser = Browser("/one")
    keys = {"p256dh": browser.p256dh, "auth": browser.auth, "label": "x"}
    with watched() as wire:
        for endpoint in (each.replace("PORT", str(canary.port)) for each in MADE_UP):
            client.post(reverse("push"), {"endpoint": endpoint, **keys})
            assert not PushSubscription.objects.exists(), endpoint
            assert isinstance(send(endpoint), Never), endpoint
    assert (wire.connects, canary.came) == ([], [])


def test_the_wire_sees_each_who_would_connect(canary):
    """Else none of this could fail."""
    with watched() as wire, pytest.raises(OSError, match="stopped"):
        socket.create_connection(("127.0.0.1", canary.port), timeout=1)
    assert wire.unexpected == [("127.0.0.1", canary.port)]


@pytest.mark.parametrize("address", ANSWERS)
def test_a_push_services_name_that_means_the_inside_is_not_spoken_to(address):
    with watched(names={"a.push.test": [[address]]}) as wire:
        assert isinstance(send("https://a.push.test/one"), Never)
    assert (wire.connects, wire.looked_up) == ([], ["a.push.test"])


def test_of_several_addresses_only_the_public_one_is_tried():
    names = {"a.push.test": [["127.0.0.1", PUBLIC, "10.0.0.1", "::1"]]}
    with watched(names=names) as wire:
        send("https://a.push.test/one")
    assert wire.connects == [(PUBLIC, 443)]


def test_a_name_that_changes_its_address_is_asked_once_and_what_was_checked_is_connected_to():
    names = {"a.push.test": [[PUBLIC], ["127.0.0.1"]]}
    with watched(names=names) as wire:
        pusher = Pusher()
        send("https://a.push.test/one", pusher)
        assert (wire.looked_up, wire.connects) == (["a.push.test"], [(PUBLIC, 443)])
        assert isinstance(send("https://a.push.test/one", pusher), Never)
    assert wire.connects == [(PUBLIC, 443)]


@pytest.fixture
def service(settings, monkeypatch, tmp_path):
    """A push service that is where it may be, on the loopback address."""
    found = PushService(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(found.certificate))
    settings.OUTBOUND_ALLOW_LOOPBACK, settings.PUSH_HOSTS = True, ["localhost"]
    yield found
    found.close()


def place_of(service: PushService) -> Wire:
    """A wire on which only the service may be reached."""
    port = service.server_address[1]
    return {"expected": {("127.0.0.1", port), ("::1", port)}}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(service, canary, status):
    service.usual = answer(status, Location=f"https://127.0.0.1:{canary.port}/one")
    with watched(**place_of(service)) as wire:
        assert isinstance(send(service.url("/one")), Never)
    assert (wire.unexpected, canary.came, len(service.requests)) == ([], [], 1)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_no_proxy_of_the_environment_is_used(service, canary, monkeypatch, name):
    monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    with watched(**place_of(service)) as wire:
        assert send(service.url("/one")) == Accepted()
    assert (wire.unexpected, canary.came) == ([], [])
