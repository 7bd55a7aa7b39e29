"""What a run says of itself: figures, failures, and where the site is at its most."""

import sys
from types import SimpleNamespace

import pytest

from tests.benchmarks.__main__ import measure_one
from tests.benchmarks.figures import Failure, Figure
from tests.benchmarks.load_document import knee
from tests.benchmarks.report import table

FIGURE = Figure("broken", "the first half", 2.0, "times as long", [2.0], at_most=3)


def breaks(world, rounds):
    """A subject that comes to one figure and no farther."""
    yield FIGURE
    raise ValueError("no | more\nof it")


@pytest.mark.django_db
def test_a_subject_that_fails_keeps_its_figures_and_is_shown_as_failed(monkeypatch):
    subject = SimpleNamespace(compare=breaks)
    monkeypatch.setitem(sys.modules, "tests.benchmarks.subjects.broken", subject)
    found = list(measure_one("broken", None, 1))
    assert found == [FIGURE, Failure("broken", "ValueError: no | more")]
    reached, failed = table(found).splitlines()[2:]
    assert "reached" in reached
    assert "ValueError: no / more" in failed
    assert "FAILED" in failed


def test_the_knee_is_where_more_people_are_answered_no_faster():
    rates = {1: 20, 2: 38, 4: 60, 8: 79, 16: 82, 32: 70}
    people = [{"people": count, "rate": rate} for count, rate in rates.items()]
    assert knee(people)["people"] == 8
