"""What it costs to record: a write beside the same one bare, eight who write at once, sealing."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection, transaction

from audit.chain import seal
from audit.models import AuditLog, SystemConfig
from audit.trail import record
from tests.benchmarks.figures import Figure, absolute, longer
from tests.benchmarks.measuring import in_turns, same
from tests.benchmarks.world import World, owner_at_rest

CHANGES, WRITERS = 100, 8
FORGET = "DELETE FROM auditlogs WHERE log_id > %s"
FORGET_SETTINGS = "DELETE FROM systemconfig WHERE key LIKE 'bench.%'"


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """Each change is a transaction of its own, as a page makes it."""
    count = world.some(CHANGES)
    with forgotten_afterwards():
        row = _setting(0)
        taken = in_turns(
            lambda: change(row, count, recorded=True),
            lambda: change(row, count, recorded=False),
            rounds=rounds,
        )
        yield longer("audit", f"{count} settings changed and recorded, beside changed alone",
                     taken, at_most=2)  # fmt: skip
        taken = in_turns(
            lambda: by_many(count),
            lambda: change(row, count * WRITERS, recorded=True),
            rounds=rounds,
        )
        yield longer("audit", f"{WRITERS} who change {count} each, beside one who changes as many",
                     taken, at_most=1)  # fmt: skip
        expected = (1 + rounds) * count * (1 + 2 * WRITERS)
        sealed = list(seal_all())
        same([sum(number for number, _ in sealed)], [expected], "entries")
        each = [1e6 * seconds / number for number, seconds in sealed]
        yield absolute("audit", "sealing, for each entry", each, "µs")


def change(row: SystemConfig, count: int, *, recorded: bool) -> None:
    """Change one setting so many times."""
    for number in range(count):
        with transaction.atomic():
            SystemConfig.objects.filter(pk=row.pk).update(value=str(number))
            if recorded:
                record("setting.changed", actor=None, subject=row, value=[number, number + 1])


def by_many(count: int) -> None:
    """WRITERS at once, each with a connection and a setting of its own."""
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda writer: _in_a_thread(writer, count), range(WRITERS)))


def _in_a_thread(writer: int, count: int) -> None:
    try:
        change(_setting(writer), count, recorded=True)
    finally:
        connection.close()


def _setting(writer: int) -> SystemConfig:
    return SystemConfig.objects.get_or_create(key=f"bench.{writer}")[0]


def seal_all() -> Iterator[tuple[int, float]]:
    """How many entries each round of sealing took up, and its seconds."""
    while True:
        began = time.perf_counter()
        number, _ = seal()
        if not number:
            return
        yield number, time.perf_counter() - began


@contextmanager
def forgotten_afterwards() -> Iterator[None]:
    """Only the owner, with triggers at rest, may take entries away again."""
    for _ in seal_all():
        pass
    last = AuditLog.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    try:
        yield
    finally:
        with owner_at_rest() as owner:
            owner.execute(FORGET, [last])
            owner.execute(FORGET_SETTINGS)
