"""The settings of people that staff may change while the site runs."""

from audit.config import declare_integer

KEEP_UNVERIFIED = declare_integer(
    "accounts.keep_unverified_days",
    default=7,
    minimum=1,
    maximum=365,
    help="Days after which an account whose e-mail was never verified is erased",
)
