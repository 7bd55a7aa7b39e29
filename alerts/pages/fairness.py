"""The page that says who is told first, and how that went."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alerts import config
from alerts.matching.waves import GROWTH, size
from alerts.watching.fairness import read_month
from audit.clock import database_now

KEPT_SECONDS = 600


@require_safe
def fairness(request: HttpRequest) -> HttpResponse:
    """The rule in plain words, with its present numbers, and the last 30 days in figures."""
    month = cache.get_or_set("fairness", lambda: read_month(database_now()), KEPT_SECONDS)
    context = {
        "month": month,
        "waves": config.WAVES.value(),
        "first": size(1),
        "second": size(2),
        "growth": GROWTH,
        "seconds": config.WAVE_SECONDS.value(),
        "minutes": config.WAVES_END_MINUTES.value(),
        "days": config.WAVES_MIN_DAYS.value(),
    }
    return render(request, "alerts/fairness.html", context)
