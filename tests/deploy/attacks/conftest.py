"""Everybody whom the attacks are about, as the deployed site knows them."""

from collections.abc import Callable

import pytest
from django.conf import settings as site_settings

from accounts.models import User
from tests.deploy.front import NGINX, Deployed
from tests.deploy.visitor import Visitor
from tests.people import learner
from tests.staff import verified_staff

Comer = Callable[[str], Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them write to the database that the site reads."""
    for item in items:
        if item.path.parent == site_settings.BASE_DIR / "tests/deploy/attacks":
            item.add_marker(pytest.mark.django_db(transaction=True))
            item.add_marker(pytest.mark.skipif(NGINX is None, reason="nginx is not installed"))


@pytest.fixture(autouse=True)
def hashed_as_deployed(settings) -> None:
    """Else the site would take none of the passwords that are stored here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]


@pytest.fixture
def comer(site: Deployed) -> Comer:
    """Somebody at one of this machine's addresses, who has never been here."""
    return lambda address: Visitor(site, address)


@pytest.fixture
def stranger(comer: Comer) -> Visitor:
    return comer("127.66.6.6")


@pytest.fixture
def home(comer: Comer) -> Visitor:
    return comer("127.1.1.1")


@pytest.fixture
def ada() -> User:
    return learner()


@pytest.fixture
def staff(home: Visitor) -> Callable[[str], Visitor]:
    """Somebody of that role, signed in with both steps."""

    def signed_in(role: str) -> Visitor:
        home.sign_in_as_staff(verified_staff(role).email)
        assert home.get("/admin/").status == 200
        return home

    return signed_in
