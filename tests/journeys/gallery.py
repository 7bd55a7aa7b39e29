"""Every page of the site, as somebody comes upon it: with data, empty, and with errors."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.journeys.town import Town
from tests.journeys.urls import WRONG
from tests.people import PASSWORD

# Who comes has begun to sign up, and is asked for the code wherever signing in is offered.
Who = Literal["nobody", "comer", "ada", "newcomer"]


@dataclass(frozen=True)
class Shown:
    """A page, who looks at it, and what they do there first."""

    name: str
    path: str | Callable[[Town], str]
    who: Who = "nobody"
    act: Callable[[Page], None] | None = None

    @property
    def works_plainly(self) -> bool:
        """Whether what they do first takes no script of ours."""
        return self.act is not unfold

    def address(self, town: Town) -> str:
        """Its path and query."""
        return self.path if isinstance(self.path, str) else self.path(town)


def press(name: str) -> Callable[[Page], None]:
    """Press a button by its name."""
    return lambda page: page.get_by_role("button", name=name).first.click()


def fill(button: str, **fields: str) -> Callable[[Page], None]:
    """Fill fields by name, then press a button."""

    def act(page: Page) -> None:
        for name, value in fields.items():
            page.locator(f"main [name={name}]").first.fill(value)
        press(button)(page)

    return act


def unfold(page: Page) -> None:
    """Open whatever is folded away."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


def prove(page: Page) -> None:
    """Prove again who one is, unless one has a moment ago."""
    if page.get_by_role("heading", name="Is it you?").count():
        fill("Continue", password=PASSWORD)(page)


SEARCH = "postcode=IG3+9UZ&radius=25"
LONG_AGO = "2020-01-01"

FINDING = [
    Shown("home", "/"),
    Shown("results", f"/slots/?{SEARCH}"),
    Shown("results-filters", f"/slots/?{SEARCH}&weekday=1&time_from=09:00", act=unfold),
    Shown("results-nearest", f"/slots/?{SEARCH}&order=nearest"),
    Shown("results-centers", lambda town: f"/slots/?{SEARCH}&center={town.center.pk}"),
    Shown("results-none", "/slots/?postcode=PA77+6TA&radius=5"),
    Shown("results-none-windows", f"/slots/?{SEARCH}&time_from=23:00"),
    Shown("results-errors", f"/slots/?postcode=BT1+1AA&radius=0&date_to={LONG_AGO}", act=unfold),
    Shown("centers", "/centers/"),
    Shown("centers-by-wait", "/centers/?order=usual"),
    Shown("centers-near", "/centers/?q=IG3+9UZ"),
    Shown("centers-named", "/centers/?q=good"),
    Shown("centers-unknown", "/centers/?q=zzz"),
    Shown("centers-error", "/centers/?q=BT1+1AA"),
    Shown("center", lambda town: f"/centers/{town.center.pk}/"),
    Shown("center-unfolded", lambda town: f"/centers/{town.center.pk}/", act=unfold),
    Shown("center-quiet", lambda town: f"/centers/{town.quiet_center.pk}/"),
    Shown("rules", "/rules/"),
    Shown("fairness", "/fairness/"),
    Shown("privacy", "/privacy/"),
    Shown("contact", "/contact/"),
    Shown("accessibility", "/accessibility/"),
    Shown("not-found", "/nothing-here/"),
]
ENTERING = [
    Shown("sign-up", "/accounts/signup/?next=/searches/new/%3Fpostcode%3DIG3%2B9UZ"),
    Shown("sign-up-errors", "/accounts/signup/", act=fill("Create an account", email="x")),
    Shown("sign-in-code", "/accounts/login/", "comer", fill("Sign in", login="eve@example.org")),
    Shown(
        "code", "/accounts/signup/", "comer",
        act=fill("Create an account", email="eve@example.org"),
    ),
    Shown("sign-in", "/accounts/login/"),
    Shown("sign-in-errors", "/accounts/login/", act=fill("Sign in", login="a@b.org", password="x")),
    Shown("forgotten", "/accounts/password/reset/"),
    Shown("forgotten-done", "/accounts/password/reset/done/"),
    Shown("bad-reset-link", "/accounts/password/reset/key/1-abc/"),
    Shown("new-search-visitor", "/searches/new/"),
    Shown("review-visitor", f"/searches/new/?{SEARCH}"),
]  # fmt: skip
LEARNING = [
    Shown("searches", "/searches/", "ada"),
    Shown("searches-empty", "/searches/", "newcomer"),
    Shown("search-new", "/searches/new/", "ada"),
    Shown("search-new-unfolded", f"/searches/new/?{SEARCH}&change=1", "ada", unfold),
    Shown("search-errors", f"/searches/new/?postcode=zz&radius=x&date_to={LONG_AGO}", "ada"),
    Shown("search-review", f"/searches/new/?{SEARCH}&weekday=1&time_from=08:00", "ada"),
    Shown("search-edit", lambda town: f"/searches/{town.search.pk}/edit/", "ada"),
    Shown("search-on", lambda town: f"/searches/{town.search.pk}/on/", "ada"),
    Shown("search-pause", lambda town: f"/searches/{town.search.pk}/pause/", "ada"),
    Shown(
        "search-pause-error", lambda town: f"/searches/{town.search.pk}/pause/", "ada",
        press("Pause"),
    ),
    Shown("search-feed", lambda town: f"/searches/{town.search.pk}/feed/", "ada"),
    Shown(
        "search-feed-made", lambda town: f"/searches/{town.search.pk}/feed/", "ada",
        press("Make a"),
    ),
    Shown("search-delete", lambda town: f"/searches/{town.search.pk}/delete/", "ada"),
    Shown("bookings", "/bookings/", "ada"),
    Shown("bookings-empty", "/bookings/", "newcomer"),
    Shown("booking", "/bookings/practical/", "ada"),
    Shown("booking-errors", "/bookings/practical/", "ada", fill("Save", date=LONG_AGO)),
    Shown("booking-theory", "/bookings/theory/", "ada"),
    Shown("booking-remove", "/bookings/practical/remove/", "ada"),
    Shown("alerts", "/alerts/", "ada"),
    Shown("alerts-empty", "/alerts/", "newcomer"),
    Shown("not-for-me", lambda town: f"/alerts/{town.alert.pk}/not-for-me/", "ada"),
    Shown("missed", "/alerts/missed/", "ada"),
    Shown("companions", "/companions/", "ada"),
    Shown("companions-empty", "/companions/", "newcomer"),
    Shown("webhooks", "/webhooks/", "ada"),
    Shown("push", "/push/", "ada"),
    Shown("push-empty", "/push/", "newcomer"),
    Shown("account", "/account/", "ada"),
    Shown("account-error", "/account/", "ada", fill("Save quiet hours", quiet_from="22:00")),
    Shown("is-it-you", "/accounts/reauthenticate/", "ada"),
    Shown("is-it-you-passkey", "/accounts/2fa/webauthn/reauthenticate/", "ada"),
    Shown("is-it-you-code", "/accounts/reauthenticate/code/", "ada"),
    Shown("is-it-you-enter", "/accounts/reauthenticate/code/", "ada", press("Email me a code")),
    Shown("erase", "/account/erase/", "newcomer", prove),
    Shown("passkeys", "/accounts/2fa/webauthn/", "ada"),
    Shown("passkeys-empty", "/accounts/2fa/webauthn/", "newcomer"),
    Shown("passkey-add", "/accounts/2fa/webauthn/add/", "newcomer", prove),
    Shown("email", "/accounts/email/", "ada"),
    Shown("password", "/accounts/password/change/", "ada"),
    Shown("second-step", "/accounts/2fa/", "ada"),
    Shown("sessions", "/accounts/sessions/", "ada"),
    Shown("sign-out", "/accounts/logout/", "ada"),
]  # fmt: skip
BY_MAIL = [
    Shown("alert-page", lambda town: town.alert_link),
    Shown("bad-link", "/alerts/broken/"),
    Shown("pause", lambda town: town.pause_link),
    Shown("paused", lambda town: town.pause_link, act=press("Until I say")),
    Shown("not-for-me", lambda town: town.not_for_me_link),
    Shown("narrowed", lambda town: town.not_for_me_link, act=press("Only within")),
    Shown("companion-asked", lambda town: town.companion_link),
    Shown("companion", lambda town: town.companion_link, act=press("Yes, send them to me")),
    Shown("unsubscribe", lambda town: town.unsubscribe_link),
    Shown("got-a-test", lambda town: town.got_a_test_link),
    Shown("ended", lambda town: town.unsubscribe_link, act=press("Stop these alerts")),
    Shown("ended-already", lambda town: town.unsubscribe_link),
    Shown("restarted", lambda town: town.unsubscribe_link, act=press("Start them again")),
]
FAILING = [Shown(f"error-{name}", f"/wrong/{name}/") for name in WRONG]
# Those that stand for their kind where not all are looked at.
USUAL = {
    "home", "results", "center", "sign-up", "search-new-unfolded", "searches", "alerts", "account",
    "alert-page",
}  # fmt: skip
GALLERY = [
    pytest.param(shown, id=shown.name, marks=[pytest.mark.usual] * (shown.name in USUAL))
    for shown in (*FAILING, *FINDING, *ENTERING, *LEARNING, *BY_MAIL)
]
