"""The whole site as it runs in development: real processes on a database of their own."""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests import databases, servers
from tests.drills.senders import Program, beat, worker

DATABASE = "journey"


@dataclass(frozen=True)
class Site:
    """Where the running site is; `manage` runs a command against its database."""

    url: str
    database: str
    log: Path
    redis: str = ""
    programs: list[Program] = field(default_factory=list)

    def manage(self, *words: str) -> str:
        """A command's output; raises AssertionError with it when the command fails."""
        return databases.manage(*words, database=self.database).stdout

    def restart(self, **told: str) -> None:
        """Start every process again, which is told so; only what the site was begun with."""
        end(self.programs)
        os.environ.update(told)
        self.programs[:] = start(self, simulate=0)


@contextmanager
def running_site(
    folder: Path, *, simulate: int = 0, coalesce: int = 2, **told: str
) -> Iterator[Site]:
    """Start mail, web, worker and beat; end them all afterwards.

    `simulate` is how many times faster than real time the simulated source goes; 0 is without it.
    `told` are environment variables, in which {database} is the database's name.
    """
    name = f"test_{DATABASE}_{os.getpid()}"
    databases.recreate(name, databases.TEMPLATE)
    with ExitStack() as stack:
        stack.callback(databases.drop, name)
        redis = servers.OwnRedis(stack.enter_context(servers.own_folder()))
        redis.start()
        stack.callback(redis.stop)
        site = Site(f"http://127.0.0.1:{free_port()}", name, folder, redis.url)
        stack.enter_context(environment(site, folder, told))
        prepare(site, coalesce)
        site.programs.extend(start(site, simulate=simulate))
        stack.callback(end, site.programs)
        yield site


@contextmanager
def environment(site: Site, folder: Path, others: dict[str, str]) -> Iterator[None]:
    """What every process of the site is told; put back afterwards."""
    told = {
        "DATABASE_URL": databases.url_of(site.database, "app"),
        "DATABASE_OWNER_URL": databases.url_of(site.database, "app_owner"),
        "SITE_URL": site.url,
        "EMAIL_URL": f"smtp://127.0.0.1:{free_port()}",
        "DEV_MAIL_DIR": str(folder / "mail"),
        "DEBUG": "true",
        **{name: value.format(database=site.database) for name, value in others.items()},
    }
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def prepare(site: Site, coalesce: int) -> None:
    """The bundled centres and postcodes; alerts are gathered for so many seconds, without a gap."""
    site.manage("load_bundled_data")
    with databases.owner_connection(site.database) as connection:
        connection.execute(
            "INSERT INTO systemconfig (key, value)"
            " VALUES ('alerts.coalesce_seconds', %s), ('alerts.gap_seconds', '0')",
            [str(coalesce)],
        )


def start(site: Site, *, simulate: int) -> list[Program]:
    """Every process; returns once the site and its mail sink answer."""
    folder, redis = site.log, site.redis
    mail_port = os.environ["EMAIL_URL"].rpartition(":")[2]
    address = site.url.removeprefix("http://")
    web = ("-m", "gunicorn", "dvsa_alerts.wsgi", "-b", address, "--threads", "4")
    programs = [
        Program("manage.py", "dev_mail", "--port", mail_port, log=folder / "mail.log"),
        Program(*web, "--no-control-socket", log=folder / "web.log", REDIS_URL=redis),
        worker(folder / "worker.log", redis=redis, processes=1),
        beat(folder / "beat.log", redis=redis),
    ]
    if simulate:
        words = ("simulate_source", "--speed", str(simulate), "--seed", "1")
        programs.append(Program("manage.py", *words, log=folder / "simulator.log", REDIS_URL=redis))
    ports = (int(mail_port), int(address.rpartition(":")[2]))
    assert servers.wait_until(lambda: all(map(answers, ports)), seconds=180), logs(folder)
    return programs


def end(programs: list[Program]) -> None:
    """All at once: each takes some seconds over its farewell."""
    for program in programs:
        program.process.terminate()
    for program in programs:
        program.stop()


def answers(port: int) -> bool:
    """Whether anybody listens there."""
    with closing(socket.socket()) as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def logs(folder: Path) -> str:
    """The end of what each process has said."""
    parts = [f"== {path.name}\n{path.read_text()[-3000:]}" for path in folder.glob("*.log")]
    return "\n".join(parts)


def code_of(text: str) -> str:
    """The code that a sign-up mail says."""
    found = re.search(r"Your code is\s+(\S+)", text)
    assert found, text
    return found[1]
