"""A password is taken for how hard it is to guess, not for what it is made of."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User


@pytest.mark.parametrize(
    "password",
    [
        "Passw0rd123", "slotalerts", "drivingtest", "DrivingTest2026", " " * 12, "a" * 40,
        "password1234", "qwertyuiop12", "ada.lovelace1", "short", "123456789012",
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, User(email="ada.lovelace@example.org"))


@pytest.mark.parametrize(
    "password",
    [
        "sunny lemon tram", "correcthorsebattery", "zufällig-gewählt", "tkfwqjxz vhbn",
        "mum's teapot 4 two", "лимон трамвай солнце", "Xk3!pQ9zWv", "long sentence " * 40,
    ],
)  # fmt: skip
def test_what_is_hard_to_guess_is_taken_whatever_it_is_made_of(password):
    validate_password(password, User(email="ada.lovelace@example.org"))
