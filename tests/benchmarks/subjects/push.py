"""Pushes sent by the program's senders, beside a bare loop of the same encryption and POST."""

from collections.abc import Iterator, Sequence
from functools import partial

from alerts.channels.push import Push, SealedPush, encrypt
from tests.benchmarks.due_messages import forget, make_due, prepared, subscribe, unsubscribe
from tests.benchmarks.figures import Figure, faster
from tests.benchmarks.measuring import in_turns
from tests.benchmarks.senders import (
    PUSH_HOST,
    PushSink,
    check,
    running_push_sink,
    running_senders,
)
from tests.benchmarks.world import World

MESSAGES = 1_000
# As deploy/compose.yaml starts them for the queue of pushes.
SENDERS = 4


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """Ours from due to recorded: claimed, looked at again, made, sent, finished one by one."""
    world.add_slots()
    world.add_searches()
    count = min(world.some(MESSAGES), world.learners // 10)
    try:
        with running_push_sink() as sink, running_senders("push", SENDERS, sink=sink) as senders:
            subscribe(f"https://{PUSH_HOST}:{sink.port}")
            make_due(count, "push")
            pushes = [each.push for each in prepared("push") if isinstance(each, SealedPush)]
            bare = partial(send_bare, pushes, sink)
            check(senders, bare, sink, count=count)
            taken = in_turns(
                senders.send_all, bare,
                rounds=rounds, before=partial(make_due, count, "push"), cpu=senders.cpu_seconds,
            )  # fmt: skip
    finally:
        forget()
        unsubscribe()
    yield faster("push", f"{count:,} pushes by {SENDERS} senders", taken, at_least=0.7)


def send_bare(pushes: Sequence[Push], sink: PushSink) -> None:
    """One connection, one message encrypted and posted after the other, under one signature."""
    line = sink.line()
    for push in pushes:
        headers = {
            "Authorization": "vapid t=signed-once, k=our-key",
            "Content-Encoding": "aes128gcm",
            "TTL": str(push.ttl),
            "Urgency": "high",
            "Topic": push.topic,
        }
        path = push.endpoint.partition(f":{sink.port}")[2]
        line.request("POST", path, encrypt(push), headers)
        line.getresponse().read()
    line.close()
