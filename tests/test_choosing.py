"""Which tests a plain `./dev test` runs, and which only those who ask for them."""

import subprocess
from types import SimpleNamespace

import pytest
from _pytest.mark.expression import Expression
from django.conf import settings

from tests.conftest import ONE_SITE, USUAL, pytest_configure, scope_of, with_variants

ROOT = settings.BASE_DIR
Source = pytest.Config.ArgsSource


def chosen(*, source: Source = Source.TESTPATHS, everything: bool = False, marks: str = "not long"):
    """The expression of marks by which pytest goes in the end."""
    option = SimpleNamespace(all=everything, markexpr=marks)
    pytest_configure(SimpleNamespace(args_source=source, ArgsSource=Source, option=option))
    return option.markexpr


def test_without_a_word_the_usual_tests_run():
    assert chosen() == USUAL


def test_naming_paths_or_marks_or_all_runs_what_is_named():
    assert chosen(source=Source.ARGS) == "not long"
    assert chosen(everything=True) == "not long"
    assert chosen(marks="drill and not long") == "drill and not long"


@pytest.mark.parametrize(
    ("marks", "runs"),
    [
        ("", True), ("drill usual", True), ("drill", False), ("drill usual long", False),
        ("journey usual", True), ("journey", False), ("journey usual variant", False),
        ("benchmark", False), ("deployment", False), ("variant", False), ("slow", False),
        ("drill usual variant", False),
    ],
)  # fmt: skip
def test_of_drills_and_journeys_one_of_each_kind_is_usual_and_of_variants_none(marks, runs):
    expression = Expression.compile(USUAL)
    assert expression.evaluate(lambda name, **_: name in marks.split()) is runs


@pytest.mark.parametrize(
    ("expression", "runs"),
    [(USUAL, False), ("not long", True), ("drill and not long", True), ("", True)],
)
def test_variants_within_a_test_are_left_out_where_variants_are(expression, runs):
    config = SimpleNamespace(option=SimpleNamespace(markexpr=expression))
    assert with_variants(config) is runs


@pytest.mark.parametrize(
    ("nodeid", "scope"),
    [
        ("tests/slots/test_starts.py::test_a[b::c]", "tests/slots/test_starts.py"),
        ("tests/journeys/one_site/test_signing_in.py::test_a", ONE_SITE),
        ("tests/journeys/one_site/test_push_journey.py::test_b[phone]", ONE_SITE),
    ],
)
def test_those_who_share_a_site_go_to_one_worker(nodeid, scope):
    assert scope_of(nodeid) == scope
    assert (ROOT / scope).exists()


def test_what_ci_runs_at_other_moments_is_there():
    """Else a file that was moved would be left out, or end the run."""
    words = "eval \"$(sed -n '/^dated=(/,/^)/p' .ci/run)\"; printf '%s\\n' \"${dated[@]}\""
    named = subprocess.run(
        ["bash", "-c", words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = named.stdout.splitlines()
    assert paths
    assert not [path for path in paths if not (ROOT / path).exists()]
