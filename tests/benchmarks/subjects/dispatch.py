"""E-mails sent by the program's senders, beside a bare smtplib loop with the same messages."""

import smtplib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial

from django.db.models.functions import Now

from alerts.channels.email import Envelope
from alerts.delivery.endings import put_back_unsent
from alerts.delivery.leases import Held, claim
from alerts.delivery.sending import start
from alerts.models import Delivery
from tests.benchmarks.due_messages import forget, make_due
from tests.benchmarks.figures import Figure, faster
from tests.benchmarks.measuring import Different, in_turns
from tests.benchmarks.senders import HOST, MailSink, Senders, running_senders, running_sink
from tests.benchmarks.world import World

MESSAGES = 2_000
# As deploy/compose.yaml starts them for the queue of e-mails.
SENDERS = 2


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """Ours from due to recorded: claimed, looked at again, made, sent, finished one by one."""
    world.add_slots()
    world.add_searches()
    count = min(world.some(MESSAGES), world.learners // 2)
    try:
        with running_sink() as sink, running_senders("email", SENDERS, sink=sink) as senders:
            make_due(count)
            envelopes = prepared()
            _check(senders, envelopes, sink)
            taken = in_turns(
                senders.send_all, partial(send_bare, envelopes, sink),
                rounds=rounds, before=partial(make_due, count),
            )  # fmt: skip
    finally:
        forget()
    yield faster("dispatch", f"{count:,} e-mails by {SENDERS} senders", taken, at_least=0.7)


def prepared() -> list[Envelope]:
    """The messages of all that is due, which stays due."""
    started = []
    while chunk := claim("email"):
        started += start(chunk)
        hold(chunk)
    put_back_unsent([each.held for each in started])
    return [each.message for each in started if isinstance(each.message, Envelope)]


def hold(chunk: Sequence[Held]) -> None:
    """Let their leases last: on a busy machine the making of all takes longer than one lasts."""
    Delivery.objects.filter(pk__in=[each.id for each in chunk]).update(
        next_attempt_at=Now() + timedelta(hours=1)
    )


def send_bare(envelopes: Sequence[Envelope], sink: MailSink) -> None:
    """One connection, one message after the other."""
    with smtplib.SMTP(HOST, sink.port) as line:
        for envelope in envelopes:
            line.sendmail(envelope.sender, [envelope.recipient], envelope.content)


def _check(senders: Senders, envelopes: Sequence[Envelope], sink: MailSink) -> None:
    accepted = senders.send_all()
    ours = sink.seen()
    send_bare(envelopes, sink)
    theirs = sink.seen()
    if ours != theirs or accepted != len(envelopes) or not accepted:
        raise Different(f"ours sent {ours[0]} messages, theirs {theirs[0]}, or others")
