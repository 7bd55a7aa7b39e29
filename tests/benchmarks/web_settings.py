"""The program's settings, with one route more: a view that does nothing."""

from dvsa_alerts.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.web_urls"
