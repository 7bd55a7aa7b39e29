"""Text as it was meant, without what pasting adds to it."""

import unicodedata


def visible(text: str) -> str:
    """What a reader sees, on one line: full-width letters plain, and single spaces.

    Signs of no width go: zero-width spaces, byte-order marks, soft hyphens, marks of direction
    (Unicode category Cf), variation selectors and other control characters.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = [sign for sign in unicodedata.normalize("NFKC", text) if not _is_unseen(sign)]
    return " ".join("".join(kept).split())


def _is_unseen(sign: str) -> bool:
    if sign.isspace():
        return False
    category = unicodedata.category(sign)
    return category in {"Cf", "Cc", "Cs", "Cn"} or "\ufe00" <= sign <= "\ufe0f"
