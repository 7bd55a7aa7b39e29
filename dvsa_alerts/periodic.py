"""The work that has to be done again and again: beat asks workers for it, or three commands do it.

To add some: one line in WORK, under its task. Without Celery its `command` does it.
"""

from dataclasses import dataclass
from typing import Any

from alerts.channels import QUEUES as SENDING
from alerts.channels import task_of

QUEUES = ("matching", *SENDING, "housekeeping")
HEARTBEAT_SECONDS = 15.0
MATCH, DISPATCH, HOUSEKEEP = "match_openings", "dispatch_alerts", "housekeep"
WITHOUT_CELERY = {
    "matching": MATCH,
    **dict.fromkeys(SENDING, DISPATCH),
    "housekeeping": HOUSEKEEP,
}


@dataclass(frozen=True)
class Work:
    """A task by its name, and how often it is due; `queue` where it isn't its task's own."""

    name: str
    task: str
    seconds: float
    command: str = HOUSEKEEP
    args: tuple[str, ...] = ()
    queue: str | None = None

    @property
    def entry(self) -> dict[str, Any]:
        """What beat reads."""
        said: dict[str, Any] = {"task": self.task, "schedule": self.seconds, "args": self.args}
        return said | ({"options": {"queue": self.queue}} if self.queue else {})


WORK = (
    Work("match-openings", "alerts.tasks.match", 2.0, MATCH),
    *(Work(f"send-{queue}", task_of(queue), 2.0, DISPATCH) for queue in SENDING),
    Work("send-outbox", "accounts.tasks.send_outbox", 5.0, DISPATCH),
    Work("mail-staff-alarms", "accounts.tasks.mail_staff_alarms", 10.0, DISPATCH),
    Work("keep-erasures", "dvsa_alerts.tasks.keep_erasures", 5.0),
    Work("seal-audit-log", "audit.tasks.seal", 5.0),
    Work("follow-moved-centers", "alerts.tasks.follow_moved_centers", 5.0),
    Work("poll-sources", "slots.tasks.poll_sources", 10.0),
    Work("close-passed-slots", "slots.tasks.close_passed", 60.0),
    Work("notice-silent-sources", "slots.tasks.notice_silence", 60.0),
    Work("verify-alerts", "alerts.tasks.verify_sample", 60.0),
    Work("end-searches", "alerts.tasks.end_searches", 600.0),
    Work("measure-waits", "slots.tasks.measure_waits", 900.0),
    Work("prune", "dvsa_alerts.tasks.prune", 3600.0),
    *(
        Work(
            f"heartbeat-of-{queue}", "dvsa_alerts.tasks.heartbeat", HEARTBEAT_SECONDS,
            command, args=(queue,), queue=queue,
        )
        for queue, command in WITHOUT_CELERY.items()
    ),
)  # fmt: skip


def beat_schedule() -> dict[str, dict[str, Any]]:
    """All of it, as Celery's setting has it."""
    return {work.name: work.entry for work in WORK}


def work_of(command: str) -> list[Work]:
    """What a command does where there is no Celery."""
    return [work for work in WORK if work.command == command]
