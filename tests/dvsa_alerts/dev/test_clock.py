"""Another moment, for the tests and what they start."""

import os
import sys

import pytest

from dvsa_alerts.dev import checks, clock, shell


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2027-03-28T00:58", "2027-03-28T00:58:00+00:00"),
        ("2027-03-28T01:58+01:00", "2027-03-28T01:58:00+01:00"),
        ("2028-02-29", "2028-02-29T00:00:00+00:00"),
    ],
)
def test_a_moment_is_in_utc_unless_it_says_otherwise(text, meant):
    assert clock.moment(text).isoformat() == meant


@pytest.mark.parametrize("text", ["2027-02-29T12:00", "tomorrow", "2027-03-28T25:00"])
def test_what_is_no_moment_is_an_error_of_usage(text, capsys):
    with pytest.raises(SystemExit, match="2"):
        checks.test(["--at", text])
    assert text in capsys.readouterr().err


DAYS = 400
ASKED_TWICE = "import time; print(time.time()); time.sleep(0.2); print(time.time())"


@pytest.mark.parametrize("days", [DAYS, -DAYS])
def test_a_clock_that_was_moved_goes_on_from_there_and_python_sleeps_under_it(days):
    moved = dict(os.environ) | clock.clock_ahead(days * 86_400)
    here = clock.by_the_real_clock(os.environ)
    clocks = [shell.quietly((sys.executable, "-c", ASKED_TWICE), env=env) for env in (here, moved)]
    (began, _), (first, second) = ([float(line) for line in each.split()] for each in clocks)
    assert round((first - began) / 86_400) == days
    assert second >= first + 0.2


def test_the_clock_is_the_real_one_again_when_the_tests_have_ended(monkeypatch):
    monkeypatch.setattr(os, "environ", {"PATH": "/bin"})
    with clock.clock_at(clock.moment("2028-02-29T12:00")):
        assert os.environ["LD_PRELOAD"] == str(clock.clock_library())
    assert os.environ == {"PATH": "/bin"}
