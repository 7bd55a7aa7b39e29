"""Whatever sources and staff do, slots and openings are those of a plain model of the rules."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from centers.models import Center
from slots.ingestion.batches import Covers, make_batch
from slots.ingestion.ingest import ingest
from slots.models import FeedBatch, Slot, Source
from slots.staff_changes import Wanted, close_slots, open_slots
from tests.slots import oracle
from tests.slots.feeds import make_centers

pytestmark = pytest.mark.django_db

CENTERS = ("A", "B", "C")
STRANGER = "Nowhere"
# Two centres of ten are just enough for a batch to be held.
ALL = [(center, number) for center in CENTERS for number in range(10)]
DAY = timezone.localdate() + timedelta(days=10)
START = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=100)

AB = frozenset("AB")
sources = st.sampled_from("aab")
covers = st.sampled_from([AB, AB, AB, AB, None, {"A"}, set(CENTERS), {"A", "B", STRANGER}])
# What a source lists starts from what it listed before, from all, half, few or nothing of it.
bases = st.sampled_from(["same"] * 7 + ["all", "all", "half", "few", "nothing"])
# Few slots change, so that the same ones come and go.
toggled = st.sets(st.sampled_from([*ALL[:3], ALL[10], ALL[20], (STRANGER, 0)]), max_size=2)
# What a held batch is followed by is the same but for more: nine tenths decide.
confirmed = st.one_of(toggled, st.sets(st.sampled_from(ALL[:20]), max_size=4))
minutes = st.sampled_from([0, 9, 10, 15, 15, 15, 20, 30, 31, 60, 24 * 60, -15])
says = st.tuples(st.just("says"), sources, minutes, covers, bases, toggled)
returns = st.tuples(
    st.just("returns"), sources, st.sampled_from(ALL[:3]), st.sampled_from([29, 30, 31])
)
breaks = st.tuples(
    st.just("breaks"), sources, st.sampled_from([9, 10, 11]),
    st.sampled_from(["few", "half", "nothing", "one too few"]), confirmed,
    st.sampled_from([15, 24 * 60 - 10, 24 * 60 - 9, 24 * 60]),
)  # fmt: skip
lags = st.tuples(
    st.just("lags"), sources, st.sampled_from([1, 16, 40]),
    st.sets(st.sampled_from([*ALL[:4], ALL[10], ALL[20], (STRANGER, 0)]), max_size=3),
)  # fmt: skip
inherits = st.tuples(st.just("inherits"), sources, st.sampled_from(ALL[:3]))
repeats = st.tuples(st.just("repeats"), sources, st.booleans())
silences = st.tuples(st.just("falls silent"), sources)
staff = st.tuples(st.sampled_from(["staff open", "staff close"]), st.sampled_from(ALL[:3]))
step = st.one_of(says, says, says, says, returns, breaks, lags, inherits, repeats, silences, staff)


@pytest.fixture(autouse=True)
def centers(db) -> None:
    make_centers(*CENTERS)


@settings(
    max_examples=60, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.lists(step, min_size=4, max_size=16))
def test_the_program_and_the_model_agree_after_every_step(steps):
    follow(steps)


# Each part's examples are drawn by chance: 3,000 in all.
@pytest.mark.long
@pytest.mark.parametrize("part", range(12))
@settings(
    max_examples=250, deadline=None, print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.lists(step, min_size=4, max_size=40))
def test_the_program_and_the_model_agree_after_every_step_at_length(part, steps):
    follow(steps)


def follow(steps: list[tuple]) -> None:
    """Take each step in both worlds, and leave no trace."""
    with transaction.atomic():
        walk = Walk()
        for step in steps:
            note(str(step))
            walk.take(*step)
            assert walk.found() == walk.expected()
        transaction.set_rollback(True)


class Walk:
    """The program and the model side by side."""

    def __init__(self) -> None:
        self.world = oracle.World(set(CENTERS))
        self.sources = {name: Source.objects.create(name=name) for name in "ab"}
        self.clock = 0
        self.listed: dict[str, set] = {"a": set(), "b": set()}
        self.last: dict[str, oracle.Said] = {}

    def take(self, kind: str, *arguments) -> None:
        getattr(self, kind.replace(" ", "_"))(*arguments)

    def says(self, name: str, after: int, covered: set | None, base: str, toggled: set) -> None:
        self.clock = max(self.clock + after, 0)
        start = {
            "same": self.listed[name], "all": set(ALL), "half": set(ALL[::2]),
            "few": set(ALL[:5]), "nothing": set(), "one too few": set(ALL[:9]),
        }[base]  # fmt: skip
        self.listed[name] = start ^ toggled
        earlier = self.last.get(name)
        said = oracle.Said(
            name, earlier.sequence + 1 if earlier else 1, self.clock,
            frozenset(self.listed[name]), None if covered is None else frozenset(covered),
        )  # fmt: skip
        self.last[name] = said
        self.send(said)

    def returns(self, name: str, slot: tuple[str, int], after: int) -> None:
        """A slot that is listed is missed and comes back."""
        self.says(name, 15, AB, "same", {slot} - self.listed[name])
        self.says(name, 15, AB, "same", {slot})
        self.says(name, after, AB, "same", {slot})

    def breaks(self, name: str, gap: int, base: str, toggled: set, back: int) -> None:
        """A source lists a part of it all, then much the same, and then all again."""
        self.says(name, 15, AB, "all", set())
        self.says(name, 40, AB, base, set())
        self.says(name, gap, AB, "same", toggled)
        self.says(name, back, AB, "all", set())

    def lags(self, name: str, ago: int, listed: set) -> None:
        """What was seen a while ago, but not said in full, comes after all."""
        earlier = self.last.get(name)
        at = max(self.clock - ago, 0)
        sequence = earlier.sequence + 1 if earlier else 1
        self.last[name] = oracle.Said(name, sequence, at, frozenset(listed), None)
        self.send(self.last[name])

    def inherits(self, name: str, slot: tuple[str, int]) -> None:
        """A source falls silent, and the other lists all but one of what was open."""
        self.falls_silent(name)
        self.says("b" if name == "a" else "a", 15, AB, "all", {slot})

    def repeats(self, name: str, otherwise: bool) -> None:
        said = self.last.get(name)
        if said and otherwise:
            self.send(
                oracle.Said(name, said.sequence, said.at, said.listed ^ {ALL[0]}, said.covers)
            )
        elif said:
            self.send(said)

    def falls_silent(self, name: str) -> None:
        self.world.silence(name)
        long_ago = datetime.now(UTC) - timedelta(hours=3)
        Source.objects.filter(name=name).exclude(heard_at=None).update(heard_at=long_ago)

    def staff_open(self, slot: tuple[str, int]) -> None:
        self.world.staff_open(slot)
        center = Center.objects.get(code=slot[0])
        open_slots(wanted=[Wanted(center, "practical", DAY, time(9, slot[1]))], actor=None)

    def staff_close(self, slot: tuple[str, int]) -> None:
        self.world.staff_close(slot)
        found = Slot.objects.filter(center__code=slot[0], time=time(9, slot[1]))
        close_slots(slots=found, actor=None)

    def send(self, said: oracle.Said) -> None:
        expected = self.world.hear(said)
        covered = None
        if said.covers is not None:
            covered = Covers(tuple(said.covers), ("practical",))
        rows = [
            {"center": center, "test_type": "practical", "date": DAY.isoformat(),
             "time": f"09:{number:02}"}
            for center, number in sorted(said.listed)
        ]  # fmt: skip
        batch = make_batch(
            sequence=said.sequence, observed_at=START + timedelta(minutes=said.at),
            complete=said.complete, covers=covered, slots=rows,
        )  # fmt: skip
        outcome = ingest(source=self.sources[said.source], batch=batch)
        found = oracle.Answer(
            outcome.status, outcome.opened, outcome.closed, outcome.unchanged,
            len(outcome.rejected),
        )  # fmt: skip
        assert found == expected

    def found(self) -> dict:
        """Each slot of the program: open or not, whose, and its episodes; how many are held."""
        slots = {
            (slot.center.code, slot.time.minute): (
                slot.available, slot.source and slot.source.name, list(episodes(slot)),
            )
            for slot in Slot.objects.select_related("center", "source").prefetch_related("openings")
        }  # fmt: skip
        return slots | {"held": FeedBatch.objects.filter(status="held").count()}

    def expected(self) -> dict:
        """The same of the model."""
        slots = {
            slot: (
                state.is_open, state.owner,
                [(e.opened, e.closed, e.reason, e.quiet) for e in state.episodes],
            )
            for slot, state in self.world.slots.items()
            if state.episodes
        }  # fmt: skip
        return slots | {"held": len(self.world.held)}


def episodes(slot: Slot) -> Iterator[tuple]:
    for opening in sorted(slot.openings.all(), key=lambda opening: opening.episode):
        yield (
            minute(opening.opened_at),
            minute(opening.closed_at),
            opening.close_reason,
            opening.quiet,
        )


def minute(moment: datetime | None) -> int | None:
    """The model's time of a moment; the present, by anyone's clock, is NOW."""
    if moment is None:
        return None
    passed = round((moment - START).total_seconds() / 60)
    return oracle.NOW if passed > 99 * 24 * 60 else passed
