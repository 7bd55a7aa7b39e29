"""`import_slots`: files in order, with an answer for each and an exit code for all."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from slots.models import FeedBatch, Slot, Source
from tests.slots.feeds import DAY, START, keys, make_centers, open_slots, slot, slots

pytestmark = pytest.mark.django_db

FIELDS = [
    "file", "batch", "status", "reason", "opened", "closed", "unchanged", "past", "rejected",
]  # fmt: skip


@pytest.fixture(autouse=True)
def centers(db) -> None:
    make_centers("A", "B")


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path


def write(folder: Path, sequence: int, listed: list[dict], **fields: object) -> Path:
    """A complete batch as a file, observed a quarter of an hour after the one before."""
    observed = START + timedelta(minutes=15 * sequence)
    said = {
        "sequence": sequence, "observed_at": observed.isoformat(), "complete": True,
        "covers": {"centers": ["A", "B"], "test_types": ["practical"]}, "slots": listed,
    }  # fmt: skip
    file = folder / f"batch-{sequence}.json"
    file.write_text(json.dumps(said | fields))
    return file


def run(*files: Path, source: str = "feed", **options: Any) -> tuple[int, str, str]:
    """Exit code, what was printed, and what was complained of; the source is made."""
    out, err = StringIO(), StringIO()
    options = {"create": True} | options
    try:
        call_command("import_slots", *files, source=source, stdout=out, stderr=err, **options)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def answers(*files: Path, **options: bool) -> tuple[int, list[dict]]:
    code, out, _ = run(*files, json=True, **options)
    return code, json.loads(out)["files"]


def test_files_are_taken_in_in_order_and_answered_one_by_one(folder):
    files = [write(folder, 1, slots(3)), write(folder, 2, slots(2)), write(folder, 3, slots(4))]
    code, found = answers(*files)
    assert code == 0
    assert [list(answer) for answer in found] == [FIELDS] * 3
    assert [(a["status"], a["opened"], a["closed"], a["unchanged"]) for a in found] == [
        ("baseline", 3, 0, 0), ("applied", 0, 1, 2), ("applied", 2, 0, 2),
    ]  # fmt: skip
    assert [answer["file"] for answer in found] == [str(file) for file in files]


def test_an_unknown_source_is_made_when_that_is_asked_for(folder):
    run(write(folder, 1, slots(1)), source="Northern feed")
    assert Source.objects.get().name == "Northern feed"


@pytest.mark.parametrize("typed", ["nothern", "Northern", "northern ", "norther"])
def test_a_mistyped_source_is_refused_with_the_nearest_name_and_nothing_is_made(folder, typed):
    for name in ("northern", "southern-feed"):
        Source.objects.create(name=name)
    out = StringIO()
    with pytest.raises(CommandError, match=r"Did you mean northern.*To make it") as caught:
        call_command(
            "import_slots", write(folder, 1, slots(1)), source=typed, json=True, stdout=out
        )
    assert caught.value.returncode == 1
    [answer] = json.loads(out.getvalue())["files"]
    assert list(answer) == FIELDS
    assert (answer["batch"], answer["status"], answer["opened"]) == (None, "refused", 0)
    assert "northern" in answer["reason"]
    assert Source.objects.count() == 2
    assert open_slots() == set()


def test_an_unknown_source_like_none_is_refused_without_a_guess(folder):
    Source.objects.create(name="northern")
    with pytest.raises(CommandError, match=r"no source “xyz”\. To make it") as caught:
        call_command("import_slots", write(folder, 1, slots(1)), source="xyz")
    assert caught.value.returncode == 1


def test_a_name_that_no_source_can_have_is_a_fault_of_usage(folder):
    with pytest.raises(CommandError) as caught:
        call_command("import_slots", write(folder, 1, []), source="a/b", create=True)
    assert caught.value.returncode == 2


def test_it_stops_at_the_first_file_that_is_refused(folder):
    bad = folder / "bad.json"
    bad.write_text("{")
    code, found = answers(write(folder, 1, slots(3)), bad, write(folder, 3, slots(2)))
    assert code == 1
    assert [answer["status"] for answer in found] == ["baseline", "refused"]
    assert len(open_slots()) == 3
    assert FeedBatch.objects.filter(status="refused").count() == 1


@pytest.mark.parametrize("status", ["held", "stale", "refused"])
def test_what_is_not_applied_exits_with_1(folder, status):
    run(write(folder, 5, slots(30)))
    file = {
        "held": lambda: write(folder, 6, slots(2)),
        "stale": lambda: write(folder, 4, slots(2)),
        "refused": lambda: write(folder, 5, slots(2)),
    }[status]()
    code, found = answers(file)
    assert (code, found[0]["status"]) == (1, status)
    assert found[0]["reason"]
    assert len(open_slots()) == 30


def test_the_same_file_again_is_nothing_to_do(folder):
    file = write(folder, 1, slots(3))
    run(file)
    code, found = answers(file)
    assert (code, found[0]["status"], found[0]["opened"]) == (0, "repeated", 3)


def test_rejected_rows_are_named_and_exit_with_3(folder):
    rows = [slot(), slot() | {"time": "25:00"}, slot("Centre B", 1), slot("Nowhere", 2)]
    file = write(folder, 1, rows)
    code, out, err = run(file)
    assert code == 3
    assert "1 opened" in out
    assert "3 rejected" in out
    assert "batch-1.json: row 2: time “25:00” is not on the clock" in err
    assert "row 3: no test centre has the code or name 'Centre B'; did you mean Center B" in err
    assert "row 4: " in err


def test_csv_alerts_from_the_first_and_names_lines(folder):
    file = folder / "found.csv"
    file.write_text(
        f"date;time;center;test_type\n{DAY:%d/%m/%Y};08:10;center a;practical\nx;08:10;A;theory\n"
    )
    code, found = answers(file)
    assert (code, found[0]["status"], found[0]["opened"]) == (3, "applied", 1)
    assert found[0]["rejected"][0]["row"] == 3


@pytest.mark.parametrize("name", ["feed.txt", "feed"])
def test_a_file_without_a_telling_name_is_told_by_its_first_sign(folder, name):
    other = write(folder, 1, slots(1)).rename(folder / name)
    assert answers(other)[1][0]["status"] == "baseline"
    other.write_text("center,test_type,date,time\n")
    assert answers(other)[1][0]["status"] == "applied"


def test_a_file_that_is_not_there_is_refused_in_a_sentence(folder):
    code, found = answers(folder / "nowhere.json")
    assert (code, found[0]["reason"]) == (1, "it can't be read: No such file or directory")


def test_a_dry_run_says_what_would_be_and_changes_nothing(folder):
    files = [write(folder, 1, slots(3)), write(folder, 2, slots(2))]
    code, found = answers(*files, dry_run=True)
    assert code == 0
    assert [(answer["opened"], answer["closed"]) for answer in found] == [(3, 0), (0, 1)]
    assert not Source.objects.exists()
    assert not Slot.objects.exists()
    assert not FeedBatch.objects.exists()


def test_past_rows_are_no_fault(folder):
    yesterday = DAY - timedelta(days=20)
    code, found = answers(write(folder, 1, [slot(day=yesterday), slot()]))
    assert (code, found[0]["past"], found[0]["opened"]) == (0, 1, 1)


def test_observed_tomorrow_is_refused(folder):
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    code, found = answers(write(folder, 1, slots(1), observed_at=tomorrow))
    assert (code, found[0]["status"]) == (1, "refused")
    assert open_slots() == set()
    run(write(folder, 1, slots(1)))
    assert open_slots() == keys(slots(1))


HEADER = "center,test_type,date,time,note"


def spreadsheet(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    file = folder / "found.csv"
    file.write_bytes(content.encode(encoding))
    return file


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            f'{HEADER}\nA,practical,{DAY},08:17,"by phone\nB,practical,{DAY},08:17,x\n',
            "line 2 opens",
        ),
        (f'{HEADER}\nA,practical,{DAY},08:17,x\n"B,practical,{DAY},08:17,x\n', "line 3 opens"),
        (f'{HEADER}\nA,practical,{DAY},08:17,"x" y\n', "line 2 is not a row of CSV"),
        (f"{HEADER}\nA,practical,{DAY},08:17,x\nB,practical,{DAY}\n", "line 3 has 3 fields"),
        (f"{HEADER}\nA,practical,{DAY},08:17,x,y\n", "line 2 has 6 fields where the first has 5"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_file_with_a_row_that_is_not_plain_is_refused_whole_with_its_line(
    folder, content, words, encoding
):
    code, found = answers(spreadsheet(folder, content, encoding))
    assert (code, found[0]["status"], found[0]["opened"]) == (1, "refused", 0)
    assert words in found[0]["reason"]
    assert open_slots() == set()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_excel_saves_on_a_british_windows_is_read(folder, encoding, delimiter):
    text = f"{HEADER}\r\nA,practical,{DAY:%d/%m/%Y},08:14,£62 – weekday\r\n"
    code, found = answers(spreadsheet(folder, text.replace(",", delimiter), encoding))
    assert (code, found[0]["status"], found[0]["opened"]) == (0, "applied", 1)


@pytest.mark.parametrize("clock", ["8.10", "8:10", "08:10:00", "8.10am", "08.10 a.m."])
@pytest.mark.parametrize("form", ["%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%a %d %b %y", "%d.%m.%Y"])
def test_times_and_dates_are_read_as_people_write_them(folder, clock, form):
    file = spreadsheet(folder, f"{HEADER}\nA,practical,{DAY:{form}},{clock},\n")
    code, _ = answers(file)
    assert (code, open_slots()) == (0, {("A", DAY.isoformat(), "08:10")})


@pytest.mark.parametrize("clock", ["8.1", "13.10am", "8", "25.00"])
def test_a_time_that_may_be_two_is_rejected_and_not_guessed(folder, clock):
    code, found = answers(spreadsheet(folder, f"{HEADER}\nA,practical,{DAY},{clock},\n"))
    assert (code, found[0]["opened"], found[0]["rejected"][0]["row"]) == (3, 0, 2)


def test_a_centre_pasted_with_other_spaces_is_found(folder):
    code, found = answers(
        spreadsheet(folder, f"{HEADER}\nCenter\xa0 A\xa0,practical,{DAY},8.10,\n")
    )
    assert (code, found[0]["opened"]) == (0, 1)
