"""How a British postcode is written, and which are those of other places.

The format is Royal Mail's, as GOV.UK publishes it (ILR specification, Appendix C, "Valid
postcode format") and the Cabinet Office's `PostCodeType` for BS 7666 repeats it: an outward
code of one of six shapes (A9, A99, AA9, AA99, A9A, AA9A), a space, and an inward code 9AA. Q, V
and X never come first, I, J and Z never second; the last two letters are never C, I, K, M, O or
V. Wider than published in one point: the letter of A9A may also be one of M, N, R, V, X and Y,
since London's W1M to W1Y were in use until 2000 and directories still list them.
"""

import re

FIRST = "[A-PR-UWYZ]"
OUTWARD = (
    f"(?:{FIRST}[0-9][0-9]?|{FIRST}[A-HK-Y][0-9][0-9]?"
    f"|{FIRST}[0-9][A-HJKMNPR-Y]|{FIRST}[A-HK-Y][0-9][ABEHMNPRVWXY]|GIR(?=\\ ?0AA|$))"
)
INWARD = "[0-9][ABD-HJLNP-UW-Z]{2}"

_POSTCODE = re.compile(f"({OUTWARD})({INWARD})?")
_SECTOR = re.compile(f"({OUTWARD}) ([0-9])")
# What begins like this is somebody's postcode, but of no place in Great Britain: Northern
# Ireland, the Crown dependencies, the forces' post, and the overseas territories.
_ELSEWHERE = re.compile(
    r"(?:BT|JE|GY|IM|GX)[0-9]|BF1|BFPO|(?:ASCN|BBND|BIQQ|FIQQ|PCRN|SIQQ|STHL|TDCU|TKCA)1ZZ$"
    r"|KY[1-3]-?[0-9]{4}$|AI-?2640$|VG11[1-6]0$|MSR-?[0-9]{4}$|GIBRALTAR$"
)
LONGEST_TYPED = 40


class PostcodeError(ValueError):
    """A postcode that can't be located; its text is a sentence for a learner."""


class NotAPostcode(PostcodeError):
    """The text has not the form of a British postcode."""

    def __init__(self, text: str) -> None:
        shown = " ".join(text.split())[:LONGEST_TYPED]
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

    Case and spaces don't count. A sector written with its space ("IG3 9") answers that digit as
    the inward code. Raises NotAPostcode or NotInGreatBritain.
    """
    words = " ".join(text[: LONGEST_TYPED * 4].upper().split())
    joined = words.replace(" ", "")
    if _ELSEWHERE.match(joined):
        raise NotInGreatBritain(words[:LONGEST_TYPED])
    found = _SECTOR.fullmatch(words) or _POSTCODE.fullmatch(joined)
    if found is None:
        raise NotAPostcode(text)
    return found[1], found[2] or ""


def written(text: str) -> str:
    """The one written form, "IG3 9UZ", of a full postcode; raises PostcodeError as `split` does."""
    outward, inward = split(text)
    if len(inward) != len("9UZ"):
        raise NotAPostcode(text)
    return f"{outward} {inward}"
