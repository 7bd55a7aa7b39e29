"""The rules of ingestion once more, in plain Python over dictionaries, sharing nothing with them.

A slot is (center, number). Times are whole minutes; NOW stands for the database's present.
"""

from dataclasses import dataclass, field

NOW = 10**9
QUIET, DAY = 30, 24 * 60
STAFF = "staff"

Slot = tuple[str, int]


@dataclass(frozen=True)
class Said:
    """A batch: what a source lists at a time, and for which centres it is the whole truth."""

    source: str
    sequence: int
    at: int
    listed: frozenset[Slot]
    covers: frozenset[str] | None

    @property
    def complete(self) -> bool:
        return self.covers is not None


@dataclass
class Episode:
    """From `opened` to `closed`, and why it is quiet if it is."""

    opened: int
    quiet: str | None
    closed: int | None = None
    reason: str | None = None
    mass: bool = False


@dataclass
class State:
    """What is known of one slot."""

    owner: str | None = None
    episodes: list[Episode] = field(default_factory=list)
    withheld: bool = False
    seen: int = -(10**9)

    @property
    def is_open(self) -> bool:
        return bool(self.episodes) and self.episodes[-1].closed is None


@dataclass
class Answer:
    """What a batch is answered."""

    status: str
    opened: int = 0
    closed: int = 0
    unchanged: int = 0
    rejected: int = 0


class World:
    """All sources and slots."""

    def __init__(self, centers: set[str]) -> None:
        self.centers = centers
        self.slots: dict[Slot, State] = {}
        self.newest: dict[str, int] = {}
        self.first: dict[tuple[str, int], tuple[Said, Answer]] = {}
        self.baselines: set[tuple[str, str]] = set()
        self.held: list[tuple[Said, set[str], set[Slot]]] = []
        self.stale: set[str] = set()

    def state(self, slot: Slot) -> State:
        return self.slots.setdefault(slot, State())

    def hear(self, said: Said) -> Answer:
        known = self.first.get((said.source, said.sequence))
        if known:
            return Answer("refused") if known[0] != said else self._again(known[1])
        answer = self._judge(said)
        self.first[said.source, said.sequence] = (said, answer)
        return answer

    def _again(self, first: Answer) -> Answer:
        return Answer("repeated", first.opened, first.closed, first.unchanged, first.rejected)

    def _judge(self, said: Said) -> Answer:
        if said.at < self.newest.get(said.source, said.at):
            return Answer("stale")
        good = {
            slot
            for slot in said.listed
            if slot[0] in self.centers and (said.covers is None or slot[0] in said.covers)
        }
        rejected = len(said.listed) - len(good)
        known = self._speaks_for(said, good)
        closable, closing = self._closing(said, known, good)
        if len(closable) >= 20 and len(closing) * 2 > len(closable):
            earlier = self._reference(said)
            if earlier is None or not self._confirms(said, good, earlier):
                return self._hold(said, known, good, rejected)
            self.held.remove(earlier)
            answer = self._apply(earlier[0], earlier[1], earlier[2], mass=True)
            earlier_first = self.first[said.source, earlier[0].sequence][1]
            earlier_first.opened, earlier_first.closed = answer.opened, answer.closed
            earlier_first.unchanged = answer.unchanged
        answer = self._apply(said, known, good, mass=False)
        answer.rejected = rejected
        if said.complete:
            self.held = [
                each for each in self.held
                if not self._before(said, each)
            ]  # fmt: skip
        return answer

    def _before(self, said: Said, held) -> bool:
        earlier = held[0]
        same = earlier.source == said.source and earlier.covers == said.covers
        return same and earlier.at <= said.at

    def _speaks_for(self, said: Said, good: set[Slot]) -> set[str]:
        if said.covers is None:
            return set()
        covered = said.covers & self.centers
        strangers = {c for c, _ in said.listed} - self.centers - said.covers
        return set(covered & {center for center, _ in good}) if strangers else set(covered)

    def _may_close(self, said: Said, owner: str | None) -> bool:
        return owner in (None, said.source) or (owner in self.stale and owner != STAFF)

    def _closing(self, said: Said, known: set[str], good: set[Slot]) -> tuple[set, set]:
        closable = {
            slot for slot, state in self.slots.items()
            if state.is_open and slot[0] in known and self._may_close(said, state.owner)
        }  # fmt: skip
        return closable, closable - good

    def _reference(self, said: Said):
        same = [each for each in self.held if self._before(said, each)]
        return min(same, key=lambda each: each[0].at, default=None)

    def _agrees(self, good: set[Slot], earlier) -> bool:
        return bool(good) and len(good ^ earlier[2]) * 20 <= len(earlier[2])

    def _confirms(self, said: Said, good: set[Slot], earlier) -> bool:
        return self._agrees(good, earlier) and said.at - earlier[0].at >= 10

    def _hold(self, said: Said, known: set[str], good: set[Slot], rejected: int) -> Answer:
        self.stale.discard(said.source)
        self.held = [
            each for each in self.held
            if not self._before(said, each) or self._agrees(good, each)
        ]  # fmt: skip
        self.held.append((said, known, good))
        return Answer("held", rejected=rejected)

    def _apply(self, said: Said, known: set[str], good: set[Slot], *, mass: bool) -> Answer:
        if mass:
            good = self._brought_up_to_date(said, known, good)
        _, closing = self._closing(said, known, good)
        for slot in closing:
            last = self.slots[slot].episodes[-1]
            last.closed, last.reason, last.mass = said.at, "gone", mass
        for slot, state in self.slots.items():
            mine = self._may_close(said, state.owner) or state.owner == STAFF
            if slot[0] in known and not state.is_open and slot not in good and mine:
                state.withheld = False
        opened = 0
        for slot in good:
            opened += self._list(said, slot)
        pairs = {(said.source, center) for center in known | {c for c, _ in good}}
        fresh = pairs - self.baselines
        if said.complete:
            self.baselines |= pairs
        self.newest[said.source] = max(said.at, self.newest.get(said.source, said.at))
        self.stale.discard(said.source)
        is_baseline = said.complete and bool(pairs) and fresh == pairs
        status = "baseline" if is_baseline else "applied"
        return Answer(status, opened, len(closing), len(good) - opened)

    def _brought_up_to_date(self, said: Said, known: set[str], good: set[Slot]) -> set[Slot]:
        seen_since = {
            slot for slot, state in self.slots.items()
            if state.is_open and slot[0] in known and state.seen > said.at
        }  # fmt: skip
        closed_since = {
            slot for slot, state in self.slots.items()
            if not state.is_open and any((e.closed or 0) > said.at for e in state.episodes)
        }  # fmt: skip
        return (good | seen_since) - closed_since

    def _list(self, said: Said, slot: Slot) -> int:
        state = self.state(slot)
        if state.is_open or not state.withheld:
            state.seen = max(state.seen, said.at)
        if state.is_open:
            if said.complete and state.owner in self.stale and state.owner != STAFF:
                state.owner = said.source
            return 0
        if state.withheld:
            return 0
        state.owner = said.source
        last = state.episodes[-1] if state.episodes else None
        since = said.at - (last.closed or 0) if last else 0
        if last and last.reason == "gone" and since <= QUIET:
            last.closed, last.reason, last.mass = None, None, False
            return 1
        quiet = None
        if said.complete and (said.source, slot[0]) not in self.baselines:
            quiet = "baseline"
        elif last and last.mass and since <= DAY:
            quiet = "returned"
        state.episodes.append(Episode(said.at, quiet))
        return 1

    def silence(self, source: str) -> None:
        if source in self.newest:
            self.stale.add(source)

    def staff_close(self, slot: Slot) -> None:
        state = self.slots.get(slot)
        if state:
            state.withheld = True
            if state.is_open:
                state.episodes[-1].closed, state.episodes[-1].reason = NOW, "staff"

    def staff_open(self, slot: Slot) -> None:
        state = self.state(slot)
        last = state.episodes[-1] if state.episodes else None
        if last and last.reason == "staff":
            last.closed = last.reason = None
        elif not state.is_open:
            state.episodes.append(Episode(NOW, None))
        state.owner, state.withheld, state.seen = STAFF, False, NOW
