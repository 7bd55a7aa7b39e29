"""The settings of sources, slots and their API that staff may change while the site runs."""

from audit.config import declare_integer

SEARCHES_PER_MINUTE = declare_integer(
    "slots.searches_per_minute",
    default=240,
    minimum=1,
    maximum=100_000,
    help="Searches that one address may make on the site in a minute (a phone network shares one)",
)
API_READS_PER_MINUTE = declare_integer(
    "slots.api_reads_per_minute",
    default=120,
    minimum=1,
    maximum=100_000,
    help="Requests that one address may make to the read API in a minute",
)
API_POSTS_PER_MINUTE = declare_integer(
    "slots.api_posts_per_minute",
    default=600,
    minimum=1,
    maximum=100_000,
    help="Requests that one address may make to the ingest API in a minute",
)
REOPEN_QUIET_MINUTES = declare_integer(
    "slots.reopen_quiet_minutes",
    default=30,
    minimum=0,
    maximum=24 * 60,
    help="A slot that is back within so many minutes continues its opening and is not announced",
)
HOLD_CLOSE_PERCENT = declare_integer(
    "slots.hold_close_percent",
    default=50,
    minimum=1,
    maximum=100,
    help="A complete batch that would close more than this share of 20 or more open slots is held",
)
KEEP_OPENINGS = declare_integer(
    "slots.keep_openings_days",
    default=400,
    minimum=2,
    maximum=36_500,
    help="Days that an opening is kept after it has closed (the history of a centre shows them)",
)
KEEP_CLOSED_SLOTS = declare_integer(
    "slots.keep_closed_days",
    default=400,
    minimum=2,
    maximum=36_500,
    help="Days that a slot is kept after its date, once no opening or alert is about it",
)
KEEP_BATCHES = declare_integer(
    "slots.keep_batches_days",
    default=30,
    minimum=2,
    maximum=3650,
    help="Days that a batch is kept, except a source's newest and those held",
)
