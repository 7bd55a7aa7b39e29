"""The first words of a message: where and when, whole in the 40 characters that a phone shows."""

from collections.abc import Sequence

from alerts.messages.content import Listing
from slots.wording import brief_moment

SHOWN = 40
JOINT = ", "
# A name is cut between words where at least so much of it is left.
LEAST_OF_A_NAME = 12


def headline(listings: Sequence[Listing]) -> str:
    """`Goodmayes, Wed 16 Dec, 12:08 and 2 more`: the soonest slot, always in one line."""
    more = f" and {len(listings) - 1} more" if len(listings) > 1 else ""
    return f"{where_and_when(listings[0])}{more}"


def where_and_when(listing: Listing) -> str:
    """`Goodmayes, Wed 16 Dec, 12:08`, at most SHOWN characters: a long name is cut short."""
    moment = brief_moment(listing.date, listing.time)
    name = " ".join(listing.center.split())
    return f"{shortened(name, SHOWN - len(JOINT) - len(moment))}{JOINT}{moment}"


def shortened(name: str, most: int) -> str:
    """A name in at most so many characters, cut between words where that leaves enough of it."""
    if len(name) <= most:
        return name
    cut = name[: most - 1]
    words = cut.rpartition(" ")[0] if name[most - 1] != " " else cut
    kept = words if len(words) >= LEAST_OF_A_NAME else cut
    return f"{kept.rstrip(' (,-')}…"


def kind_of(listings: Sequence[Listing]) -> str:
    """`practical test slot`, `test slots`: what a message is about; simulated ones say so."""
    kinds = {each.test_type for each in listings}
    kind = f"{kinds.pop()} " if len(kinds) == 1 else ""
    label = " [Simulated]" if any(each.is_simulated for each in listings) else ""
    return f"{kind}test slot{'s' * (len(listings) > 1)}{label}"
