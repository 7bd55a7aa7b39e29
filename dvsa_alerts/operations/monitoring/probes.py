"""What load balancers and monitors ask: /healthz, and for those inside /readyz and /metrics."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from accounts.limits.pages import uncounted
from audit.addresses import may_look_inside
from dvsa_alerts.operations.monitoring import domain_metrics, health, request_metrics

View = Callable[[HttpRequest], HttpResponse]


def for_those_inside(view: View) -> View:
    """403 for every client but those of TRUSTED_NETWORKS."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if may_look_inside(request):
            return view(request)
        return _plain("This address is not among TRUSTED_NETWORKS.", status=403)

    return answer


@uncounted
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; asks nothing of the database."""
    return _plain("ok")


@require_safe
@for_those_inside
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether this process can serve pages: 503 with a line for each part when it can't."""
    parts = health.look(health.TO_SERVE)
    lines = [f"{part.name}: {part.says}" for part in parts]
    return _plain("\n".join(lines), status=200 if all(part.is_well for part in parts) else 503)


@require_safe
@for_those_inside
def metrics(request: HttpRequest) -> HttpResponse:
    """This web server's requests, and the state of the whole service, in Prometheus's format."""
    content = request_metrics.exposition() + domain_metrics.exposition()
    return HttpResponse(content, content_type=CONTENT_TYPE_LATEST)


def _plain(text: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{text}\n", content_type="text/plain", status=status)
