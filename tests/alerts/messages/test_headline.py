"""What a phone shows of a message, its first 40 characters, says where and when."""

from dataclasses import replace
from datetime import date, time

import pytest

from alerts.messages.headline import SHOWN, headline, where_and_when
from alerts.messages.mails import subject
from tests.alerts.messages.slot import SLOT

# The longest day and time there is: "Wed 30 Sep, 12:08".
LONG_DAY = replace(SLOT, date=date(2026, 9, 30), time=time(12, 8))
NAMES = ["Goodmayes", "Birmingham (South Yardley)", "Ll" * 60, "Isle of Skye (Portree)", "A  \n B"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("count", [1, 12])
@pytest.mark.parametrize("simulated", [False, True])
def test_place_day_and_time_are_whole_in_the_first_40_characters(name, count, simulated):
    slot = replace(LONG_DAY, center=name, is_simulated=simulated)
    shown = subject([slot] * count)[:SHOWN]
    assert "Wed 30 Sep, 12:08" in shown
    assert shown.startswith(name.split()[0][:12])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Goodmayes", "Goodmayes"),
        ("Isle of Skye (Portree)", "Isle of Skye…"),
        ("Birmingham (South Yardley)", "Birmingham (South…"),
        ("Twenty one characters", "Twenty one characters"),
        ("Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", "Llanfairpwllgwyngyll…"),
        ("A (Bcdefghijklmnopqrstuvw)", "A (Bcdefghijklmnopqr…"),
    ],
)
def test_a_name_that_is_too_long_is_cut_where_words_end_if_that_leaves_enough(name, shown):
    assert where_and_when(replace(LONG_DAY, center=name)) == f"{shown}, Wed 30 Sep, 12:08"


def test_how_many_more_there_are_follows():
    assert headline([SLOT] * 3) == "Goodmayes, Mon 1 Feb, 08:10 and 2 more"


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (["practical"], "practical test slot"),
        (["theory", "theory"], "theory test slots"),
        (["theory", "practical"], "test slots"),
    ],
)
def test_what_it_is_stands_at_the_end(kinds, said):
    listings = [replace(SLOT, test_type=kind) for kind in kinds]
    assert subject(listings).endswith(f": {said}")


def test_a_simulated_slot_is_called_so_at_the_very_end():
    assert subject([replace(SLOT, is_simulated=True)]).endswith(" [Simulated]")
