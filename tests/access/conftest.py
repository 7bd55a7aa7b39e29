"""The world that everybody knocks in."""

import logging
from collections.abc import Iterator

import pytest

from tests.access.world import World, make_world


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """A world of this test's own; hundreds of refusals are not worth a line each."""
    logging.disable(logging.ERROR)
    yield make_world()
    logging.disable(logging.NOTSET)
