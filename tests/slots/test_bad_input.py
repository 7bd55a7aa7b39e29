"""Every kind of bad input, through the API and through files: a clear answer, nothing changed."""

import gzip
import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from slots.models import FeedBatch, Slot, SlotOpening, Source
from slots.sources import add_source
from slots.tokens import make_token, revoke_token
from tests.slots.feeds import make_centers, slot

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
MARCH = date(TODAY.year + 1, 3, 31)
SPRING = (MARCH - timedelta(days=MARCH.isoweekday() % 7)).isoformat()
NEXT_YEAR = TODAY.year + 1


def batch(**changes: object) -> bytes:
    said = {
        "sequence": 7, "observed_at": timezone.now().isoformat(), "complete": True,
        "covers": {"centers": ["A"], "test_types": ["practical"]}, "slots": [slot()],
    }  # fmt: skip
    return json.dumps(said | changes).encode()


def row(**changes: object) -> dict:
    return slot(number=1) | changes


WHOLE = {
    "not JSON": (b"center,date\n", "not JSON"),
    "half of it": (batch()[:-20], "not JSON"),
    "a list": (b"[]", "{ is missing"),
    "slots as an object": (batch(slots={"A": []}), "[ is missing"),
    "an unknown field": (batch(slot=1), "is not a field of a batch"),
    "NaN": (batch(sequence=float("nan")), "NaN is not JSON"),
    "NaN in a row": (batch(slots=[row(time=float("nan"))]), "NaN is not JSON"),
    "tomorrow": (
        batch(observed_at=(timezone.now() + timedelta(days=1)).isoformat()),
        "observed_at is more than 5 minutes ahead",
    ),
    "the year 0": (batch(observed_at="0000-01-01T00:00:00Z"), "is not in the calendar"),
    "31 February as observed": (
        batch(observed_at=f"{NEXT_YEAR}-02-31T09:00:00Z"), "is not in the calendar",
    ),
    "a sequence of 2^63": (batch(sequence=2**63), "sequence has to be from 0 to"),
    "100 levels of nesting": (batch(covers=json.loads("[" * 100 + "]" * 100)), "covers has to be"),
    "100,000 levels": (b'{"covers": ' + b"[" * 100_000, "nested too deeply"),
    "Latin-1": ('{"sequence": "caf\xe9"}'.encode("latin-1"), "not UTF-8"),
    "complete without covers": (batch(covers=None), "has to say what it covers"),
}  # fmt: skip
ROWS = {
    "10^9 as an hour": (row(time="1000000000:00"), "is not of the form HH:MM"),
    "10^9 as a time": (row(time=10**9), "time has to be text"),
    "31 February": (row(date=f"{NEXT_YEAR}-02-31"), "is not in the calendar"),
    "25:00": (row(time="25:00"), "is not on the clock"),
    "the hour that the clocks skip": (row(date=SPRING, time="01:30"), "the clocks skip it"),
    "20 years ahead": (row(date=f"{TODAY.year + 20}-06-01"), "is more than two years ahead"),
    "the year 0": (row(date="0000-01-01"), "is not in the calendar"),
    "no such centre": (row(center="Nowhere"), "no test centre has the code or name 'Nowhere'"),
    "100 levels of nesting": (json.loads("[" * 100 + "]" * 100), "not an object with center"),
    "no object": (["A", "practical"], "not an object with center"),
}


@pytest.fixture
def source(db) -> Source:
    make_centers("A")
    return add_source(name="feed", actor=None)


@pytest.fixture
def token(source) -> str:
    return make_token(source=source, label=None, actor=None)[1]


def post(token: str | None, body: bytes, **headers: str):
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return Client().generic(
        "POST", "/api/v1/sources/feed/batches/", body, "application/json", headers=headers
    )


def imported(folder: Path, body: bytes) -> tuple[int, dict]:
    """Exit code and answer for a file."""
    file, out = folder / "batch.json", StringIO()
    file.write_bytes(body)
    try:
        call_command("import_slots", file, source="feed", create=True, json=True, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), json.loads(out.getvalue())["files"][0]
    return 0, json.loads(out.getvalue())["files"][0]


def nothing_changed(source: Source) -> bool:
    """No slot, no clock of the source moved, and the sequence is still free."""
    source.refresh_from_db()
    quiet = (source.newest_observed_at, source.heard_at) == (None, None)
    taken = FeedBatch.objects.exclude(status="refused").exists()
    return quiet and not taken and not SlotOpening.objects.exists()


@pytest.mark.parametrize(("body", "reason"), WHOLE.values(), ids=WHOLE)
def test_the_api_refuses_it_as_a_whole(source, token, body, reason):
    answer = post(token, body)
    assert 400 <= answer.status_code < 500
    assert answer["Content-Type"] == "application/problem+json"
    assert reason in answer.json()["detail"]
    assert nothing_changed(source)
    assert post(token, batch()).status_code == 201


@pytest.mark.parametrize(("body", "reason"), WHOLE.values(), ids=WHOLE)
def test_a_file_is_refused_as_a_whole(source, tmp_path, body, reason):
    code, answer = imported(tmp_path, body)
    assert (code, answer["status"]) == (1, "refused")
    assert reason in answer["reason"]
    assert nothing_changed(source)
    assert imported(tmp_path, batch())[0] == 0


@pytest.mark.parametrize(("wrong", "reason"), ROWS.values(), ids=ROWS)
def test_the_api_names_a_wrong_row_and_leaves_it_out(token, wrong, reason):
    answer = post(token, batch(slots=[slot(), wrong]))
    assert answer.status_code == 201
    (rejected,) = answer.json()["rejected"]
    assert rejected["row"] == 2
    assert reason in rejected["reason"]
    assert Slot.objects.count() == 1


@pytest.mark.parametrize(("wrong", "reason"), ROWS.values(), ids=ROWS)
def test_a_files_wrong_row_is_named_and_left_out(source, tmp_path, wrong, reason):
    code, answer = imported(tmp_path, batch(slots=[slot(), wrong]))
    (rejected,) = answer["rejected"]
    assert (code, rejected["row"]) == (3, 2)
    assert reason in rejected["reason"]
    assert Slot.objects.count() == 1


def test_duplicate_rows_count_once_and_are_said(token, source, tmp_path):
    twice = [slot(), slot(), slot(number=1), slot()]
    answer = post(token, batch(slots=twice)).json()
    assert (answer["opened"], answer["reason"]) == (2, "2 duplicate rows counted once")
    _, answer = imported(tmp_path, batch(slots=twice, sequence=8))
    assert (answer["unchanged"], answer["reason"]) == (2, "2 duplicate rows counted once")
    assert Slot.objects.count() == 2


def test_a_gzip_bomb_is_refused_by_the_api(source, token):
    bomb = gzip.compress(b" " * (100 * 1024 * 1024))
    assert post(token, bomb, Content_Encoding="gzip").status_code == 413
    assert nothing_changed(source)


def test_a_gzip_bomb_is_no_batch_as_a_file(source, tmp_path):
    code, answer = imported(tmp_path, gzip.compress(b" " * (100 * 1024 * 1024)))
    assert (code, answer["status"]) == (1, "refused")
    assert "not UTF-8" in answer["reason"]
    assert nothing_changed(source)


@pytest.mark.parametrize("whose", ["another source's", "a revoked one", "nobody's", "none"])
def test_a_token_that_is_not_this_sources_posts_nothing(source, token, whose):
    other = add_source(name="other", actor=None)
    sent = {
        "another source's": make_token(source=other, label=None, actor=None)[1],
        "a revoked one": token, "nobody's": "src_made-up", "none": None,
    }[whose]  # fmt: skip
    if whose == "a revoked one":
        revoke_token(token=source.tokens.get(), actor=None)
    answer = post(sent, batch())
    assert answer.status_code == (403 if whose == "another source's" else 401)
    assert answer.json()["detail"]
    assert nothing_changed(source)
