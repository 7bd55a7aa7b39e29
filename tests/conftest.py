"""What every test stands on: its own database, the application's role, and no stale caches."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import sleep
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

from accounts.roles import keep_default_roles
from audit import config
from tests import databases
from tests.ids import continue_at
from tests.static_files import static_files

__all__ = ["continue_at", "static_files"]

# Playwright's sync API runs an event loop in this thread, which Django would else refuse.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


# Each folder's tests have a mark by which they can be chosen or left out.
MARKS = {
    "benchmarks": "benchmark",
    "deploy": "deployment",
    "drills": "drill",
    "journeys": "journey",
}
# What neither names paths nor marks nor says `--all` runs.
USUAL = (
    "not long and not benchmark and not deployment and not variant and not slow"
    " and (usual or not drill and not journey)"
)
# Its tests share one running site: they go to one worker, one after the other.
ONE_SITE = "tests/journeys/one_site/"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`./dev test --all`."""
    what = "also all short drills, journeys and variants, the benchmarks' and deployment tests"
    parser.addoption("--all", action="store_true", help=what)


def pytest_configure(config: pytest.Config) -> None:
    """Choose the usual tests, in each worker of xdist too."""
    named = config.args_source is config.ArgsSource.ARGS
    if not named and not config.option.all and config.option.markexpr == "not long":
        config.option.markexpr = USUAL


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark it by its folder; a long drill may take an hour."""
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    if folder in MARKS:
        item.add_marker(MARKS[folder])
    if item.get_closest_marker("long"):
        item.add_marker(pytest.mark.timeout(3600))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Drills and journeys first: one that takes a minute must not begin when all else has ended.

    In turns: a drill mostly waits, and a browser never does.
    """
    scopes = {scope_of(item.nodeid): 1.0 for item in items}
    for folder in ("tests/drills/", "tests/journeys/"):
        found = [name for name in scopes if name.startswith(folder)]
        scopes |= {name: place / len(found) for place, name in enumerate(found)}
    items.sort(key=lambda item: scopes[scope_of(item.nodeid)])


def scope_of(nodeid: str) -> str:
    """What runs on one worker without a break: a module, or the modules that share a site."""
    return ONE_SITE if nodeid.startswith(ONE_SITE) else nodeid.partition("::")[0]


class Scheduling(LoadScopeScheduling):
    """Gives each worker whole scopes, in their order."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Instead of the one by modules alone."""
    return Scheduling(config, log)


def with_variants(config: pytest.Config) -> bool:
    """Whether variants run too."""
    return config.option.markexpr != USUAL


@pytest.fixture(scope="session")
def thorough(pytestconfig: pytest.Config) -> bool:
    """Whether a test that goes through variants by itself goes through all of them."""
    return with_variants(pytestconfig)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def django_db_setup(run_folder: Path, django_db_blocker: object) -> Iterator[None]:
    """Clone the migrated template for this worker; child processes reach the clone by its URL."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    databases.make_template(run_folder)
    with databases.only_one_process(run_folder / "template.lock"):
        databases.recreate(name, databases.TEMPLATE)
    _use(name)
    yield
    connections.close_all()
    databases.drop(name)


def _use(name: str) -> None:
    settings.DATABASES["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name
    os.environ["DATABASE_URL"] = databases.url_of(name, settings.APPLICATION_ROLE)
    os.environ["DATABASE_OWNER_URL"] = databases.url_of(name, settings.OWNER_ROLE)


def _empty_by_the_owner(case: TransactionTestCase) -> None:
    """Django's own flush would TRUNCATE as the application, which may not."""
    connections["default"].close()
    databases.empty(connections["default"].settings_dict["NAME"])
    keep_default_roles()


TransactionTestCase._fixture_teardown = _empty_by_the_owner  # type: ignore[attr-defined]


LONDON = ZoneInfo("Europe/London")
# More than what a test takes between asking for the day and looking at what came of it.
END_OF_DAY = timedelta(seconds=5)


@pytest.fixture(autouse=True)
def one_day() -> None:
    """Let "today" be one day: what would begin in a day's last seconds waits for the next."""
    now = datetime.now(LONDON)
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), LONDON)
    left = midnight.astimezone(UTC) - now
    if left < END_OF_DAY:
        sleep(left.total_seconds())


@pytest.fixture(autouse=True)
def fresh_settings(settings) -> Iterator[None]:
    """A cheap hasher, and no settings remembered from another test's database.

    Each client of Django's tests makes the middleware again: static files are looked for when
    they are asked for, else each client would read all of them first.
    """
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    config.forget_cached()
    yield
    config.forget_cached()
