"""Which tests a plain `./dev test` runs, and which only those who ask for them."""

import subprocess
from types import SimpleNamespace

import pytest
from _pytest.mark.expression import Expression
from django.conf import settings

from tests.conftest import USUAL, pytest_configure

ROOT = settings.BASE_DIR
Source = pytest.Config.ArgsSource


def chosen(*, source: Source = Source.TESTPATHS, everything: bool = False, marks: str = "not long"):
    """The expression of marks by which pytest goes in the end."""
    option = SimpleNamespace(all=everything, markexpr=marks)
    pytest_configure(SimpleNamespace(args_source=source, ArgsSource=Source, option=option))
    return option.markexpr


def test_without_a_word_the_usual_tests_run():
    assert chosen() == USUAL


def test_whoever_names_paths_or_marks_or_wants_all_gets_what_they_name():
    assert chosen(source=Source.ARGS) == "not long"
    assert chosen(everything=True) == "not long"
    assert chosen(marks="drill and not long") == "drill and not long"


@pytest.mark.parametrize(
    ("marks", "runs"),
    [
        ("", True), ("journey", True), ("drill usual", True), ("drill", False),
        ("drill usual long", False), ("benchmark", False), ("deployment", False),
    ],
)  # fmt: skip
def test_of_the_drills_one_of_each_kind_is_usual(marks, runs):
    expression = Expression.compile(USUAL)
    assert expression.evaluate(lambda name, **_: name in marks.split()) is runs


def test_what_ci_runs_at_other_moments_is_there():
    """Else a file that was moved would be left out, or end the run."""
    words = "eval \"$(sed -n '/^dated=(/,/^)/p' .ci/run)\"; printf '%s\\n' \"${dated[@]}\""
    named = subprocess.run(
        ["bash", "-c", words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = named.stdout.splitlines()
    assert paths
    assert not [path for path in paths if not (ROOT / path).exists()]
