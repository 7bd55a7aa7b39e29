"""What an email address may be, by one rule for forms, commands and the database.

Addresses here are plain ASCII. Internationalised ones (RFC 6531) are refused: a mail server on the
way that doesn't speak SMTPUTF8 returns their mail, an alert is of no use returned, and signs
that look alike would make two people of one. Where only the domain has other letters, its
ASCII form (RFC 5890, "xn--…") is the same address and is taken.
"""

import re

from django.core.exceptions import ValidationError
from email_validator import EmailNotValidError, validate_email

LONGEST = 254  # RFC 5321 4.5.3.1.3, less its angle brackets
# No quoted local part, no IP literal, nothing that isn't seen. PostgreSQL reads it as Python does.
PLAIN_ADDRESS = (
    rf"^(?=.{{1,{LONGEST}}}$)"
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+$"
)

_PLAIN = re.compile(PLAIN_ADDRESS)
_NOT_AN_ADDRESS = "Enter an email address, such as name@example.org"
_TOO_LONG = f"This is too long for an email address: at most {LONGEST} characters"
_INVISIBLE = "There is a sign in this address that can’t be seen. Type it instead of pasting it"
_NOT_PLAIN = (
    "We can only write to addresses made of the letters a to z, digits and signs such as . and -. "
    "Enter another address"
)
_UNREACHABLE = "Mail can’t be sent to this address. Check what comes after the @"


def is_plain(text: str) -> bool:
    """Whether it may be stored, and so looked up: the rule of the database."""
    return _PLAIN.fullmatch(text) is not None


def check_plain(text: str) -> None:
    """Raise ValidationError, which says what is wrong, for what no account's address can be.

    Only what is plainly no address has the code "invalid", for which a form has words of its own.
    """
    if not text.isprintable():
        raise ValidationError(_INVISIBLE)
    if not text.isascii():
        raise ValidationError(_NOT_PLAIN)
    if len(text) > LONGEST:
        raise ValidationError(_TOO_LONG)
    if not is_plain(text):
        raise ValidationError(_NOT_AN_ADDRESS, code="invalid")


def check_address(text: str) -> None:
    """Raise ValidationError for what can't be an address on the internet.

    Names for special use (RFC 6761: localhost, .test, .invalid) are none. Nothing is looked up.
    """
    check_plain(text)
    try:
        validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        local_part, _, _ = text.rpartition("@")
        if _is_wrong_anywhere(local_part):
            raise ValidationError(_NOT_AN_ADDRESS, code="invalid") from error
        raise ValidationError(_UNREACHABLE) from error


def _is_wrong_anywhere(local_part: str) -> bool:
    """Whether it is wrong at a domain that is right."""
    try:
        validate_email(f"{local_part}@example.org", check_deliverability=False, strict=True)
    except EmailNotValidError:
        return True
    return False
