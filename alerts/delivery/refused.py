"""What follows when a message was not accepted: tried again later, or never."""

from django.db import transaction

from accounts.mail.blaming import is_free
from accounts.mail.results import Never, TryLater
from accounts.mail.retries import delay_after
from alerts.delivery.claim import Claimed, update_claimed
from alerts.delivery.unsent import END, PUT_BACK, end_alerts_of
from alerts.delivery.ways import WAYS
from alerts.delivery.ways.way import note_worked
from alerts.models import Delivery, UnsentReason

State = Delivery.State
# What reached the network is an attempt. It is counted here, unless the journal was settled before.
TRIED = "attempts = attempts + (starts > 0)::int - %(unused)s, starts = 0"
FAIL = f"{END}, {TRIED}"
# The hours that it may be tried in begin when it is refused for itself, not with its provider.
RETRY = f"""
    {PUT_BACK}, {TRIED}, in_doubt = in_doubt + %(doubts)s, fault = %(fault)s,
    refused_since = CASE WHEN %(refused)s THEN coalesce(refused_since, statement_timestamp())
                         ELSE refused_since END
"""


def follow(claimed: Claimed, result: TryLater | Never) -> bool:
    """Do what follows from a result that is no acceptance; False when the lease was lost."""
    if isinstance(result, Never):
        return _fail(claimed, result)
    return _retry(claimed, result)


@transaction.atomic
def _fail(claimed: Claimed, refusal: Never) -> bool:
    note_worked(claimed)
    reason, error = UnsentReason.REFUSED, refusal.error[:500]
    values = {"state": State.FAILED, "reason": reason, "error": error, "unused": 0}
    if not update_claimed(claimed, FAIL, values, state=State.SENDING):
        return False
    end_alerts_of(claimed, state=State.FAILED, reason=reason)
    WAYS[claimed.channel].refuse(claimed, refusal)
    return True


@transaction.atomic
def _retry(claimed: Claimed, later: TryLater) -> bool:
    """A provider's failing uses up no attempt, unless the message may have arrived."""
    WAYS[claimed.channel].put_off(claimed, later)
    free = is_free(later, probe=claimed.is_probe)
    values = {
        "error": later.error[:500],
        "doubts": int(later.in_doubt),
        "unused": int(free),
        "fault": later.fault,
        "refused": later.of_one or not free,
        "seconds": later.after_seconds or delay_after(1 if free else claimed.attempts + 1),
    }
    return update_claimed(claimed, RETRY, values, state=State.SENDING)
