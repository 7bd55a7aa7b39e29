"""The settings of people that staff may change while the site runs."""

from audit.config import declare_integer

KEEP_UNVERIFIED = declare_integer(
    "accounts.keep_unverified_days",
    default=7,
    minimum=1,
    maximum=365,
    help="Days after which an account whose email was never verified is erased",
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
