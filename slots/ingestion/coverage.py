"""Which centres a batch means, and which of them it speaks for in full."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from centers.naming import AmbiguousCenter, Directory, Found, UnknownCenter
from slots.ingestion.batches import BadBatch, Batch

# More than these are no slips of a pen; looking for names alike takes 10 ms each.
MOST_UNKNOWN = 300


@dataclass
class Names:
    """The centres of a batch's own names: found, or why not."""

    found: dict[str, Found] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    @classmethod
    def look_up(cls, names: Iterable[str]) -> "Names":
        """Ask a fresh directory; BadBatch when hardly any name is known in it."""
        directory, answer = Directory.read(), cls()
        for name in names:
            try:
                answer.found[name] = directory.find(name)
            except (UnknownCenter, AmbiguousCenter) as error:
                answer.faults[name] = str(error.args[0])
            if len(answer.faults) > MOST_UNKNOWN:
                raise BadBatch(f"more than {MOST_UNKNOWN} of its centres are unknown")
        return answer

    @classmethod
    def of(cls, batch: Batch) -> "Names":
        """Every name that a batch uses."""
        covered = batch.covers.centers if batch.covers else ()
        rejected = [row.center for row in batch.slots.rejected if row.center]
        return cls.look_up(dict.fromkeys([*covered, *batch.slots.names, *rejected]))

    def open_centers(self, names: Iterable[str]) -> set[int]:
        """The ids of those that are known and have not closed for good."""
        found = (self.found[name] for name in names if name in self.found)
        return {each.center_id for each in found if each.is_active}

    def unknown(self, names: Iterable[str]) -> list[str]:
        """Those that stand for no centre, or for several."""
        return [name for name in names if name in self.faults]
