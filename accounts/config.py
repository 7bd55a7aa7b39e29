"""The settings of people, and of sending, that staff may change while the site runs."""

from audit.config import declare_integer, declare_switch

KEEP_UNVERIFIED = declare_integer(
    "accounts.keep_unverified_days",
    default=7,
    minimum=1,
    maximum=365,
    help="Days after which an account whose email was never verified is erased",
)
KEEP_MAILS = declare_integer(
    "accounts.keep_mails_days",
    default=7,
    minimum=1,
    maximum=365,
    help="Days that it is kept to whom a mail about an account went; what it said goes at once",
)
PAGES_PER_MINUTE = declare_integer(
    "accounts.pages_per_minute",
    default=240,
    minimum=1,
    maximum=100_000,
    help="Pages that one address may ask for in a minute without signing in, searches apart",
)
MAX_PASSKEYS = declare_integer(
    "accounts.max_passkeys",
    default=10,
    minimum=1,
    maximum=100,
    help="Passkeys that one person may have, each on a phone, a computer or a key",
)
# Their keys are older than the place where they are declared.
BREAKER_FAILURES = declare_integer(
    "alerts.breaker_failures",
    default=3,
    minimum=1,
    maximum=100,
    help="Failures in a row after which nothing is sent through a provider for a while",
)
BREAKER_SECONDS = declare_integer(
    "alerts.breaker_seconds",
    default=15,
    minimum=1,
    maximum=600,
    help="Seconds until a failing provider is tried again with a single message",
)
SENDING = declare_switch(
    "alerts.sending",
    default=True,
    help="Whether alerts are sent at all; off after a restore, until sending is resumed",
)
