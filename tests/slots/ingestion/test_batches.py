"""A batch is read strictly: what is wrong is named, and nothing of it passes."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from slots.ingestion.batches import BadBatch, Batch, Covers, make_batch, parse_csv, parse_json

TODAY = timezone.localdate()
DAY = (TODAY + timedelta(days=20)).isoformat()
GOOD: dict[str, Any] = {
    "sequence": 42,
    "observed_at": "2026-11-23T09:00:00Z",
    "complete": True,
    "covers": {"centers": ["482"], "test_types": ["practical"], "date_from": "2026-11-23"},
    "slots": [{"center": "482", "test_type": "practical", "date": DAY, "time": "08:10"}],
}
MARCH = date(TODAY.year + 1, 3, 31)
SPRING = (MARCH - timedelta(days=MARCH.isoweekday() % 7)).isoformat()


def read(**changes: object) -> Batch:
    """The good batch with some fields changed; None leaves one out."""
    said = {name: value for name, value in (GOOD | changes).items() if value is not None}
    return parse_json(json.dumps(said).encode())


def read_row(**changes: object) -> Batch:
    return read(slots=[GOOD["slots"][0] | changes])


def refusal(body: bytes) -> BadBatch:
    with pytest.raises(BadBatch) as caught:
        parse_json(body)
    return caught.value


def test_a_good_batch_is_read_whole():
    batch = read()
    assert (batch.sequence, batch.complete) == (42, True)
    assert batch.observed_at == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert batch.covers == Covers(("482",), ("practical",), date(2026, 11, 23), None)
    assert [tuple(row) for row in batch.slots] == [(1, "482", "practical", DAY, "08:10:00")]
    assert batch.slots.rejected == []


@pytest.mark.parametrize("order", range(5))
def test_the_fields_may_come_in_any_order(order):
    names = list(GOOD)
    Random(order).shuffle(names)
    batch = parse_json(json.dumps({name: GOOD[name] for name in names}).encode())
    assert batch.digest == read().digest


def test_a_byte_order_mark_and_space_do_no_harm():
    body = b"\xef\xbb\xbf \n\t" + json.dumps(GOOD, indent=3).encode() + b"\r\n "
    assert parse_json(body).digest == read().digest


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"hello", "not JSON"),
        (b"[]", "not JSON: { is missing"),
        (b'{"sequence": 1', "not JSON"),
        (b'{"slots": [}', "not JSON"),
        (b'{"slots": [{},]}', "not JSON"),
        (b'{"slots": [{} {}]}', "not JSON"),
        (b'{"sequence": NaN}', "NaN is not JSON"),
        (b'{"slots": [{"date": Infinity}]}', "Infinity is not JSON"),
        (b"{}{}", "something follows"),
        (b"{5: 6}", "name is missing"),
        (b'{"sequence": 1, "sequence": 2}', "appears twice"),
        (b'{"slots": [{"center": "1", "center": "2"}]}', "appears twice"),
        (b'{"Sequence": 1}', "is not a field"),
        ("{\"a\": \"caf\xe9\"}".encode("latin-1"), "not UTF-8"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
        (b'{"sequence": ' + b"9" * 5000 + b"}", "too long"),
        (b'{"covers": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"slots": [' + b"[" * 100_000, "nested too deeply"),
        (b'{"slots": [' + b'{"a":' * 100_000, "nested too deeply"),
        (b'{"covers": "' + b"x" * 400_000 + b'"}', "longer than"),
        (b'{"covers": "' + b"x" * 2_000_000, "not JSON"),
        (b"%PDF-1.7 \x00\x01", "not JSON"),
    ],
)  # fmt: skip
def test_what_is_no_batch_is_refused_in_a_sentence(body, reason):
    assert reason in refusal(body).reason


def test_more_than_the_limit_is_refused():
    with pytest.raises(BadBatch, match="larger than"):
        parse_json(b" " * 3_000_000 + json.dumps(GOOD).encode(), most_bytes=1_500_000)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sequence": None}, "sequence"),
        ({"sequence": "42"}, "sequence"),
        ({"sequence": 4.0}, "sequence"),
        ({"sequence": True}, "sequence"),
        ({"sequence": -1}, "sequence"),
        ({"sequence": 2**63}, "sequence"),
        ({"sequence": 10**400}, "sequence"),
        ({"observed_at": None}, "observed_at"),
        ({"observed_at": 1700000000}, "observed_at"),
        ({"observed_at": "2026-11-23"}, "observed_at"),
        ({"observed_at": "2026-11-23T09:00:00"}, "observed_at"),
        ({"observed_at": "2026-02-31T09:00:00Z"}, "observed_at"),
        ({"observed_at": "0000-01-01T00:00:00Z"}, "observed_at"),
        ({"observed_at": "0001-01-01T00:00:00+09:00"}, "observed_at"),
        ({"observed_at": "9999-12-31T23:59:59-09:00"}, "observed_at"),
        ({"complete": "yes"}, "complete"),
        ({"complete": 1}, "complete"),
        ({"covers": None}, "covers"),
        ({"covers": []}, "covers"),
        ({"covers": {"centers": ["1"], "test_types": ["practical"], "center": 1}}, "covers"),
        ({"covers": {"test_types": ["practical"]}}, "covers.centers"),
        ({"covers": {"centers": "1", "test_types": ["practical"]}}, "covers.centers"),
        ({"covers": {"centers": [1], "test_types": ["practical"]}}, "covers.centers"),
        ({"covers": {"centers": ["a\0b"], "test_types": ["practical"]}}, "covers.centers"),
        ({"covers": {"centers": ["\ud800"], "test_types": ["practical"]}}, "covers.centers"),
        ({"covers": {"centers": ["1"]}}, "covers.test_types"),
        ({"covers": {"centers": ["1"], "test_types": ["car"]}}, "covers.test_types"),
        ({"covers": {"centers": ["1"], "test_types": [[]]}}, "covers.test_types"),
        ({"covers": GOOD["covers"] | {"date_to": "2026-11-22"}}, "covers.date_to"),
        ({"covers": GOOD["covers"] | {"date_to": "2027-02-31"}}, "covers.date_to"),
        ({"covers": GOOD["covers"] | {"date_to": 5}}, "covers.date_to"),
        ({"slots": None}, "slots"),
    ],
)
def test_a_fault_of_the_whole_names_its_field(changes, field):
    with pytest.raises(BadBatch) as caught:
        read(**changes)
    assert caught.value.field == field
    assert caught.value.reason


@pytest.mark.parametrize("slots", [{}, "x", 5, True])
def test_slots_that_are_no_list_are_refused(slots):
    with pytest.raises(BadBatch, match=r"\[ is missing"):
        read(slots=slots)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"center": None}, "center is missing"),
        ({"center": 482}, "center has to be text"),
        ({"center": "  "}, "can't be a code or a name"),
        ({"center": "x" * 300}, "can't be a code or a name"),
        ({"center": "a\0"}, "can't be a code or a name"),
        ({"center": "\ud800"}, "can't be a code or a name"),
        ({"center": ["482"]}, "center has to be text"),
        ({"test_type": None}, "test_type is missing"),
        ({"test_type": "Practical"}, "neither practical nor theory"),
        ({"test_type": {}}, "holds a list or an object"),
        ({"date": None}, "date is missing"),
        ({"date": 20261201}, "date has to be text"),
        ({"date": "2027-02-31"}, "not in the calendar"),
        ({"date": "0000-01-01"}, "not in the calendar"),
        ({"date": "01/12/2026"}, "not of the form"),
        ({"date": "20261201"}, "not of the form"),
        ({"date": "2026-W49-2"}, "not of the form"),
        ({"date": "٢٠٢٦-١٢-٠١"}, "not of the form"),
        ({"date": f"{TODAY.year + 20}-01-01"}, "more than two years ahead"),
        ({"time": None}, "time is missing"),
        ({"time": 10**9}, "time has to be text"),
        ({"time": "25:00"}, "not on the clock"),
        ({"time": "24:00"}, "not on the clock"),
        ({"time": "8:10"}, "not of the form"),
        ({"time": "08:10:00.5"}, "not of the form"),
        ({"time": "08:10Z"}, "not of the form"),
        ({"date": SPRING, "time": "01:30"}, "the clocks skip it"),
    ],
)
def test_a_fault_of_a_row_rejects_that_row(changes, reason):
    rejected = read_row(**changes).slots.rejected
    assert [row.position for row in rejected] == [1]
    assert reason in rejected[0].reason
    assert rejected[0].reason.isprintable()


@pytest.mark.parametrize("row", [None, 5, "x", [], [["482"]], True])
def test_a_row_that_is_no_object_is_rejected(row):
    batch = read(slots=[GOOD["slots"][0], row])
    assert [found.position for found in batch.slots.rejected] == [2]
    assert len(list(batch.slots)) == 1


def test_a_rejected_row_remembers_its_centre_as_it_was_named():
    assert read_row(time="25:00").slots.rejected[0].center == "482"
    assert read_row(center=5).slots.rejected[0].center is None


@pytest.mark.parametrize(
    ("day", "at"),
    [(SPRING, "00:59"), (SPRING, "02:00"), (DAY, "23:59:59"), (DAY, "00:00")],
    ids=["before the gap", "after it", "the last second", "the first minute"],
)
def test_a_time_that_clocks_show_is_good(day, at):
    assert read_row(date=day, time=at).slots.rejected == []


def test_the_hour_that_comes_twice_is_good():
    october = date(TODAY.year + 1, 10, 31)
    sunday = october - timedelta(days=october.isoweekday() % 7)
    assert read_row(date=sunday.isoformat(), time="01:30").slots.rejected == []


def test_fields_of_a_row_that_are_not_ours_are_left_alone():
    assert read_row(examiner={"name": ["x"]}).slots.rejected == []


def test_more_than_ten_thousand_rejected_rows_refuse_the_whole():
    with pytest.raises(BadBatch, match="10,000 rows"):
        read(slots=[None] * 10_001)


def test_a_digest_tells_any_difference():
    digests = {
        read().digest,
        read(observed_at="2026-11-23T09:00:01Z").digest,
        read(complete=False).digest,
        read(covers=GOOD["covers"] | {"date_to": DAY}).digest,
        read_row(time="08:11").digest,
        read_row(time="25:11").digest,
        read_row(center="483").digest,
        read(slots=[]).digest,
        read(slots=GOOD["slots"] * 2).digest,
    }
    assert len(digests) == 9


def test_a_batch_made_in_python_is_the_same_as_one_read():
    made = make_batch(
        observed_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
        sequence=42, complete=True, slots=GOOD["slots"],
        covers=Covers(("482",), ("practical",), date(2026, 11, 23)),
    )  # fmt: skip
    assert made.digest == read().digest


def many(count: int) -> list[dict]:
    """Rows with all that may confuse a reader that takes them by the thousand."""
    names = ["plain", "a},b", 'quo"te', "back\\slash", "},{", "é, ß", "]}"]
    return [
        {"center": names[n % 7], "x": [{"y": 1}, {"z": []}], "test_type": "practical",
         "date": DAY, "time": f"{n // 60 % 24:02}:{n % 60:02}"}
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("indent", [None, 1])
def test_many_rows_are_read_as_one_by_one(indent):
    rows = many(20_000)
    batch = parse_json(json.dumps(GOOD | {"slots": rows}, indent=indent).encode())
    assert [(row.position, row.center, row.time[:5]) for row in batch.slots] == [
        (position, row["center"], row["time"]) for position, row in enumerate(rows, 1)
    ]


class Dribble(io.RawIOBase):
    """A stream that gives a few bytes at a time."""

    def __init__(self, body: bytes) -> None:
        self.body = io.BytesIO(body)

    def read(self, size: int = -1, /) -> bytes:
        return self.body.read(min(size, 37) if size > 0 else 37)


def test_a_stream_that_gives_little_at_a_time_is_read_the_same():
    body = json.dumps(GOOD | {"slots": many(200)}).encode()
    assert parse_json(Dribble(body)).digest == parse_json(body).digest


# CSV


def csv(text: str) -> Batch:
    return parse_csv(text.encode())


def rows(batch: Batch) -> list[tuple]:
    return [tuple(row) for row in batch.slots]


def test_csv_is_an_incomplete_batch_of_now():
    batch = csv(f"center,test_type,date,time\n482,practical,{DAY},08:10\n")
    assert (batch.sequence, batch.complete, batch.covers) == (None, False, None)
    assert datetime.now(UTC) - batch.observed_at < timedelta(minutes=1)
    assert rows(batch) == [(2, "482", "practical", DAY, "08:10:00")]


def test_csv_is_read_as_spreadsheets_write_it():
    day = date.fromisoformat(DAY)
    batch = csv(
        "\ufeffTime;Date;Examiner;Test Type;Center\r\n"
        f'8:10;{day:%d/%m/%Y};x;Practical;"Goodmayes; London"\r\n'
        "\r\n"
        f'"13:05:30";{day.day}/{day.month}/{day.year};;THEORY; B \r\n'
    )
    assert rows(batch) == [
        (2, "Goodmayes; London", "practical", DAY, "08:10:00"),
        (4, "B", "theory", DAY, "13:05:30"),
    ]


def test_a_quoted_field_may_hold_a_line_break_and_rows_keep_their_line():
    batch = csv(
        "center,test_type,date,time,note\n"
        f'A,practical,{DAY},08:10,"two\nlines"\n'
        "A,practical,31/02/2027,08:10,\n"
    )
    assert [row.position for row in batch.slots] == [2]
    assert [(row.position, row.center) for row in batch.slots.rejected] == [(4, "A")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("A,practical,,08:10", "date is missing"),
        (",practical,2026-12-01,08:10", "center is missing"),
        ("A,car,2026-12-01,08:10", "neither practical nor theory"),
        ("A,practical,31/02/2027,08:10", "not in the calendar"),
        ("A,practical,12/31/2026,08:10", "not in the calendar"),
        ("A,practical,March 2027,08:10", "not of the form"),
        ("A,practical,2026-12-01,8.1", "not of the form"),
        ("A,practical,2026-12-01,8", "not of the form"),
        ("A,practical,2026-12-01,13.10am", "not of the form"),
    ],
)
def test_a_faulty_line_is_rejected_by_its_number(line, reason):
    batch = csv(f"center,test_type,date,time\nA,practical,{DAY},08:10\n{line}\n")
    assert [row.position for row in batch.slots.rejected] == [3]
    assert reason in batch.slots.rejected[0].reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the header lacks"),
        (b"center,date,time\n", "the header lacks test_type"),
        (b"center,test_type,date,time,date\n", "twice"),
        (b"%PDF-1.7\n1 0 obj", "the header lacks"),
        (b"center,test_type,date,time\nA\0,practical,2026-12-01,08:10\n", "line 2 holds a NUL"),
        (b"center," * 100_000, "line 1 is longer"),
        (b"center,test_type,date,time\n" + b'"' + b"x\n" * 100_000, "line 2 opens a quote"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(body, reason):
    with pytest.raises(BadBatch) as caught:
        parse_csv(body)
    assert reason in caught.value.reason
