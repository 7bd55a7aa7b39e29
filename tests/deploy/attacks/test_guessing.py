"""Attacks 2, 3 and 9: more guesses than allowed, a second factor passed by, an owner locked out."""

import re

import pytest
from allauth.mfa.models import Authenticator

from accounts.limits.tries import CODES, PASSWORDS
from tests.deploy.attacks.conftest import Comer
from tests.deploy.visitor import CODE, LOGIN, Visitor, is_in
from tests.people import PASSWORD
from tests.staff import TOTP_SECRET, totp_code, verified_staff

TOTP_ON, TOTP_OFF = "/accounts/2fa/totp/activate/", "/accounts/2fa/totp/deactivate/"
WRONG = "too often"


def addresses(number: int) -> list[str]:
    """So many of this machine's, each another stranger's."""
    return [f"127.9.{n // 250}.{n % 250 + 1}" for n in range(number)]


def guess(visitor: Visitor, email: str, times: int) -> list[bool]:
    """Whether each of so many wrong passwords was refused for the number of them."""
    return [WRONG in visitor.sign_in(email, "wrong").text for _ in range(times)]


@pytest.fixture
def out_of_guesses(ada, stranger) -> Visitor:
    """A stranger who may not guess at Ada's password any more."""
    refused = guess(stranger, ada.email, PASSWORDS.here[0] + 1)
    assert refused == [False] * PASSWORDS.here[0] + [True]
    return stranger


def test_requests_from_330_addresses_give_no_more_guesses(ada, out_of_guesses, comer: Comer):
    for address in addresses(330):
        assert comer(address).ask("HEAD", LOGIN).status == 200
    assert guess(out_of_guesses, ada.email, 1) == [True]
    assert not is_in(out_of_guesses.sign_in(ada.email))


CLAIMS = [
    {name: claimed}
    for claimed in ("192.0.2.77", "127.0.0.1")
    for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP")
]


def test_an_address_that_is_only_claimed_gives_no_more_guesses(ada, out_of_guesses):
    for claim in CLAIMS:
        out_of_guesses.sends = claim
        assert guess(out_of_guesses, ada.email, 1) == [True], claim


def test_codes_are_guessed_as_seldom(ada, stranger, comer: Comer):
    boss = verified_staff("admin")
    stranger.sign_in(boss.email)
    refused = [WRONG in stranger.post(CODE, code="000000").text for _ in range(CODES.here[0] + 1)]
    for address in addresses(30):
        comer(address).ask("HEAD", LOGIN)
    stranger.sign_in(boss.email)
    again = stranger.post(CODE, code=totp_code(TOTP_SECRET))
    assert refused == [False] * CODES.here[0] + [True]
    assert (is_in(again), WRONG in again.text) == (False, True)


@pytest.mark.parametrize("who", ["learner", "admin"])
def test_whom_a_stranger_guesses_at_gets_in(who, ada, stranger, home):
    user = ada if who == "learner" else verified_staff("admin")
    guess(stranger, user.email, 3 * PASSWORDS.here[0])
    assert is_in(home.sign_in(user.email))


@pytest.fixture
def enrolled(comer: Comer) -> tuple[Visitor, str]:
    """A session that gave only a password, whose owner has since enrolled elsewhere; the secret."""
    boss = verified_staff("admin", second_factor=False)
    early, owner = comer("127.2.2.2"), comer("127.3.3.3")
    for each in (early, owner):
        assert is_in(each.sign_in(boss.email))
    owner.post("/accounts/reauthenticate/", password=PASSWORD)
    found = re.search(r'class="key">(\w+)<', owner.get(TOTP_ON).text)
    assert found
    assert owner.post(TOTP_ON, code=totp_code(found[1])).status == 302
    assert owner.get("/admin/").status == 200
    return early, found[1]


def test_a_session_that_gave_only_a_password_does_not_enter_admin(enrolled):
    early, _ = enrolled
    assert early.get("/admin/").location.startswith("/admin/login/")
    assert early.get("/admin/login/").location.startswith(LOGIN)
    assert early.get("/account/").location.startswith(LOGIN), "enrolling ended it"


def test_the_password_alone_removes_no_factor(enrolled):
    early, _ = enrolled
    early.sign_in("admin@example.org")
    early.post("/accounts/reauthenticate/", password=PASSWORD)
    assert early.post(TOTP_OFF).status in (302, 403)
    assert Authenticator.objects.filter(type="totp").count() == 1
    assert early.get("/admin/").status == 302


def test_a_code_is_taken_once(comer: Comer):
    boss = verified_staff("admin")
    first, second = comer("127.2.2.2"), comer("127.3.3.3")
    for each in (first, second):
        each.sign_in(boss.email)
    code = totp_code(TOTP_SECRET)
    assert [is_in(each.post(CODE, code=code)) for each in (first, second)] == [True, False]
