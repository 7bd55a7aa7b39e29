"""Which passwords are taken: it counts how soon one would be guessed, not what it is made of."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

LONG = 12
# Scores of zxcvbn: 3 stands up to a stolen table of slow hashes, 2 to tries at a sign-in page.
STRONG = 3
STRONG_WHEN_LONG = 2
# All that zxcvbn reads; what comes after can only make a password better.
READ = 72
# What is tried first at a site such as this one (OWASP ASVS 5.0.0, 6.1.2 and 6.2.11).
OWN_WORDS = (
    "slot", "slots", "alert", "alerts", "slotalerts", "driving", "test", "drivingtest", "driver",
    "learner", "learnerdriver", "theory", "practical", "dvsa", "dvla", "licence", "instructor",
)  # fmt: skip


class HardToGuess:
    """12 characters that are not among the first tried, or fewer that are hard to guess."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a password that would soon be guessed."""
        # Who tries our own words tries them in capitals too.
        score = zxcvbn(password[:READ].lower(), user_inputs=_known_of(user))["score"]
        if score < (STRONG_WHEN_LONG if len(password) >= LONG else STRONG):
            raise ValidationError(
                "This password is easy to guess. Three unusual words make a good one",
                code="password_easy_to_guess",
            )

    def get_help_text(self) -> str:
        """For forms that list the rules."""
        return "Hard to guess: three unusual words make a good one."


def _known_of(user: Any) -> list[str]:
    email = getattr(user, "email", None) or ""
    return [*OWN_WORDS, settings.SITE_NAME, email, *email.replace("@", ".").split(".")]
