"""From nothing to the first alert: sign-up, a code by mail, a saved search, a slot, a mail."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.journeys.site import Site, running_site
from tests.journeys.steps import first_alert


@pytest.fixture(params=["desktop", pytest.param("phone", marks=pytest.mark.long)])
def size(request: pytest.FixtureRequest) -> str:
    """On a phone the same steps are taken through PgBouncer."""
    return str(request.param)


@pytest.fixture(scope="module")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), simulate=60) as site:
        yield site


@pytest.mark.usual
def test_a_new_learner_is_mailed_a_slot_that_the_simulated_source_opens(
    site: Site, visitor: Page, size: str
) -> None:
    """The simulated source's own pace, the bundled postcodes, the default gathering time."""
    first_alert(visitor, site, f"{size}@example.org")
