"""The settings of matching and delivery that staff may change while the site runs."""

from audit.config import declare_integer, declare_switch

COALESCE_SECONDS = declare_integer(
    "alerts.coalesce_seconds",
    default=2,
    minimum=0,
    maximum=600,
    help="Seconds from a user's first unsent alert until all of them go out as one message",
)
GAP_SECONDS = declare_integer(
    "alerts.gap_seconds",
    default=60,
    minimum=0,
    maximum=3600,
    help="Seconds from one message until the next one to the same user by the same method",
)
WAVES = declare_switch(
    "alerts.waves",
    default=True,
    help="Whether an opening that many learners fit is told to some of them first, then to more",
)
WAVE_FIRST = declare_integer(
    "alerts.wave_first",
    default=15,
    minimum=1,
    maximum=100_000,
    help="Learners who are told of an opening first; each wave after is 4 times as many",
)
WAVE_SECONDS = declare_integer(
    "alerts.wave_seconds",
    default=120,
    minimum=1,
    maximum=3600,
    help="Seconds from one wave to the next, and for which two reports of “gone” hold the next",
)
WAVES_END_MINUTES = declare_integer(
    "alerts.waves_end_minutes",
    default=10,
    minimum=1,
    maximum=1440,
    help="Minutes after which everyone has been told of a slot that is still open",
)
WAVES_MIN_DAYS = declare_integer(
    "alerts.waves_min_days",
    default=3,
    minimum=0,
    maximum=365,
    help="A slot fewer days away than this is told to everyone at once",
)
DAILY_MESSAGE_LIMIT = declare_integer(
    "alerts.daily_message_limit",
    default=20,
    minimum=1,
    maximum=10_000,
    help="Messages a user gets in one day (Europe/London) at most",
)
KEEP_COMPANIONS = declare_integer(
    "alerts.keep_companions_days",
    default=30,
    minimum=1,
    maximum=365,
    help="Days after which someone is forgotten who never agreed to a learner’s alerts, or who has "
    "stopped them; until then the same learner can’t name them again",
)
COMPANIONS_PER_DAY = declare_integer(
    "alerts.companions_per_day",
    default=10,
    minimum=1,
    maximum=1000,
    help="People whom one network may ask in a day to get a learner’s alerts",
)
WEBHOOKS_PER_DAY = declare_integer(
    "alerts.webhooks_per_day",
    default=10,
    minimum=1,
    maximum=1000,
    help="Webhooks that one network may add in a day",
)
LEASE_SECONDS = declare_integer(
    "alerts.lease_seconds",
    default=60,
    minimum=2,
    maximum=600,
    help="Seconds until a message held by a worker that died is taken up again",
)
PUSH_PATIENCE_SECONDS = declare_integer(
    "alerts.push_patience_seconds",
    default=60,
    minimum=1,
    maximum=3600,
    help="Seconds after which an alert that no push service has accepted goes by email",
)
MAX_SEARCHES = declare_integer(
    "alerts.max_searches",
    default=20,
    minimum=1,
    maximum=1000,
    help="Saved searches that one user may have",
)
TEST_ALERTS_PER_HOUR = declare_integer(
    "alerts.test_alerts_per_hour",
    default=5,
    minimum=1,
    maximum=1000,
    help="Test alerts that one user may ask for in an hour",
)
PREVIEWS_PER_MINUTE = declare_integer(
    "alerts.previews_per_minute",
    default=60,
    minimum=1,
    maximum=100_000,
    help="Searches that one address may look over in a minute before it saves them",
)
KEEP_ALERTS = declare_integer(
    "alerts.keep_days",
    default=180,
    minimum=2,
    maximum=3650,
    help="Days that an alert stays in a learner's history, and the message it went out with",
)
