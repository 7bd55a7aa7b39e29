"""From a press on a button to a notification on the screen: a real worker, a push service on the
loopback address that decrypts, and the service worker of a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import new_context
from tests.journeys.push_browser import Pushes, replace_push_manager
from tests.journeys.site import Site
from tests.journeys.steps import import_a_slot, mail_text, turn_on_alert
from tests.push_endpoint import Browser, PushService
from tests.servers import wait_until

CLOCKS = {"phone": "08:20", "desktop": "09:20"}


@pytest.fixture
def device(size: str) -> Browser:
    return Browser(f"/{size}")


@pytest.fixture
def context(
    browser: Chromium, size: str, site: Site, service: PushService, device: Browser
) -> Iterator[BrowserContext]:
    """A browser that allows notifications, and subscribes with the device's keys."""
    context = new_context(browser, size)
    context.grant_permissions(["notifications"], origin=site.url)
    replace_push_manager(context, device, service.url(device.path))
    yield context
    context.close()


def newest(service: PushService, device: Browser, number: int) -> dict:
    """What the device was sent last, once it was sent so many messages; decrypted."""
    assert wait_until(lambda: len(service.accepted(device.path)) >= number, seconds=180)
    return device.decrypt(service.accepted(device.path)[-1].body)["notification"]


def save_a_search_for_notifications(page: Page, site: Site, email: str) -> None:
    page.goto(f"{site.url}/searches/new/?postcode=IG3+9UZ&radius=10&method=push")
    turn_on_alert(page, site, email)
    expect(page.get_by_text("Now turn on notifications")).to_be_visible()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def test_a_push_is_decrypted_shown_and_opens_the_alert(
    site: Site, page: Page, service: PushService, device: Browser, tmp_path: Path
) -> None:
    size = device.path.removeprefix("/")
    save_a_search_for_notifications(page, site, f"push-{size}@example.org")
    page.get_by_role("button", name="Turn on notifications here").click()
    expect(page.get_by_role("listitem").filter(has_text="since")).to_have_count(1)

    page.get_by_role("button", name="Test").click()
    expect(page.get_by_text("A test notification is on its way")).to_be_visible()
    assert newest(service, device, 1)["title"].startswith("Test from")

    import_a_slot(site, tmp_path, CLOCKS[size])
    payload = newest(service, device, 2)
    assert CLOCKS[size] in payload["body"]

    pushes = Pushes(page)
    pushes.deliver(site.url, {"notification": payload})
    assert wait_until(lambda: pushes.shown() == [payload], seconds=180)
    assert pushes.badge == "set"
    assert pushes.click() == [payload["navigate"]]
    assert pushes.badge == "cleared"
    page.context.clear_cookies()
    page.goto(payload["navigate"])
    expect(page.get_by_role("heading", name=f"at {CLOCKS[size]}")).to_be_visible()


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_a_subscription_that_the_browser_renews_goes_on_signed_out(
    site: Site, context: BrowserContext, service: PushService, size: str, tmp_path: Path
) -> None:
    old, new = Browser("/old"), Browser("/new")
    page = new_page(context, service, old)
    save_a_search_for_notifications(page, site, "renewed@example.org")
    page.get_by_role("button", name="Turn on notifications here").click()
    expect(page.get_by_role("listitem").filter(has_text="since")).to_have_count(1)

    context.clear_cookies()
    status = context.service_workers[0].evaluate(RENEW, [service.url("/new"), new.p256dh, new.auth])
    assert status == [204]
    import_a_slot(site, tmp_path, "10:20")
    assert "10:20" in newest(service, new, 1)["body"]
    assert service.accepted("/old") == []


def new_page(context: BrowserContext, service: PushService, device: Browser) -> Page:
    """A page in a browser with another device's keys."""
    replace_push_manager(context, device, service.url(device.path))
    return context.new_page()


def turn_on(page: Page, site: Site, email: str) -> None:
    """Sign up and turn on notifications in this browser."""
    save_a_search_for_notifications(page, site, email)
    page.get_by_role("button", name="Turn on notifications here").click()
    expect(page.get_by_role("listitem").filter(has_text="since")).to_have_count(1)


@pytest.mark.parametrize("size", ["phone"], indirect=True)
@pytest.mark.parametrize("known_by", ["cookie", "endpoint"])
def test_signing_out_asks_and_turns_notifications_off_in_this_browser(
    site: Site, context: BrowserContext, service: PushService, tmp_path: Path, known_by: str
) -> None:
    path, email = f"/shared-{known_by}", f"shared-{known_by}@example.org"
    page = new_page(context, service, Browser(path))
    turn_on(page, site, email)
    if known_by == "endpoint":
        page.add_init_script(KNOWN)
        context.clear_cookies(name="push_device")
    page.goto(f"{site.url}/account/")
    if known_by == "endpoint":
        expect(page.locator("[data-push-endpoint]")).not_to_have_value("")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("group", name="Keep alerts on this device?")).to_be_visible()
    expect(page.get_by_label("No, turn them off here")).to_be_checked()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    clock = {"cookie": "11:20", "endpoint": "11:40"}[known_by]
    import_a_slot(site, tmp_path, clock)
    assert clock in mail_text(page, site, "test slot", to=email)
    assert path not in {each.path for each in service.requests}


@pytest.mark.parametrize("size", ["desktop"], indirect=True)
def test_who_keeps_them_on_is_woken_signed_out(
    site: Site, context: BrowserContext, service: PushService, tmp_path: Path
) -> None:
    own = Browser("/own")
    page = new_page(context, service, own)
    turn_on(page, site, "own@example.org")
    page.goto(f"{site.url}/accounts/logout/")
    page.get_by_label("Yes, keep them on").check()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    import_a_slot(site, tmp_path, "12:20")
    payload = newest(service, own, 1)
    assert "12:20" in payload["body"]
    pushes = Pushes(page)
    pushes.deliver(site.url, {"notification": payload})
    assert wait_until(lambda: pushes.shown() == [payload], seconds=180)


KNOWN = "PushManager.prototype.getSubscription = PushManager.prototype.subscribe;"


# The browser's own event can't be made by a script with subscriptions in it; the handler reads
# nothing else of it. What the worker is answered is noted on the way.
RENEW = """async ([endpoint, p256dh, auth]) => {
  const statuses = [], send = self.fetch;
  self.fetch = async (...words) => {
    const answer = await send(...words);
    statuses.push(answer.status);
    return answer;
  };
  const letters = atob(KEY.replaceAll("-", "+").replaceAll("_", "/"));
  const applicationServerKey = Uint8Array.from(letters, (letter) => letter.charCodeAt(0)).buffer;
  const toJSON = () => ({ endpoint, keys: { p256dh, auth } });
  await renew(null, { toJSON, options: { applicationServerKey } });
  self.fetch = send;
  return statuses;
}"""
