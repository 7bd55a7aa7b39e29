"""Emails sent by the program's senders, beside a bare smtplib loop with the same messages."""

import smtplib
from collections.abc import Iterator, Sequence
from functools import partial

from accounts.mail.smtp import Envelope
from tests.benchmarks.due_messages import forget, make_due, prepared
from tests.benchmarks.figures import Figure, faster
from tests.benchmarks.measuring import in_turns
from tests.benchmarks.senders import HOST, MailSink, check, running_senders, running_sink
from tests.benchmarks.world import World

MESSAGES = 2_000
# As deploy/compose.yaml starts them for the queue of emails.
SENDERS = 4


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """Ours from due to recorded: claimed, looked at again, made, sent, finished one by one."""
    world.add_slots()
    world.add_searches()
    count = min(world.some(MESSAGES), world.learners // 2)
    try:
        with running_sink() as sink, running_senders("email", SENDERS, sink=sink) as senders:
            make_due(count)
            envelopes = [each for each in prepared("email") if isinstance(each, Envelope)]
            bare = partial(send_bare, envelopes, sink)
            check(senders, bare, sink, count=count)
            taken = in_turns(
                senders.send_all, bare,
                rounds=rounds, before=partial(make_due, count), cpu=senders.cpu_seconds,
            )  # fmt: skip
    finally:
        forget()
    yield faster("dispatch", f"{count:,} emails by {SENDERS} senders", taken, at_least=0.7)


def send_bare(envelopes: Sequence[Envelope], sink: MailSink) -> None:
    """One connection, one message after the other."""
    with smtplib.SMTP(HOST, sink.port) as line:
        for envelope in envelopes:
            line.sendmail(envelope.sender, [envelope.recipient], envelope.content)
