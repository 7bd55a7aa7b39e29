"""Both sides of each comparison do the same work, in a tiny world; no time is asked for."""

import os
from collections.abc import Iterator
from importlib import import_module

import pytest

from tests import databases
from tests.benchmarks import SUBJECTS
from tests.benchmarks.figures import Figure
from tests.benchmarks.measuring import Different, same
from tests.benchmarks.subjects import load, partitioning, search, waves
from tests.benchmarks.world import World

DATABASE = f"test_benchmarks_{os.getpid()}"
TINY = 0.002


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """A world in a database of its own, which the processes that a subject starts use too."""
    databases.recreate(DATABASE, databases.TEMPLATE)
    try:
        with (
            pytest.MonkeyPatch.context() as patch,
            django_db_blocker.unblock(),
            databases.used_here(DATABASE),
        ):
            patch.setenv("DATABASE_URL", databases.url_of(DATABASE, "app"))
            patch.setenv("DATABASE_OWNER_URL", databases.url_of(DATABASE, "app_owner"))
            yield World(scale=TINY, seed=1, say=lambda text: None)
    finally:
        databases.drop(DATABASE)


@pytest.mark.parametrize("name", SUBJECTS)
def test_both_sides_do_the_same_work(world, name):
    figures = list(import_module(f"tests.benchmarks.subjects.{name}").compare(world, rounds=1))
    assert all(isinstance(figure, Figure) and figure.value > 0 for figure in figures)
    assert any(figure.reached is not None for figure in figures), "nothing here has to be reached"


def test_slots_by_month_are_the_same_slots(world):
    figures = list(partitioning.compare(world, rounds=1))
    assert len(figures) == 3 * len(partitioning.SIZES)


def test_waves_take_fewer_messages_for_each_slot_than_telling_everyone(world):
    figures = list(waves.compare(world, rounds=1))
    asked = {"policy": str(waves.CHOSEN), "measure": waves.SAVED}
    (saved,) = [figure for figure in figures if figure.notes == asked]
    assert 0 < saved.value < 1
    assert saved.at_most


@pytest.mark.long
def test_everybody_at_a_loaded_site_is_answered(world):
    world.add_slots()
    world.add_searches()
    with load.running_site(world) as site, load.running_server(site, load.DEPLOYED) as web:
        answered = load.generate(site.order(web, people=4, seconds=5))
    assert answered.errors == {}
    assert {"search", "page", "saved search", "sign-up"} == set(answered.actions)


def test_a_page_without_one_of_its_slots_is_not_measured(world, monkeypatch):
    whole = search.ours_of
    monkeypatch.setattr(search, "ours_of", lambda *asked: whole(*asked)[:-1])
    with pytest.raises(Different, match="different slots"):
        next(search.compare(world, rounds=1))


def test_two_sides_that_both_find_nothing_are_not_measured():
    with pytest.raises(Different, match="neither side"):
        same([], [])
