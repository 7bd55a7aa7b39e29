"""People at the site, as a process of its own, so that what they cost can be told from the site.

`python -m tests.benchmarks.load_generator` reads an Order as JSON, keeps that many people busy for
that long, each asking again as soon as they are answered, and writes a Load as JSON. A connection
for each request, as nginx opens them.
"""

import json
import random
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

HOST = "127.0.0.1"
FORM = "application/x-www-form-urlencoded"
# Whoever brings the same secret as cookie and as field passes, as a browser does.
SECRET = "s" * 32
# Of accounts that live for a minute.
# Of a hundred things that people do.
MIX = {"search": 60, "page": 25, "saved search": 10, "sign-up": 5}
OTHER_PAGES = ("/", "/centers/", "/centers/1/", "/centers/2/", "/privacy/", "/accounts/login/")


@dataclass(frozen=True)
class Order:
    """`people` at once for so many seconds; places are `latitude,longitude`; sessions signed in."""

    port: int
    people: int
    seconds: float
    seed: int
    places: Sequence[tuple[float, float]]
    sessions: Sequence[str]


@dataclass
class Load:
    """Milliseconds of every request that was answered well, how many weren't, and what it cost."""

    milliseconds: list[float] = field(default_factory=list)
    actions: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    seconds: float = 0
    cpu: float = 0


class Person:
    """One who does one thing after the other, each a request or two."""

    def __init__(self, order: Order, number: int, load: Load) -> None:
        self._order, self._load = order, load
        self._choose = random.Random(order.seed * 1000 + number)

    def stay(self, until: float) -> None:
        """Go on until `time.perf_counter()` says so."""
        doing: dict[str, Callable[[], None]] = {
            "search": self._search, "page": self._look_around,
            "saved search": self._save, "sign-up": self._sign_up,
        }  # fmt: skip
        while time.perf_counter() < until:
            (action,) = self._choose.choices(list(MIX), list(MIX.values()))
            doing[action]()
            self._load.actions[action] += 1

    def _search(self) -> None:
        self._get("/slots/?" + urlencode(self._wish()))

    def _look_around(self) -> None:
        self._get(self._choose.choice(OTHER_PAGES))

    def _save(self) -> None:
        session = self._choose.choice(self._order.sessions)
        wish = self._wish() | {"method": "email", "test_type": "practical"}
        self._get("/searches/new/?" + urlencode(wish), session=session)
        self._post("/searches/new/", wish, session=session)

    def _sign_up(self) -> None:
        address = f"newcomer{self._choose.randrange(10**12)}@example.org"
        self._get("/accounts/signup/")
        self._post("/accounts/signup/", {"email": address})

    def _wish(self) -> dict[str, object]:
        north, east = self._choose.choice(self._order.places)
        return {"near": f"{north + self._choose.randrange(200) / 1000:.3f},{east}", "radius": 25}

    def _get(self, path: str, session: str = "") -> None:
        self._ask(f"GET {path} HTTP/1.1\r\n{self._cookies(session)}\r\n", 200)

    def _post(self, path: str, values: dict[str, object], session: str = "") -> None:
        body = urlencode(values | {"csrfmiddlewaretoken": SECRET})
        head = f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n"
        self._ask(f"POST {path} HTTP/1.1\r\n{head}{self._cookies(session)}\r\n{body}", 302)

    def _cookies(self, session: str) -> str:
        signed_in = f"; sessionid={session}" if session else ""
        network = ".".join(str(self._choose.randrange(1, 255)) for _ in range(3))
        return (
            f"Host: {HOST}\r\nX-Forwarded-For: 10.{network}\r\n"
            f"Cookie: csrftoken={SECRET}{signed_in}\r\n"
        )

    def _ask(self, request: str, wanted: int) -> None:
        began = time.perf_counter()
        try:
            status = _status_of(self._order.port, request.encode())
        except OSError as error:
            status = type(error).__name__
        if status == str(wanted):
            self._load.milliseconds.append((time.perf_counter() - began) * 1000)
        else:
            self._load.errors[f"{request.split()[1].partition('?')[0]}: {status}"] += 1


def _status_of(port: int, request: bytes) -> str:
    with socket.create_connection((HOST, port), timeout=60) as line:
        line.sendall(request)
        answer = b"".join(_parts(line))
    return answer[9:12].decode()


def _parts(line: socket.socket) -> Iterator[bytes]:
    while part := line.recv(65536):
        yield part


def run(order: Order) -> Load:
    """Let them all begin, and wait until each has had their last answer."""
    load = Load()
    began, cpu = time.perf_counter(), time.process_time()
    people = [
        threading.Thread(target=Person(order, number, load).stay, args=[began + order.seconds])
        for number in range(order.people)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    load.seconds, load.cpu = time.perf_counter() - began, time.process_time() - cpu
    return load


if __name__ == "__main__":
    sys.stdout.write(json.dumps(vars(run(Order(**json.load(sys.stdin))))))
