"""Addresses that take nothing more, because their mail server refuses them."""

from django.db import connection

from accounts.models import User
from alerts.models import MailRefusal

REFUSE = """
INSERT INTO alerts_mailrefusal (user_id, address, reason)
SELECT person.user_id, person.email, %s
  FROM alerts_notification notification
  JOIN users person ON person.user_id = notification.user_id
 WHERE notification.id = %s
ON CONFLICT (user_id) DO UPDATE
   SET address = excluded.address, reason = excluded.reason, refused_at = statement_timestamp()
"""


def refuse_mail(notification_id: int, *, reason: str) -> None:
    """Send no more mail to the address that a notification went to; the user's pages say so."""
    with connection.cursor() as cursor:
        cursor.execute(REFUSE, [reason[:500], notification_id])


def is_mail_refused(user: User) -> bool:
    """Whether the address that a user has now takes no more mail from us."""
    return MailRefusal.objects.filter(user=user, address=user.email).exists()
