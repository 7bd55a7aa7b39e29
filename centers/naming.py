"""What people and feeds call a centre, and which centre they mean: exactly, never by a guess."""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from centers.models import Center, CenterAlias

SUGGESTIONS = 3
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`")


def fold(text: str) -> str:
    """The form in which names are compared.

    Case, accents, spaces and punctuation don't count, an apostrophe is no gap (King's = Kings),
    and "&" is "and". Abbreviations stay as they are: "St" is not "Saint".
    """
    plain = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
    plain = plain.replace("&", " and ")
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())


class Found(NamedTuple):
    """The centre that a name or code stands for."""

    center_id: int
    is_active: bool


class UnknownCenter(LookupError):
    """Nothing is called so; `suggestions` are names that look like it."""

    def __init__(self, text: str, suggestions: list[str]) -> None:
        self.suggestions = suggestions
        near = f"; did you mean {' or '.join(suggestions)}?" if suggestions else ""
        super().__init__(f"no test centre has the code or name {text.strip()!r}{near}")


class AmbiguousCenter(LookupError):
    """Several centres are called so; `suggestions` tell them apart by code or postcode."""

    def __init__(self, text: str, suggestions: list[str]) -> None:
        self.suggestions = suggestions
        super().__init__(f"{text.strip()!r} may be {' or '.join(suggestions)}; give the code")


@dataclass(frozen=True)
class _Entry:
    found: Found
    name: str
    told_apart: str


class Directory:
    """Every centre's code, name and aliases, read once and asked many times."""

    def __init__(self, centers: list[Center], aliases: list[CenterAlias]) -> None:
        entries = {center.pk: _entry(center) for center in centers}
        self._codes = {_fold_code(c.code): entries[c.pk] for c in centers if c.code}
        self._names: dict[str, list[_Entry]] = defaultdict(list)
        self._aliases: dict[str, list[_Entry]] = defaultdict(list)
        for center in centers:
            self._names[fold(center.name)].append(entries[center.pk])
        for alias in aliases:
            self._aliases[alias.folded].append(entries[alias.center_id])

    @classmethod
    def read(cls) -> "Directory":
        """The directory as the database has it now; two queries."""
        centers = Center.objects.only("id", "name", "postcode", "code", "is_active").order_by("pk")
        return cls(list(centers), list(CenterAlias.objects.all()))

    def find(self, text: str) -> Found:
        """By code, else by name, else by alias; of several, the only one that is open.

        Raises UnknownCenter or AmbiguousCenter.
        """
        entry = self._codes.get(_fold_code(text))
        if entry:
            return entry.found
        folded = fold(text)
        entries = self._names.get(folded) or self._aliases.get(folded)
        if not entries:
            raise UnknownCenter(text, self._similar(folded))
        return _the_one(text, entries)

    def _similar(self, folded: str) -> list[str]:
        known = self._aliases | self._names
        near = get_close_matches(folded, known, n=SUGGESTIONS, cutoff=0.75)
        return list(dict.fromkeys(known[name][0].name for name in near))


def _entry(center: Center) -> _Entry:
    told_apart = f"{center.name} ({center.code or center.postcode})"
    return _Entry(Found(center.pk, center.is_active), center.name, told_apart)


def _the_one(text: str, entries: list[_Entry]) -> Found:
    candidates = [entry for entry in entries if entry.found.is_active] or entries
    if len(candidates) > 1:
        raise AmbiguousCenter(text, [entry.told_apart for entry in candidates])
    return candidates[0].found


def _fold_code(code: str) -> str:
    return code.strip().casefold()
