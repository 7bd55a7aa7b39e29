"""The settings of sources, slots and their API that staff may change while the site runs."""

from audit.config import declare_integer

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
