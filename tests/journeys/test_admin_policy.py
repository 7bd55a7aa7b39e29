"""The admin's pages in a browser under the site's own strict policy."""

import pytest
from django.contrib import admin
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import NOTE_REFUSED, new_context
from tests.staff import make_staff, signed_in


@pytest.fixture(scope="module")
def cookie(town, address: str, django_db_blocker) -> dict[str, str]:
    key = signed_in(make_staff()).cookies["sessionid"].value
    return {"name": "sessionid", "value": key, "url": address}


@pytest.fixture
def page(browser: Browser, cookie):
    context = new_context(browser, "desktop")
    context.add_cookies([cookie])
    context.add_init_script(NOTE_REFUSED)
    yield context.new_page()
    context.close()


def lists() -> list[str]:
    """Every list of the admin."""
    models = admin.site._registry
    return [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in models]


def look(page: Page, url: str) -> None:
    answer = page.goto(url)
    assert answer
    assert answer.status == 200
    assert "unsafe" not in answer.headers["content-security-policy"]
    page.wait_for_load_state("networkidle")
    assert page.evaluate("refused") == [], url


def test_nothing_of_the_admin_is_refused(page: Page, address: str, town) -> None:
    forms = [
        f"/admin/centers/center/{town.center.pk}/change/",
        f"/admin/accounts/user/{town.ada.pk}/change/",
    ]
    for path in ["/admin/", *lists(), *forms]:
        look(page, f"{address}{path}")
