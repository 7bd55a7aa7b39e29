"""Tests, checks and benchmarks, on throw-away servers."""

import argparse
import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from .clock import clock_at, moment
from .environment import throw_away_environment
from .folders import LARGE
from .install import TEST_PACKAGES, set_up
from .migrated import migrated_cluster
from .services import CONNECTIONS, throw_away_servers
from .shell import PYTHON, ROOT, Command, Environment, call, in_front, quietly

APPS = ("audit", "centers", "accounts", "slots", "alerts", "dvsa_alerts")


def test(words: Sequence[str]) -> int:
    """test [arguments]   whether the program is right, on throw-away servers;
    --all: every short drill and journey, benchmarks' and deployment tests too
    --at 2027-03-28T00:58: servers and tests at that moment (UTC)
    a path, or pytest's -k or -m: what it names
    """
    parser = argparse.ArgumentParser("./dev test", add_help=False, allow_abbrev=False)
    parser.add_argument("--at", type=moment)
    ours, words = parser.parse_known_args(words)
    set_up(TEST_PACKAGES)
    origin = migrated_cluster()
    with clock_at(ours.at), throw_away_servers(origin=origin) as folder:
        env = throw_away_environment(folder)
        return in_front((PYTHON, "-m", "pytest", *pytest_words(words)), env)


def pytest_words(words: Sequence[str]) -> list[str]:
    """On two cores, unless the caller says on how many or wants a debugger."""
    chosen = re.compile(r"-n.*|--numprocesses.*|--pdb|--trace|--co|--collect-only")
    return [*([] if any(map(chosen.fullmatch, words)) else ["-n", "2"]), *words]


def check(words: Sequence[str]) -> int:
    """check              style, types, import order, migrations, generated SQL, deployment"""
    set_up()
    servers = throw_away_servers(origin=migrated_cluster())
    with servers as folder, ThreadPoolExecutor(2) as pool:
        env = throw_away_environment(folder)
        quietly((PYTHON, "manage.py", "migrate"), cwd=ROOT, env=env)
        results = [pool.submit(passes, *each) for each in checks(env)]
        return 0 if all(result.result() for result in results) else 1


def checks(env: Environment) -> list[tuple[str, Command, Environment]]:
    manage = (PYTHON, "manage.py")
    tool = PYTHON.parent
    lint = ("lintmigrations", "--sql-analyser", "postgresql", "--no-cache")
    ours = ("--quiet", "ok", "ignore", "--ignore-initial-migrations", "--include-apps", *APPS)
    return [
        ("types", (tool / "mypy", ".", "dev"), env),
        ("style", (tool / "ruff", "check", ".", "dev"), env),
        ("format", (tool / "ruff", "format", "--check", ".", "dev"), env),
        ("import order", (tool / "lint-imports",), env),
        ("missing migrations", (*manage, "makemigrations", "--check", "--dry-run"), env),
        ("migrations", (*manage, *lint, *ours), env),
        ("generated SQL", (*manage, "document_schema", "--check"), env),
        ("deployment", (*manage, "check", "--deploy", "--fail-level", "WARNING"), deployed(env)),
    ]


def deployed(env: Environment) -> Environment:
    """As it would be on a server of its own."""
    host = "alerts.example.org"
    return env | {"DEBUG": "false", "ALLOWED_HOSTS": host, "SITE_URL": f"https://{host}"}


def passes(name: str, command: Command, env: Environment) -> bool:
    result = call(command, cwd=ROOT, env=env)
    said = f"FAILED\n{result.stdout}" if result.returncode else "ok"
    print(f"{name:<20} {said}", flush=True)
    return result.returncode == 0


def bench(words: Sequence[str]) -> int:
    """bench [name ...]   the benchmarks, on a throw-away cluster that is durable and has memory"""
    set_up()
    with throw_away_servers(measured(), LARGE, migrated_cluster()) as folder:
        env = throw_away_environment(folder)
        return in_front((PYTHON, "-m", "tests.benchmarks", *words), env)


def measured() -> tuple[str, ...]:
    """Settings for the benchmarks: a quarter of the memory, 4 GB at most, and no early flush."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    shared = f"shared_buffers={min(total // 4, 4096)}MB"
    memory = ("work_mem=32MB", "maintenance_work_mem=512MB", f"effective_cache_size={total // 2}MB")
    log = ("max_wal_size=8GB", "checkpoint_timeout=30min")
    return (shared, *memory, *log, "random_page_cost=1.1", *CONNECTIONS)
