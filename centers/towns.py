"""The test centres of a town, for who types its name instead of a postcode."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from centers.distances import miles_between
from centers.models import Center
from centers.naming import fold
from centers.pasted_text import visible

# Centres of one name within so many miles are in one town; Newport in Gwent and the one on the
# Isle of Wight are two.
ONE_TOWN_MILES = 30
SUGGESTIONS = 4
LONGEST_SHOWN = 40


@dataclass(frozen=True)
class Town:
    """Open test centres of one name, near together."""

    name: str
    centers: tuple[Center, ...]


class NotATown(LookupError):
    """No town, or several; `choices` are those that may be meant, and str() is a sentence."""

    def __init__(self, text: str, choices: Iterable[Town], *, several: bool = False) -> None:
        self.choices = list(choices)
        names = " or ".join(town.name for town in self.choices)
        shown = visible(text[: LONGEST_SHOWN * 4])[:LONGEST_SHOWN]
        if several:
            said = f"There is more than one “{shown}”: {names}?"
        elif names:
            said = f"We know no test centre in “{shown}”. Did you mean {names}?"
        else:
            said = (
                f"“{shown}” is neither a postcode nor a town with a test centre that we know. "
                "Enter a postcode, such as IG3 9UZ, or a larger town nearby."
            )
        super().__init__(said)


def find_town(text: str) -> Town:
    """The open centres that are called so or lie in the town; raises NotATown.

    By the town or the name before its bracket, else by a whole name, else by some words of one;
    compared as `fold` does. Two queries.
    """
    gazetteer = _Gazetteer(Center.objects.open().prefetch_related("aliases"))
    folded = fold(visible(text))
    name, centers = gazetteer.called(folded)
    if not centers:
        raise NotATown(text, gazetteer.like(folded))
    towns = _apart(name, centers)
    if len(towns) > 1:
        raise NotATown(text, towns[:SUGGESTIONS], several=True)
    return towns[0]


class _Gazetteer:
    """Centres by each of their names in folded form; `_shown` is how a name is written."""

    def __init__(self, centers: Iterable[Center]) -> None:
        self._whole: dict[str, list[Center]] = defaultdict(list)
        self._towns: dict[str, list[Center]] = defaultdict(list)
        self._shown: dict[str, str] = {}
        for center in centers:
            self._add(self._whole, center, [center.name, *map(str, center.aliases.all())])
            self._add(self._towns, center, [center.town or "", center.name.partition("(")[0]])

    def _add(self, index: dict[str, list[Center]], center: Center, names: list[str]) -> None:
        for name in names:
            folded = fold(name)
            if folded and center not in index[folded]:
                index[folded].append(center)
                self._shown.setdefault(folded, name.strip())

    def called(self, folded: str) -> tuple[str, list[Center]]:
        """How the name is written, and the centres that it stands for."""
        for index in (self._towns, self._whole):
            if folded and folded in index:
                return self._shown[folded], index[folded]
        found = self._with_words(folded) if folded else []
        return found[0].name if len(found) == 1 else folded, found

    def like(self, folded: str) -> list[Town]:
        """Towns that are spelt nearly so."""
        names = {**self._whole, **self._towns}
        near = get_close_matches(folded, names, n=SUGGESTIONS, cutoff=0.75)
        towns = [Town(self._shown[name], tuple(names[name])) for name in near]
        return list({town.centers: town for town in towns}.values())

    def _with_words(self, folded: str) -> list[Center]:
        """Centres of which some name holds these words, the last of them begun at least."""
        found = [
            center
            for name, centers in (self._whole | self._towns).items()
            if f" {folded}" in f" {name}"
            for center in centers
        ]
        return list(dict.fromkeys(found))


def _apart(name: str, centers: list[Center]) -> list[Town]:
    """The centres in groups that lie together, each as a town with a name of its own."""
    groups: list[list[Center]] = []
    for center in centers:
        near = next((group for group in groups if _is_near(center, group[0])), None)
        groups.append([center]) if near is None else near.append(center)
    if len(groups) == 1:
        return [Town(name, tuple(groups[0]))]
    return [Town(_told_apart(group), tuple(group)) for group in groups]


def _is_near(center: Center, other: Center) -> bool:
    """An unplaced one may be anywhere, and so with the others."""
    if center.place is None or other.place is None:
        return True
    return miles_between(center.place, other.place) <= ONE_TOWN_MILES


def _told_apart(group: list[Center]) -> str:
    first = group[0]
    more = f" and {len(group) - 1} more" if len(group) > 1 else ""
    return f"{first.name} ({first.postcode}){more}"
