"""The pages of admin among 3,000,000 slots, 1,000,000 people and 5,000,000 alerts."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from statistics import median

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from audit.admin_links import list_url
from tests.benchmarks.admin_pages import (
    EXPORTED,
    Visit,
    first_line,
    models,
    other_pages,
    pages_of,
    visit,
)
from tests.benchmarks.figures import Figure, absolute
from tests.benchmarks.past import add_past
from tests.benchmarks.world import World
from tests.staff import make_staff, signed_in

SLOWEST_MS, MOST_QUERIES = 1000, 20


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """Every page as an admin sees it, and the lists as the other staff do, each by itself."""
    add_past(world)
    if isinstance(staticfiles_storage, ManifestFilesMixin):
        call_command("collectstatic", interactive=False, verbosity=0)
    with transaction.atomic(), _unlogged():
        lists: list[Visit] = []
        for name, visits in _by_part(rounds):
            for each in visits:
                world.say(f"  {each.milliseconds:8.0f} ms {each.queries:3} queries  {each.path}")
            yield _slowest(name, visits)
            lists += visits if name in models() else ()
        yield _most_asking(lists)
        transaction.set_rollback(True)


@contextmanager
def _unlogged() -> Iterator[None]:
    """A line for each request would hide the figures."""
    logging.disable(logging.INFO)
    yield
    logging.disable(logging.NOTSET)


def _by_part(rounds: int) -> Iterator[tuple[str, list[Visit]]]:
    staff = {role: make_staff(role) for role in (Role.ADMIN, Role.AUDITOR, Role.CENTER_MANAGER)}
    for label in models():
        client = _client(staff[Role.ADMIN])
        yield label, [_visited(client, path, rounds) for path in pages_of(label, client)]
    client = _client(staff[Role.ADMIN])
    yield "other pages", [_visited(client, path, rounds) for path in other_pages()]
    yield "the log as CSV, its first line", [first_line(client, query) for query in EXPORTED]
    for role in (Role.AUDITOR, Role.CENTER_MANAGER):
        client = _client(staff[role])
        yield f"as {role}", [_visited(client, path, rounds) for path in _lists(staff[role])]


def _lists(user: User) -> list[str]:
    seen = [label for label in models() if user.has_perm("{}.view_{}".format(*label.split(".")))]
    return [reverse("admin:index"), *map(list_url, seen)]


def _client(user: User) -> Client:
    """Signed in just now, as pages that ask for the password again want it."""
    return signed_in(user, headers={"host": settings.ALLOWED_HOSTS[0]})


def _visited(client: Client, path: str, rounds: int) -> Visit:
    """The median of its times."""
    visits = [visit(client, path)[0] for _ in range(rounds)]
    return Visit(path, median(each.milliseconds for each in visits), visits[-1].queries)


def _slowest(name: str, visits: list[Visit]) -> Figure:
    slowest = max(visits, key=lambda each: each.milliseconds)
    what = f"{name}: the slowest of {len(visits)} pages, {slowest.path.removeprefix('/admin')}"
    each = [one.milliseconds for one in visits]
    return absolute("admin", what, each, "ms", percentile=100, at_most=SLOWEST_MS)


def _most_asking(visits: Iterable[Visit]) -> Figure:
    each = [one.queries for one in visits]
    what = f"queries of any of the lists' {len(each)} pages"
    return absolute("admin", what, each, "queries", percentile=100, at_most=MOST_QUERIES - 1)
