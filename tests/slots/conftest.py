"""What the apps above would hear of."""

from collections.abc import Iterator

import pytest

from slots.signals import openings_recorded


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """How many openings were said to be recorded, each time that it was said."""
    counts: list[int] = []

    def hear(count: int, **_: object) -> None:
        counts.append(count)

    openings_recorded.connect(hear)
    yield counts
    openings_recorded.disconnect(hear)
