"""What follows when a message was not accepted: tried again later, or never."""

from django.db import transaction
from django.db.models import QuerySet

from accounts.mail import breakers
from accounts.mail.blaming import OURS, is_free, note_put_off
from accounts.mail.refused_addresses import refuse_mail
from accounts.mail.results import Never, TryLater
from accounts.mail.retries import delay_after
from accounts.models import User
from alerts import companions
from alerts.delivery import devices
from alerts.delivery.claim import Claimed, update_claimed
from alerts.delivery.unsent import END, PUT_BACK, end_alerts_of
from alerts.models import Companion, Delivery, UnsentReason

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
    _provider_worked(claimed)
    reason, error = UnsentReason.REFUSED, refusal.error[:500]
    values = {"state": State.FAILED, "reason": reason, "error": error, "unused": 0}
    if not update_claimed(claimed, FAIL, values, state=State.SENDING):
        return False
    end_alerts_of(claimed, state=State.FAILED, reason=reason)
    if claimed.subscription_id is not None:
        devices.refuse(claimed.subscription_id, refusal)
    elif refusal.target_gone and claimed.companion_id is not None:
        companions.end_refused(Companion.objects.get(pk=claimed.companion_id).email)
    elif refusal.target_gone:
        refuse_mail(_learner(claimed).get(), reason=refusal.error)
    return True


@transaction.atomic
def _retry(claimed: Claimed, later: TryLater) -> bool:
    """A provider's failing uses up no attempt, unless the message may have arrived."""
    _blame(claimed, later)
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


def _blame(claimed: Claimed, later: TryLater) -> None:
    if claimed.subscription_id is None:
        note_put_off(
            later, provider=claimed.provider, probe=claimed.is_probe, again=claimed.fault in OURS,
            learner=_learner(claimed),
        )  # fmt: skip
    elif later.provider_failed or _provider_rests(claimed, claimed.subscription_id, later):
        breakers.failed(
            claimed.provider,
            error=later.error,
            wished_seconds=later.after_seconds,
            probe=claimed.is_probe,
        )


def _provider_rests(claimed: Claimed, device_id: int, later: TryLater) -> bool:
    """A push service that answers, if only that a device is busy, works; many busy ones are it."""
    if later.status != devices.BUSY:
        return False
    if devices.rest(device_id, later):
        return True
    _provider_worked(claimed)
    return False


def _provider_worked(claimed: Claimed) -> None:
    if claimed.provider_failures:
        breakers.worked(claimed.provider)


def _learner(claimed: Claimed) -> QuerySet[User]:
    """Whose address it was; nobody's of ours where it was a companion's."""
    if claimed.companion_id is not None:
        return User.objects.none()
    return User.objects.filter(notifications=claimed.notification_id)
