"""How a British postcode is written, and which are those of other places.

The format is Royal Mail's, as GOV.UK publishes it (ILR specification, Appendix C, "Valid
postcode format") and the Cabinet Office's `PostCodeType` for BS 7666 repeats it: an outward
code of one of six shapes (A9, A99, AA9, AA99, A9A, AA9A), a space, and an inward code 9AA. Q, V
and X never come first, I, J and Z never second; the last two letters are never C, I, K, M, O or
V. Wider than published in one point: the letter of A9A may also be one of M, N, R, V, X and Y,
since London's W1M to W1Y were in use until 2000 and directories still list them.
"""

import re
import unicodedata
from itertools import product

from centers.pasted_text import visible

FIRST = "[A-PR-UWYZ]"
OUTWARD = (
    f"(?:{FIRST}[0-9][0-9]?|{FIRST}[A-HK-Y][0-9][0-9]?"
    f"|{FIRST}[0-9][A-HJKMNPR-Y]|{FIRST}[A-HK-Y][0-9][ABEHMNPRVWXY]|GIR(?=\\ ?0AA|$))"
)
INWARD = "[0-9][ABD-HJLNP-UW-Z]{2}"

_POSTCODE = re.compile(f"({OUTWARD})({INWARD})?")
_SECTOR = re.compile(f"({OUTWARD}) ([0-9])")
# What begins like this is someone's postcode, but of no place in Great Britain: Northern
# Ireland, the Crown dependencies, the forces' post, and the overseas territories.
_ELSEWHERE = re.compile(
    r"(?:BT|JE|GY|IM|GX)[0-9]|BF1|BFPO|(?:ASCN|BBND|BIQQ|FIQQ|PCRN|SIQQ|STHL|TDCU|TKCA)1ZZ$"
    r"|KY[1-3]-?[0-9]{4}$|AI-?2640$|VG11[1-6]0$|MSR-?[0-9]{4}$|GIBRALTAR$"
)
LONGEST_TYPED = 40
# Typed one for the other, by hand and by readers of print.
_CONFUSED = {"O": "O0", "0": "0O", "I": "I1", "1": "1I"}
_LENGTHS = range(len("A99AA"), len("AA9A9AA") + 1)


class PostcodeError(ValueError):
    """A postcode that can't be located; its text is a sentence for a learner."""


class NotAPostcode(PostcodeError):
    """The text has not the form of a British postcode."""

    def __init__(self, text: str) -> None:
        shown = visible(text[: LONGEST_TYPED * 4])[:LONGEST_TYPED]
        super().__init__(
            f"“{shown}” is not a postcode. A postcode looks like IG3 9UZ."
            if shown
            else "Enter a postcode, such as IG3 9UZ."
        )


class NotInGreatBritain(PostcodeError):
    """The postcode of a place that is not in England, Scotland or Wales."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text} is not in Great Britain. "
            "This service knows test centres in England, Scotland and Wales only."
        )


class UnknownPostcode(PostcodeError):
    """The form is right, but nothing that is stored knows the place."""

    def __init__(self, text: str) -> None:
        super().__init__(f"We don't know where {text} is. Check it, or try a postcode nearby.")


def split(text: str) -> tuple[str, str]:
    """Outward and inward code in capitals; the inward code is "" for an outcode alone ("IG3").

    Case, spaces, punctuation and what can't be seen don't count, and O and 0, I and 1 may stand
    for each other in a full postcode that can be read in no other way. A sector written with its
    space ("IG3 9") answers that digit as the inward code. Raises NotAPostcode or
    NotInGreatBritain.
    """
    words = _words(text)
    parts = _read(words) or _without_confusion(words.replace(" ", ""))
    if parts is None:
        raise NotAPostcode(text)
    return parts


def written(text: str) -> str:
    """The one written form, "IG3 9UZ", of a full postcode without confused signs.

    Raises PostcodeError as `split` does.
    """
    parts = _read(_words(text))
    if parts is None or len(parts[1]) != len("9UZ"):
        raise NotAPostcode(text)
    return " ".join(parts)


def _words(text: str) -> str:
    """In capitals, without punctuation; what is plain already, as in long lists, at once."""
    plain = text[: LONGEST_TYPED * 4]
    if not (plain.isascii() and plain.replace(" ", "").isalnum()):
        signs = visible(plain)
        plain = "".join(sign for sign in signs if unicodedata.category(sign)[0] != "P")
    return " ".join(plain.upper().split())


def _read(words: str) -> tuple[str, str] | None:
    joined = words.replace(" ", "")
    if _ELSEWHERE.match(joined):
        raise NotInGreatBritain(words[:LONGEST_TYPED])
    found = _SECTOR.fullmatch(words) or _POSTCODE.fullmatch(joined)
    return (found[1], found[2] or "") if found else None


def _without_confusion(joined: str) -> tuple[str, str] | None:
    """The only full postcode that it may have been before O and 0, I and 1 were confused.

    A word without any digit is a word.
    """
    if len(joined) not in _LENGTHS or not any(map(str.isdigit, joined)):
        return None
    readings = map("".join, product(*(_CONFUSED.get(sign, sign) for sign in joined)))
    found = [match for match in map(_POSTCODE.fullmatch, readings) if match and match[2]]
    return (found[0][1], found[0][2]) if len(found) == 1 else None
