"""Pages that belong to no app: about the service, and what browsers and crawlers ask for."""

from datetime import UTC, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.config import KEEP_UNVERIFIED
from alerts.config import KEEP_ALERTS
from audit.retention import KEEP_ADDRESSES, KEEP_ENTRIES
from slots.config import KEEP_OPENINGS


def site(request: HttpRequest) -> dict[str, str]:
    """Context processor: what the site is called, and where its map's tiles come from if any."""
    return {"site_name": settings.SITE_NAME, "map_tile_url": settings.MAP_TILE_URL}


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is stored about a person, why, for how long, and how to end it."""
    return render(request, "pages/privacy.html", {"webhooks_are_on": settings.WEBHOOKS})


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """Who runs the site, how to reach them, how long they keep what, and how to complain."""
    kept = {
        "unverified": KEEP_UNVERIFIED, "alerts": KEEP_ALERTS, "openings": KEEP_OPENINGS,
        "log": KEEP_ENTRIES, "addresses": KEEP_ADDRESSES,
    }  # fmt: skip
    context = {
        "operator": settings.OPERATOR_NAME,
        "contact": settings.CONTACT,
        "contact_shown": settings.CONTACT.removeprefix("mailto:"),
        "days": {name: key.value() for name, key in kept.items()},
    }
    return render(request, "pages/contact.html", context)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How the site was made usable for everybody, and what falls short."""
    return render(request, "pages/accessibility.html")


@require_safe
@cache_control(public=True, max_age=86_400)
def robots(request: HttpRequest) -> HttpResponse:
    """Crawlers may read the front page and centres; each search would be a page of its own."""
    rules = (
        "/slots/",
        "/accounts/",
        "/admin/",
        "/api/",
        "/searches/",
        "/bookings/",
        "/alerts/",
        "/account/",
        "/feeds/",
    )
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in rules)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_safe
@cache_control(public=True, max_age=86_400)
def security(request: HttpRequest) -> HttpResponse:
    """Who is told of a hole (RFC 9116): whom push services turn to, too. It never goes stale."""
    expires = (timezone.now() + timedelta(days=180)).astimezone(UTC)
    lines = (
        f"Contact: {settings.VAPID_SUBJECT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}{reverse('security')}",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to install the site on its home screen."""
    content = {
        "id": "/",
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME[:12].strip(),
        "description": "Driving test slots near you, and an alert the moment one opens.",
        "lang": "en-GB",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbf6ec",
        "theme_color": "#0b4f4a",
        "shortcuts": [
            _shortcut("Your alerts", reverse("alert_list")),
            _shortcut("Your searches", reverse("search_list")),
        ],
        "icons": [
            {"src": static("img/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": static("img/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": static("img/icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": static("img/icon-maskable.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


def _shortcut(name: str, url: str) -> dict[str, Any]:
    icon = {"src": static("img/icon-192.png"), "sizes": "192x192", "type": "image/png"}
    return {"name": name, "url": url, "icons": [icon]}
