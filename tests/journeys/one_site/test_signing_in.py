"""Signing in by a code, by a passkey and, for staff, in two steps; and losing what one signs in by.

Chromium's virtual authenticator is the phone. A passkey belongs to a name, so all is at localhost.
"""

from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.journeys.site import Site, code_of
from tests.journeys.steps import keep_picture, mail_text, search, sign_up
from tests.people import PASSWORD
from tests.staff import TOTP_SECRET, totp_code

PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
# An admin who has an authenticator app, and a centre manager who has nothing yet.
STAFF = """
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from accounts.models import Role, User
for name in ("admin", "center_manager"):
    role = Role.objects.get(role_name=name)
    user = User.objects.create_user(f"keys-{name}-SIZE@example.org", "PASSWORD", role=role)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if name == "admin":
        TOTP.activate(user, "SECRET")
"""


@pytest.fixture(scope="module")
def site(site: Site) -> Site:
    """Under the name that its passkeys are for."""
    return replace(site, url=site.url.replace("127.0.0.1", "localhost"))


class Phone:
    """What keeps passkeys in a page's browser."""

    def __init__(self, page: Page) -> None:
        self.devtools: CDPSession = page.context.new_cdp_session(page)
        self.devtools.send("WebAuthn.enable")
        self.number = self._send("addVirtualAuthenticator", options=PHONE)["authenticatorId"]

    def lock(self) -> None:
        """Nobody unlocks it: someone else has it."""
        self._send("setUserVerified", authenticatorId=self.number, isUserVerified=False)

    def unlock(self) -> None:
        """Its owner shows it a finger."""
        self._send("setUserVerified", authenticatorId=self.number, isUserVerified=True)

    def lose(self) -> None:
        """It is gone, with the passkeys in it."""
        self._send("removeVirtualAuthenticator", authenticatorId=self.number)

    def _send(self, what: str, **told: Any) -> Any:
        return self.devtools.send(f"WebAuthn.{what}", told)


def enter_code(page: Page, site: Site, email: str) -> None:
    """From the mail to the page that waits for it."""
    expect(page.get_by_role("heading", name="Enter the code we emailed you")).to_be_visible()
    page.get_by_label("Code").fill(code_of(mail_text(page, site, "is your code", to=email)))
    page.get_by_role("button", name="Continue").click()


def sign_out(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/account/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out")).to_be_visible()


def is_at_ones_searches(page: Page) -> None:
    expect(page.get_by_role("link", name="Save your first search")).to_be_visible()


def test_a_learner_signs_up_by_email_alone_and_in_by_passkey_and_by_code(
    site: Site, visitor: Page, size: str
) -> None:
    page, phone, email = visitor, Phone(visitor), f"passkey-{size}@example.org"
    page.goto(f"{site.url}/accounts/login/")
    keep_picture(page, "signing-in-1", size)
    page.get_by_role("link", name="Create one").click()
    sign_up(page, site, email)
    is_at_ones_searches(page)

    page.goto(f"{site.url}/account/")
    page.get_by_role("link", name="Passkeys").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Email me a code").click()
    enter_code(page, site, email)
    keep_picture(page, "signing-in-2-add", size)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="on Linux")).to_be_visible()
    keep_picture(page, "signing-in-3-added", size)
    page.goto(f"{site.url}/accounts/2fa/webauthn/add/")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("status")).to_contain_text("on this device already")

    sign_out(page, site)
    page.goto(f"{site.url}/accounts/login/")
    phone.lock()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("No passkey was used")).to_be_visible()
    phone.unlock()
    page.get_by_role("button", name="Use a passkey").click()
    is_at_ones_searches(page)

    sign_out(page, site)
    page.goto(f"{site.url}/accounts/login/?next=/alerts/")
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Sign in").click()
    enter_code(page, site, email)
    expect(page.get_by_role("heading", name="My alerts")).to_be_visible()
    assert "A passkey was added" in mail_text(page, site, "A passkey was added", to=email)


def test_a_learner_signs_up_with_a_passkey_and_is_in_without_a_password(
    site: Site, visitor: Page, size: str
) -> None:
    page, phone, email = visitor, Phone(visitor), f"keys-{size}@example.org"
    page.goto(f"{site.url}/accounts/signup/?next=/alerts/")
    page.get_by_label("Email address").fill(email)
    keep_picture(page, "signing-up-1", size)
    page.get_by_role("button", name="Sign up with a passkey").click()
    enter_code(page, site, email)
    phone.lock()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("No passkey was used")).to_be_visible()
    keep_picture(page, "signing-up-2", size)
    phone.unlock()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="My alerts")).to_be_visible()

    sign_out(page, site)
    page.goto(f"{site.url}/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    is_at_ones_searches(page)


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_an_alert_that_is_turned_on_with_a_passkey_is_on_by_the_code_even_if_none_is_made(
    site: Site, visitor: Page, size: str
) -> None:
    page, email = visitor, f"keys-alert-{size}@example.org"
    search(page, site, postcode="IG3 9UZ", miles=10)
    page.get_by_role("link", name="Alert me about this search").click()
    page.get_by_label("Email address").fill(email)
    keep_picture(page, "signing-up-3-alert", size)
    page.get_by_role("button", name="Turn it on with a passkey").click()
    enter_code(page, site, email)
    page.get_by_role("link", name="Not now").click()
    expect(page.get_by_role("heading", name="Your alert is on")).to_be_visible()


def sign_in(page: Page, site: Site, email: str) -> None:
    """Go to the admin's door with the password."""
    page.goto(f"{site.url}/admin/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def enrol(page: Page, site: Site) -> None:
    """What someone with a password alone is led to: proving it again, then a passkey."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="add a passkey instead").click()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.goto(f"{site.url}/admin/")
    expect(page.get_by_text("What would you like to look after?")).to_be_visible()


@pytest.mark.parametrize("size", ["desktop"], indirect=True)
def test_staff_enter_by_a_passkey_and_once_it_is_lost_by_an_admins_help(
    site: Site, visitor: Page, size: str
) -> None:
    words = {"SIZE": size, "PASSWORD": PASSWORD, "SECRET": TOTP_SECRET}
    script = STAFF
    for name, value in words.items():
        script = script.replace(name, value)
    site.manage("shell", "-c", script)
    page, phone, manager = visitor, Phone(visitor), f"keys-center_manager-{size}@example.org"
    sign_in(page, site, manager)
    enrol(page, site)

    page.context.clear_cookies()
    sign_in(page, site, manager)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    keep_picture(page, "signing-in-4-step", size)
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_text("What would you like to look after?")).to_be_visible()

    phone.lose()
    page.context.clear_cookies()
    sign_in(page, site, manager)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.goto(f"{site.url}/admin/")
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.context.clear_cookies()
    help_someone(page, site, manager, size)

    page.context.clear_cookies()
    Phone(page)
    sign_in(page, site, manager)
    enrol(page, site)


def help_someone(page: Page, site: Site, email: str, size: str) -> None:
    """An admin finds the person and takes what they lost."""
    sign_in(page, site, f"keys-admin-{size}@example.org")
    page.get_by_label("Code").fill(totp_code(TOTP_SECRET))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{site.url}/admin/accounts/user/?q={email}")
    page.get_by_role("link", name=email).click()
    is_it_you(page)
    expect(page.get_by_text("passkey “")).to_be_visible()
    page.get_by_role("button", name="Take the passkeys and second factor").click()
    is_it_you(page)
    expect(page.get_by_text("without passkeys and a second factor now")).to_be_visible()


def is_it_you(page: Page) -> None:
    """An admin's changes want the second factor again; each code works once."""
    if page.get_by_role("heading", name="Is it you?").count():
        page.get_by_label("Code").fill(totp_code(TOTP_SECRET, ahead=1))
        page.get_by_role("button", name="Continue").click()
