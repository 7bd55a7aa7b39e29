"""What every view of the API has in common, and the views that read."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, Throttled
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.limits.requests import RateLimit
from audit.addresses import client_address
from audit.clock import database_now
from centers.models import Center
from slots.api import schema
from slots.api.problems import Problem, answer_with_problem, problem_of_form
from slots.api.serializers import CentersSerializer, SlotsSerializer
from slots.config import API_READS_PER_MINUTE
from slots.searching.forms import SlotSearchForm
from slots.searching.paging import Page, read_page
from slots.searching.search import SlotSearch

SLOTS_PER_PAGE = 100
NOT_SECURE = "Use https. A token that was sent without it may have been read: revoke it."


class JsonAlone(DefaultContentNegotiation):
    """JSON is all there is to choose from, so nobody is refused for what they accept."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The only one."""
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """Counts each request before anything else, and answers every error as problem JSON."""

    content_negotiation_class = JsonAlone
    limits_itself = True
    rate_limit: ClassVar[RateLimit] = RateLimit("api_read", API_READS_PER_MINUTE)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """429 beyond the limit, also for what would be refused anyway; 403 without TLS.

        A redirect would have the client send its token once more, and nobody notice.
        """
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            raise Problem(HTTPStatus.FORBIDDEN, NOT_SECURE)
        wait = self.rate_limit.seconds_to_wait(client_address(request))
        if wait:
            raise Throttled(wait)
        super().initial(request, *args, **kwargs)

    def get_exception_handler(self) -> Any:
        """Not in the settings: the pages' errors are pages."""
        return answer_with_problem


class CentersView(ApiView):
    """All open test centres."""

    @extend_schema(responses=schema.reading(CentersSerializer))
    def get(self, request: Request) -> Response:
        """All open test centres, by name."""
        centers = Center.objects.open().order_by("name", "id")
        return Response(CentersSerializer({"results": centers}).data)


class SlotsView(ApiView):
    """Open slots, by the parameters of the page `/slots/`."""

    @extend_schema(parameters=schema.SEARCH_PARAMETERS, responses=schema.searching(SlotsSerializer))
    def get(self, request: Request) -> Response:
        """Open slots near a postcode or position, or at chosen centres; one of them is needed."""
        form = SlotSearchForm(request.query_params)
        if not form.is_valid():
            raise problem_of_form(form)
        page = read_page(form.search, now=database_now(), size=SLOTS_PER_PAGE)
        found = {"results": page.slots, "next": _next_link(request, form.search, page)}
        has_origin = form.search.origin is not None
        return Response(SlotsSerializer(found, context={"has_origin": has_origin}).data)


class NothingView(ApiView):
    """Any other address under `/api/`."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """There is nothing here, whatever is asked."""
        super().initial(request, *args, **kwargs)
        raise NotFound


def _next_link(request: Request, search: SlotSearch, page: Page) -> str | None:
    if page.next is None:
        return None
    return request.build_absolute_uri(f"{request.path}?{search.after(page.next).query}")
