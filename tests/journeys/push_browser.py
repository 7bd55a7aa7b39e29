"""A browser whose push manager is replaced by the test's own keys, and whose pushes come by CDP."""

import json
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, Worker

from tests.push_endpoint import Browser
from tests.servers import wait_until

Subscription = tuple[Browser, str]
SUBSCRIBE = """
  const subscription = {
    endpoint: %(endpoint)s, keys: %(keys)s, options: {},
    toJSON() { return { endpoint: this.endpoint, keys: this.keys }; },
    async unsubscribe() { return true; },
  };
  PushManager.prototype.subscribe = async (options) => Object.assign(subscription, { options });
  PushManager.prototype.getSubscription = async () => null;
"""
# In a service worker: what it has subscribed to, by which key, and what it would be given next.
RENEWABLE = """([key, before, after]) => {
  const bytes = (text) => Uint8Array.from(
    atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const made = ({ endpoint, keys }, key) => ({
    endpoint, options: { applicationServerKey: bytes(key).buffer },
    toJSON: () => ({ endpoint, keys }),
    async unsubscribe() { present = null; },
  });
  let present = made(before, key);
  PushManager.prototype.getSubscription = async () => present;
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    if (present) throw new DOMException("by another key", "InvalidStateError");
    return present = made(after, applicationServerKey);
  };
}"""
# A script may open a window only for a real click, which a browser without a screen never has.
NOTE_OPENED = """() => {
  self.opened = [];
  self.clients.openWindow = async (url) => { opened.push(url); };
}"""
NOTE_BADGE = """() => {
  self.badge = "";
  navigator.setAppBadge = async () => { badge = "set"; };
  navigator.clearAppBadge = async () => { badge = "cleared"; };
}"""
CLICK = """async () => {
  const [notification] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
  return opened;
}"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(({ title, body, tag, lang, data }) =>
    ({ title, body, tag, lang, navigate: data.url, actions: data.actions }))"""


def replace_push_manager(context: BrowserContext, browser: Browser, endpoint: str) -> None:
    """Have subscriptions of this browser go to `endpoint`, with the keys of `browser`."""
    keys = {"p256dh": browser.p256dh, "auth": browser.auth}
    script = SUBSCRIBE % {"endpoint": json.dumps(endpoint), "keys": json.dumps(keys)}
    context.add_init_script(script)


def have_subscribed(worker: Worker, key: str, before: Subscription, after: Subscription) -> None:
    """Let a service worker have subscribed by this key of ours, and be given another when it asks.

    Each is a device and its endpoint.
    """
    worker.evaluate(RENEWABLE, [key, *map(_told, (before, after))])


def _told(subscription: Subscription) -> dict[str, Any]:
    device, endpoint = subscription
    return {"endpoint": endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}}


class Pushes:
    """The way of a push into a page's service worker, and what it does there."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._registrations: list[dict[str, Any]] = []
        self._session.on("ServiceWorker.workerRegistrationUpdated", self._note)
        self._session.send("ServiceWorker.enable")

    def _note(self, event: dict[str, Any]) -> None:
        self._registrations += event["registrations"]

    def _is_registered(self) -> bool:
        # Events are only heard while the page is asked for something.
        self._page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        return bool(self._registrations)

    def deliver(self, origin: str, payload: dict[str, Any]) -> None:
        """Wake the service worker with a decrypted payload."""
        assert wait_until(self._is_registered, seconds=180)
        self._worker.evaluate(NOTE_BADGE)
        self._session.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": origin,
                "registrationId": self._registrations[-1]["registrationId"],
                "data": json.dumps(payload),
            },
        )

    def shown(self) -> list[dict[str, str]]:
        """The notifications that the worker shows."""
        return list(self._page.evaluate(SHOWN))

    @property
    def badge(self) -> str:
        """What was last done to the badge on the site's icon: `set`, `cleared` or nothing."""
        return str(self._worker.evaluate("badge"))

    def click(self) -> list[str]:
        """Click the notification: the addresses that the worker opens."""
        self._worker.evaluate(NOTE_OPENED)
        return list(self._worker.evaluate(CLICK))

    @property
    def _worker(self) -> Worker:
        return self._page.context.service_workers[0]
