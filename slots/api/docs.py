"""The API's description, and the page that shows it; all of it is served from here."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.encoding import force_bytes
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularSwaggerSplitView

RENDERERS = {"yaml": OpenApiYamlRenderer, "json": OpenApiJsonRenderer}


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI, its script at the same address, so that nothing is inline."""

    url_name = "api_schema"
    template_name = "slots/api_docs.html"


@require_safe
@cache_control(public=True, max_age=3600)
def schema(request: HttpRequest) -> HttpResponse:
    """YAML, or JSON for who asks for it by `?format=json` or by what they accept."""
    wants_json = request.GET.get("format") == "json" or "json" in request.headers.get("Accept", "")
    kind = "json" if wants_json else "yaml"
    response = HttpResponse(_document(kind), content_type=RENDERERS[kind].media_type)
    response["Vary"] = "Accept"
    return response


@lru_cache(maxsize=len(RENDERERS))
def _document(kind: str) -> bytes:
    """Made once in each process: it is the program's, and takes longer than a page of results."""
    generator: Any = SchemaGenerator
    described = generator().get_schema(request=None, public=True)
    return force_bytes(RENDERERS[kind]().render(described, renderer_context={}))
