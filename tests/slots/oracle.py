"""The rules of ingestion once more, in plain Python over dictionaries, sharing nothing with them.

A slot is (center, number). Times are whole minutes; NOW stands for the database's present.
"""

from dataclasses import dataclass, field

NOW = 10**9
QUIET, HOUR, DAY = 30, 60, 24 * 60
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
        self.covered_since: dict[tuple[str, str], int] = {}
        self.spoken: list[tuple[str, int, frozenset[str]]] = []
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
        is_late = said.at < self.newest.get(said.source, said.at)
        if is_late and said.complete:
            return Answer("stale")
        good = {
            slot
            for slot in said.listed
            if slot[0] in self.centers and (said.covers is None or slot[0] in said.covers)
        }
        rejected = len(said.listed) - len(good)
        if is_late:
            good = {slot for slot in good if self.state(slot).is_open or not self._told(said, slot)}
            if not good:
                return Answer("stale", rejected=rejected)
        known = self._speaks_for(said, good)
        if self._is_too_much(said, known, good):
            earlier = self._reference(said)
            if earlier and self._confirms(said, known, good, earlier):
                self._release(earlier)
            if self._is_too_much(said, known, good):
                return self._hold(said, known, good, rejected)
        answer = self._apply(said, known, good, mass=False)
        answer.rejected = rejected
        if said.complete:
            self.held = [
                each for each in self.held
                if not self._before(said, each)
            ]  # fmt: skip
        return answer

    def _told(self, said: Said, slot: Slot) -> bool:
        """Whether its source has said in full, and later, what is open at this centre."""
        return any(
            source == said.source and at > said.at and slot[0] in known
            for source, at, known in self.spoken
        )

    def _is_too_much(self, said: Said, known: set[str], good: set[Slot]) -> bool:
        closable, closing = self._closing(said, known, good)
        of_many = len(closable) >= 20 and len(closing) * 2 > len(closable)
        return of_many or (len(closable) >= 5 and closing == closable)

    def _release(self, held) -> None:
        self.held.remove(held)
        said, known, good = held
        answer = self._apply(said, known, good, mass=True)
        first = self.first[said.source, said.sequence][1]
        first.opened, first.closed = answer.opened, answer.closed
        first.unchanged = answer.unchanged

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

    def _agrees(self, said: Said, known: set[str], good: set[Slot], earlier) -> bool:
        closable, closing = self._closing(said, known, good)
        then, known_then, good_then = earlier
        would = self._closing(
            then, known_then, self._brought_up_to_date(then, known_then, good_then)
        )[1]
        looks_whole = bool(good) or len(closable) < 20
        return looks_whole and bool(would) and len(would - closing) * 10 <= len(would)

    def _confirms(self, said: Said, known: set[str], good: set[Slot], earlier) -> bool:
        return said.at - earlier[0].at >= 10 and self._agrees(said, known, good, earlier)

    def _hold(self, said: Said, known: set[str], good: set[Slot], rejected: int) -> Answer:
        self.stale.discard(said.source)
        self.held = [
            each for each in self.held
            if not self._before(said, each) or self._agrees(said, known, good, each)
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
        fresh = pairs - set(self.covered_since)
        if said.complete:
            for pair in fresh:
                self.covered_since[pair] = said.at
            self.spoken.append((said.source, said.at, frozenset(known)))
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
        if said.complete and not self._is_watched(said, slot[0]):
            quiet = "baseline"
        elif last and last.mass and since <= DAY:
            quiet = "returned"
        state.episodes.append(Episode(said.at, quiet))
        return 1

    def _is_watched(self, said: Said, center: str) -> bool:
        """Whether what is new there is news: the source knows the centre, or another one does."""
        if (said.source, center) in self.covered_since:
            return True
        return any(
            source not in {said.source, *self.stale} and where == center
            and said.at - since >= HOUR and self._goes_on_covering(source, center)
            for (source, where), since in self.covered_since.items()
        )  # fmt: skip

    def _goes_on_covering(self, other: str, center: str) -> bool:
        return any(
            source == other and at >= self.newest[other] - HOUR and center in known
            for source, at, known in self.spoken
        )

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
