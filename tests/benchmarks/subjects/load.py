"""Many people at the site at once, as deployed, while batches come in and alerts go out."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles

from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import SavedSearch, User
from audit.models import SystemConfig
from slots.ingestion.batches import parse_json
from slots.ingestion.ingest import ingest
from slots.models import Source
from tests import servers
from tests.benchmarks.figures import Figure
from tests.benchmarks.load_generator import Load, Order
from tests.benchmarks.measuring import Different, cluster_seconds
from tests.benchmarks.senders import HOST, MailSink, running_sink
from tests.benchmarks.subjects.ingest import FORGET, Feed
from tests.benchmarks.subjects.ingest import NAME as FEED
from tests.benchmarks.subjects.page import LIMIT
from tests.benchmarks.subjects.search import place_of, places
from tests.benchmarks.web import Web, running_web
from tests.benchmarks.world import World, owner_at_rest
from tests.drills.senders import dispatcher, matcher

PEOPLE = (1, 2, 4, 8, 16, 32, 64)
SECONDS = 60
# With so many people different servers are tried.
CROWD, SHORT_SECONDS = 16, 15
WARM_UP_PEOPLE, WARM_UP_SECONDS = 8, 4
LEARNERS = 500
# A batch every five seconds, in which one slot of a thousand is new: so many openings in a minute
# are twelve, each of which reaches thousands of learners.
ROWS, EVERY = 1000, 5
LEFT_BEHIND = """
DELETE FROM account_emailaddress WHERE email LIKE 'newcomer%';
DELETE FROM users WHERE email LIKE 'newcomer%';
TRUNCATE useralerts, alerts_notification, alerts_delivery, django_session CASCADE
"""


@dataclass(frozen=True)
class Server:
    """A web server of so many processes with their threads."""

    processes: int
    threads: int


# As on two cores (deploy/gunicorn.conf.py), and what else was tried.
DEPLOYED = Server(2, 4)
OTHERS = [Server(*each) for each in ((1, 4), (2, 1), (2, 2), (2, 8), (3, 4), (4, 2))]


@dataclass(frozen=True)
class Site:
    """What a load meets: learners who are signed in, batches so far, and where mails end."""

    around: list[tuple[float, float]]
    sessions: list[str]
    batches: list[str]
    sink: MailSink

    def order(self, web: Web, people: int, seconds: float) -> Order:
        """So many people for so many seconds."""
        return Order(web.port, people, seconds, people, self.around, self.sessions)


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """A minute with each number of people, then the same crowd with other processes and threads."""
    world.add_slots()
    world.add_searches()
    shorter = min(1.0, world.scale * 10)
    with running_site(world) as site:
        with running_server(site, DEPLOYED) as web:
            for people in PEOPLE:
                load = site.order(web, people, SECONDS * shorter)
                yield measured("people", site, DEPLOYED, web, load)
        for server in (DEPLOYED, *OTHERS):
            with running_server(site, server) as web:
                load = site.order(web, CROWD, SHORT_SECONDS * shorter)
                yield measured("processes", site, server, web, load)


@contextmanager
def running_site(world: World) -> Iterator[Site]:
    """All but the web server."""
    around = [(round(place_of(each).y, 3), round(place_of(each).x, 3)) for each in places(world)]
    with (
        prepared(world) as sessions,
        running_sink() as sink,
        everything_else(mail_to(sink)) as batches,
    ):
        yield Site(around, sessions, batches, sink)


@contextmanager
def running_server(site: Site, server: Server) -> Iterator[Web]:
    """A web server as it is deployed, which has answered some already."""
    with running_web(
        workers=server.processes, threads=server.threads, keep_alive=0,
        EMAIL_URL=mail_to(site.sink),
    ) as web:  # fmt: skip
        generate(site.order(web, WARM_UP_PEOPLE, WARM_UP_SECONDS))
        yield web


def mail_to(sink: MailSink) -> str:
    """EMAIL_URL of a sink."""
    return f"smtp://{HOST}:{sink.port}"


@contextmanager
def prepared(world: World) -> Iterator[list[str]]:
    """Learners who are signed in, and limits that a load from one address does not reach."""
    SystemConfig.objects.update_or_create(key=LIMIT, defaults={"value": "100000"})
    last = SavedSearch.objects.order_by("-pk").values_list("pk", flat=True)[0]
    try:
        yield [session_of(user) for user in User.objects.order_by("pk")[: world.some(LEARNERS)]]
    finally:
        SystemConfig.objects.filter(key=LIMIT).delete()
        with owner_at_rest() as owner:
            owner.execute("DELETE FROM alerts_reach WHERE search_id > %s", [last])
            owner.execute("DELETE FROM userpreferences WHERE preference_id > %s", [last])
            owner.execute(LEFT_BEHIND)
            owner.execute(FORGET, {"name": FEED})


def session_of(user: User) -> str:
    """The cookie of someone who has just signed in."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def measured(part: str, site: Site, server: Server, web: Web, order: Order) -> Figure:
    """One load, and what the web server and the database spent on it, in cores."""
    site.sink.seen()
    batches = len(site.batches)
    before = web.cpu_seconds(), cluster_seconds()
    load = generate(order)
    spent = web.cpu_seconds() - before[0], cluster_seconds() - before[1]
    at = quantiles(load.milliseconds, n=100, method="inclusive")
    notes = asdict(server) | {
        "part": part, "people": order.people, "requests": len(load.milliseconds),
        "p50": at[49], "p95": at[94], "p99": at[98],
        "errors": load.errors, "actions": load.actions,
        "generator_cores": load.cpu / load.seconds, "web_cores": spent[0] / load.seconds,
        "database_cores": spent[1] / load.seconds,
        "batches": len(site.batches) - batches, "mails": site.sink.seen()[0],
    }  # fmt: skip
    what = f"{order.people} people, {server.processes} processes of {server.threads} threads"
    rate = len(load.milliseconds) / load.seconds
    return Figure("load", what, rate, "requests/s", [rate], notes=notes)


def generate(order: Order) -> Load:
    """What a generator in a process of its own came to. Raises Different if nothing went well."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.load_generator"],
        cwd=settings.BASE_DIR, input=json.dumps(asdict(order)), stdout=subprocess.PIPE, text=True,
        check=True,
    )  # fmt: skip
    load = Load(**json.loads(done.stdout))
    if not load.milliseconds:
        raise Different(f"nothing was answered well: {load.errors}")
    return load


@contextmanager
def everything_else(mail: str) -> Iterator[list[str]]:
    """Matching, delivery and a feed; what became of each batch so far."""
    outcomes: list[str] = []
    over = threading.Event()

    def feed_on() -> None:
        with owner_at_rest() as owner:
            owner.execute(FORGET, {"name": FEED})
        feed, source = Feed(ROWS, changed=1), Source.objects.create(name=FEED)
        while not over.wait(EVERY if outcomes else 0):
            feed.next()
            outcomes.append(ingest(source=source, batch=parse_json(feed.json)).status)
        connection.close()

    with ExitStack() as stack:
        folder = Path(stack.enter_context(servers.own_folder()))
        database = {"EMAIL_URL": mail, "DEBUG": "false"}
        stack.callback(matcher(folder / "matcher.log", **database).stop)
        stack.callback(dispatcher(folder / "dispatcher.log", **database).stop)
        feeding = threading.Thread(target=feed_on)
        feeding.start()
        stack.callback(feeding.join)
        stack.callback(over.set)
        time.sleep(2)
        yield outcomes
