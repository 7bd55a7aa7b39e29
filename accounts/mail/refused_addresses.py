"""Addresses that take nothing more, because their mail server refuses them."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models.functions import Now, TruncDate

from accounts.models import BareRefusal, Breaker, MailRefusal, User
from accounts.staff_alarms import raise_alarm
from audit.admin_links import list_url
from audit.trail import Actor, record

# A refusal that doesn't say whose fault it is means the address once it has come on so many days
# on which, so soon after, the same server took mail for others.
BARE_DAYS = 3
OTHERS_WITHIN = timedelta(minutes=15)


def refuse_mail(user: User, *, reason: str) -> None:
    """Send no more mail to the address that a user has now; their pages say so."""
    MailRefusal.objects.update_or_create(
        user=user,
        defaults={"address": user.email, "reason": reason[:500], "refused_at": Now()},
    )


def is_mail_refused(user: User) -> bool:
    """Whether the address that a user has now takes no more mail from us."""
    return MailRefusal.objects.filter(user=user, address__iexact=user.email).exists()


@transaction.atomic
def lift_refusal(*, user: User, actor: Actor | None) -> bool:
    """Let mail go to a user's address again, as if none had been refused; False if none was."""
    BareRefusal.objects.filter(user=user).delete()
    lifted, _ = MailRefusal.objects.filter(user=user).delete()
    if lifted:
        record("mail.refusal_lifted", actor=actor, subject=user)
    return bool(lifted)


def lift_for_confirmed(email_address: EmailAddress, **kwargs: object) -> None:
    """Let mail go to an address that a learner has just confirmed; a signal's receiver."""
    lift_refusal(user=email_address.user, actor=email_address.user)


def note_bare_refusal(user: User, *, reason: str) -> None:
    """Remember that a server refused a user's address today without saying whose fault it is."""
    BareRefusal.objects.update_or_create(
        user=user, address=user.email, day=TruncDate(Now()),
        defaults={"reason": reason[:500], "refused_at": Now()},
    )  # fmt: skip


@transaction.atomic
def believe_bare_refusals() -> None:
    """The server has just taken mail for somebody else: what it refused a moment ago counts.

    An address that was refused so on BARE_DAYS days gets no more mail.
    """
    recent = BareRefusal.objects.filter(
        while_others_went=False, refused_at__gt=Now() - OTHERS_WITHIN
    )
    locked = recent.order_by("pk").select_for_update(skip_locked=True)
    believed = BareRefusal.objects.filter(pk__in=list(locked.values_list("pk", flat=True)))
    believed.update(while_others_went=True)
    for refusal in believed.select_related("user"):
        if BareRefusal.objects.against(refusal.user).count() >= BARE_DAYS:
            refuse_mail(refusal.user, reason=refusal.reason)


def tell_staff(provider: str, *, words: str) -> None:
    """Have staff told that a provider refuses us, or may, in its own words."""
    raise_alarm(
        subject=f"refuses-us:{provider}"[:200],
        sentence=f"Our mail is refused: {words}",
        path=list_url(Breaker._meta.label_lower),
    )
