"""docs/security.md says of every requirement what holds, and names tests that are there."""

import re

import pytest
from django.conf import settings

PAGE = (settings.BASE_DIR / "docs" / "security.md").read_text()
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \|([^|]*)\|$", re.MULTILINE)
ROWS = [tuple(cell.strip() for cell in row) for row in ROW.findall(PAGE)]
MET, NOT_MET, NO_MATTER = "met", "**not met**", "does not apply"
# Whose test is a setting, a file or the operator's, which the row names.
SHOWN_BY_READING = {"6.4.2", "11.3.1", "12.2.2", "15.1.1"}


def of(state: str) -> list[tuple[str, ...]]:
    return [row for row in ROWS if row[2] == state]


def test_every_row_is_one_of_three():
    rows = re.findall(r"^\| \d+\.\d+\.\d+ ", PAGE, re.MULTILINE)
    assert len(ROWS) == len(rows) == len(of(MET)) + len(of(NOT_MET)) + len(of(NO_MATTER))


def test_at_most_eight_are_not_met_none_of_them_of_level_1_and_each_says_why():
    assert len(of(NOT_MET)) <= 8
    assert [row[0] for row in of(NOT_MET) if row[1] == "1" or not row[3]] == []


def test_the_sum_is_right():
    total = len(of(MET)) + len(of(NOT_MET))
    said = (
        f"Of {total} requirements that apply, {len(of(MET))} are met and {len(of(NOT_MET))} are not"
    )
    assert said in PAGE


@pytest.mark.parametrize("row", [row for row in ROWS if row[4]], ids=lambda row: row[0])
def test_the_tests_that_a_row_names_are_there(row):
    for name in re.findall(r"`([^`]+)`", row[4]):
        assert (settings.BASE_DIR / "tests" / name).exists(), name


def test_each_of_level_1_that_is_met_names_a_test():
    without = {row[0] for row in of(MET) if row[1] == "1" and not row[4]}
    assert without == SHOWN_BY_READING
