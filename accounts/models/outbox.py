"""Mail on its way: all but what tells learners of slots."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from accounts.mail.refusals import Fault
from accounts.models.people import User
from accounts.querysets import OutboxMailQuerySet


class OutboxMail(models.Model):
    """A mail to one address, from the transaction that causes it until a server has accepted it.

    What it says, which may be a code or a link that lets its reader in, is kept only for as long
    as it may still be sent: no longer than until `expires_at`; mails of some kinds are written
    when they are sent (`accounts.mail.drafts`). `is_awaited` says that someone waits for it. All
    times are the database's, and states mean what a delivery's do.
    """

    class State(models.TextChoices):
        PENDING = "pending", "pending"
        SENDING = "sending", "sending"
        ACCEPTED = "accepted", "accepted"
        EXPIRED = "expired", "expired"
        SUPPRESSED = "suppressed", "suppressed"
        FAILED = "failed", "failed"

    LIVE = (State.PENDING, State.SENDING)

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="outbox_mails"
    )
    to = models.CharField(max_length=255)
    kind = models.CharField(max_length=100, help_text="named after its template")
    is_awaited = models.BooleanField(
        db_default=False, help_text="goes first, and where other mail is refused as well"
    )
    subject = models.TextField(null=True, blank=True)
    text = models.TextField(null=True, blank=True)
    html = models.TextField(null=True, blank=True)
    headers = models.JSONField(null=True, blank=True, help_text="beyond the usual ones")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(help_text="when it is of no use any more")
    state = models.CharField(max_length=10, choices=State, db_default=State.PENDING)
    next_attempt_at = models.DateTimeField(
        db_default=Now(), help_text="when anybody may take it up (again)"
    )
    not_before = models.DateTimeField(
        null=True, blank=True, help_text="until when its reader wants no mail"
    )
    token = models.UUIDField(null=True, blank=True, help_text="proves who is sending it")
    attempts = models.SmallIntegerField(db_default=0)
    in_doubt = models.SmallIntegerField(
        db_default=0, help_text="how often nobody knows whether it was accepted"
    )
    message_id = models.UUIDField(
        db_default=Func(function="gen_random_uuid"), help_text="the same for all tries"
    )
    last_error = models.CharField(max_length=500, null=True, blank=True)
    fault = models.CharField(
        max_length=10, choices=Fault, null=True, blank=True,
        help_text="whose fault its last refusal was, where a mail server has said so",
    )  # fmt: skip
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = OutboxMailQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name = "mail"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="outbox_mail_state",
                condition=Q(state__in=["pending", "sending"])
                | Q(state__in=["accepted", "expired", "suppressed", "failed"]),
            ),
            models.CheckConstraint(name="outbox_mail_fault", condition=Q(fault__in=Fault.values)),
            models.CheckConstraint(
                name="outbox_mail_says_nothing_once_it_ended",
                condition=Q(
                    state__in=["pending", "sending"], subject__isnull=False, text__isnull=False
                )
                | Q(subject=None, text=None, html=None, headers__isnull=True),
            ),
            models.CheckConstraint(
                name="outbox_mail_held_while_sending",
                condition=Q(state="sending", token__isnull=False)
                | (~Q(state="sending") & Q(token__isnull=True)),
            ),
            models.CheckConstraint(
                name="outbox_mail_accepted_at",
                condition=Q(state="accepted", accepted_at__isnull=False)
                | (~Q(state="accepted") & Q(accepted_at__isnull=True)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                F("is_awaited").desc(), F("next_attempt_at"), name="outbox_mails_due",
                condition=Q(state__in=["pending", "sending"]),
            ),
            # What became of the last one, for the page that waits for it; and to erase them.
            models.Index(fields=["to"], name="outbox_mails_to"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"mail {self.pk} ({self.kind})"
