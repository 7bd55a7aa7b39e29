"""What the map of centres is drawn on."""

from functools import lru_cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

COASTLINE = Path(__file__).parent / "data" / "coastline.geojson"


@require_safe
@gzip_page
@cache_control(public=True, max_age=86_400)
def coastline(request: HttpRequest) -> HttpResponse:
    """The land of Great Britain and the Isle of Man, in degrees of WGS 84."""
    return HttpResponse(_coastline(), content_type="application/geo+json")


@lru_cache(maxsize=1)
def _coastline() -> bytes:
    return COASTLINE.read_bytes()
