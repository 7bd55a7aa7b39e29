"""What the apps above would hear of."""

from collections.abc import Iterator

import pytest

from slots.signals import openings_recorded, staff_concern


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """How many openings were said to be recorded, each time that it was said."""
    counts: list[int] = []

    def hear(count: int, **_: object) -> None:
        counts.append(count)

    openings_recorded.connect(hear)
    yield counts
    openings_recorded.disconnect(hear)


@pytest.fixture
def told() -> Iterator[list[tuple[str, str]]]:
    """Subject and sentence of what staff were told."""
    concerns: list[tuple[str, str]] = []

    def hear(subject: str, sentence: str, **_: object) -> None:
        concerns.append((subject, sentence))

    staff_concern.connect(hear)
    yield concerns
    staff_concern.disconnect(hear)
