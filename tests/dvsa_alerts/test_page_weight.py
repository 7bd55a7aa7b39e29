"""What a page makes a phone load, as it is served: compressed, and by the names that a deployment
gives it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client

from tests.alerts.world import make_center
from tests.people import learner
from tests.slots.places import make_postcode

pytestmark = pytest.mark.django_db

KIB = 1024
MOST, MOST_WITH_MAP = 60 * KIB, 120 * KIB
PARTS = re.compile(r'(?:src|href)="(/static/[^"]+\.(?:css|js))"')
IMPORTS = re.compile(r"""(?:from|import)\s*\(?["'](\.[^"']+)["']""")
WITHOUT_MAP = [
    "/", "/centers/", "/centers/?q=IG3+9UZ", "/privacy/", "/accounts/email/", "/searches/",
    "/searches/new/", "/alerts/", "/push/", "/account/",
]  # fmt: skip
WITH_MAP = ["/slots/?postcode=IG3+9UZ", "/centers/{center}/"]


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def visitor(settings, collected: Path) -> Iterator[Client]:
    """Someone signed in to a site that serves its files as a deployment does."""
    backend = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = {**django_settings.STORAGES, "staticfiles": {"BACKEND": backend}}
    settings.STATIC_ROOT = collected
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    if not any(collected.iterdir()):
        call_command("collectstatic", interactive=False, verbosity=0)
    client = Client()
    client.force_login(learner())
    make_postcode()
    return client


def weight(client: Client, path: str) -> dict[str, int]:
    """The transferred bytes of each stylesheet and script that a page asks for."""
    text = client.get(path).content.decode()
    return {part: len(served(client, part)) for part in PARTS.findall(text)}


def served(client: Client, part: str) -> bytes:
    response = client.get(part, headers={"Accept-Encoding": "gzip"})
    assert response.status_code == 200
    assert response.headers["Content-Encoding"] == "gzip"
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("path", WITHOUT_MAP)
def test_a_page_without_a_map_needs_at_most_60_kb(visitor, path):
    parts = weight(visitor, path)
    assert len(parts) >= 4
    assert sum(parts.values()) <= MOST, parts


@pytest.mark.parametrize("path", WITH_MAP)
def test_a_page_with_a_map_needs_at_most_120_kb(visitor, path):
    parts = weight(visitor, path.format(center=make_center().pk))
    assert any("leaflet" in part for part in parts)
    assert sum(parts.values()) <= MOST_WITH_MAP, parts


def test_no_script_loads_another_that_is_not_counted(settings):
    scripts = (settings.BASE_DIR / "static" / "js").glob("*.js")
    assert {script.name: IMPORTS.findall(script.read_text()) for script in scripts}
    assert not any(IMPORTS.findall(script.read_text()) for script in scripts)
