"""Sources that are asked, by a real HTTPS server on loopback."""

import gzip
import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from slots import tasks
from slots.fetching import polling
from slots.fetching.polling import Polled, poll, poll_due
from slots.models import FeedBatch, Slot, Source
from tests.slots.feed_server import FeedServer, make_certificate, say
from tests.slots.feeds import alarms, make_centers, slot, slots

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("feed"))


@pytest.fixture
def server(certificate, monkeypatch, settings):
    settings.OUTBOUND_ALLOW_LOOPBACK = True
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with FeedServer(certificate).running() as running:
        yield running


@pytest.fixture
def source(server):
    make_centers("A")
    return Source.objects.create(name="polled", url=server.url, poll_interval_seconds=120)


def batch(sequence=1, listed=None):
    said = {
        "sequence": sequence,
        "observed_at": timezone.now().isoformat(),
        "complete": True,
        "covers": {"centers": ["A"], "test_types": ["practical"]},
        "slots": [slot()] if listed is None else listed,
    }
    return json.dumps(said).encode()


def again(source):
    return poll(source=Source.objects.get(pk=source.pk))


def seconds_until_next(source):
    source.refresh_from_db()
    return (source.next_poll_at - timezone.now()).total_seconds()


def test_a_batch_is_taken_in_and_the_next_is_due_after_the_interval(server, source):
    server.answer = say(batch())
    polled = poll(source=source)
    assert (polled.outcome.status, polled.outcome.opened) == ("baseline", 1)
    assert Slot.objects.get().available
    assert 60 < seconds_until_next(source) <= 120


def test_csv_is_taken_in_as_observed_now(server, source):
    row = slot()
    text = f"center;test_type;date;time\nA;practical;{row['date']};{row['time']}\n"
    server.answer = say(text.encode(), kind="text/csv; charset=utf-8")
    assert poll(source=source).outcome.opened == 1
    assert not FeedBatch.objects.get().complete


def test_what_the_feed_said_of_its_version_is_said_back(server, source):
    changed = "Mon, 23 Nov 2026 09:00:00 GMT"
    server.answer = say(batch(), ETag='"7"', Last_Modified=changed)
    poll(source=source)
    server.answer = say(b"", status=304)
    assert again(source) == Polled("polled")
    assert "If-None-Match" not in server.requests[0]
    assert server.requests[1]["If-None-Match"] == '"7"'
    assert server.requests[1]["If-Modified-Since"] == changed


@pytest.mark.parametrize(
    "version", [{"etag": '"7"'}, {"last_modified": "Mon, 23 Nov 2026 09:00:00 GMT"}]
)
def test_a_feed_that_has_nothing_new_has_been_heard(server, source, version):
    Source.objects.update(**version)
    server.answer = say(b"", status=304, Content_Encoding="gzip")
    assert again(source) == Polled("polled")
    source.refresh_from_db()
    assert source.heard_at
    assert not FeedBatch.objects.exists()


def test_nothing_new_where_everything_was_asked_for_is_a_failure(server, source):
    server.answer = say(b"", status=304)
    assert "304 Not Modified" in poll(source=source).failure
    source.refresh_from_db()
    assert (source.heard_at, source.failures) == (None, 1)


@pytest.mark.parametrize(
    "kind",
    ["application/json", "Application/JSON; charset=UTF-8", "text/json", "text/json;charset=utf-8",
     "text/plain", "text/plain; charset=iso-8859-1", "application/octet-stream", ""],
)  # fmt: skip
@pytest.mark.parametrize("around", [b"%b", b"\xef\xbb\xbf%b", b" \r\n%b\r\n\t "])
def test_json_is_read_whatever_the_server_takes_it_for(server, source, kind, around):
    server.answer = say(around % batch(), kind=kind)
    assert poll(source=source).outcome.opened == 1


@pytest.mark.parametrize(
    "kind", ["text/csv", "application/csv", "text/plain", "application/octet-stream", ""]
)
def test_csv_is_read_whatever_the_server_takes_it_for(server, source, kind):
    row = slot()
    text = f"\ufeffcenter,test_type,date,time\nA,practical,{row['date']},{row['time']}\n\n"
    server.answer = say(text.encode(), kind=kind)
    assert poll(source=source).outcome.opened == 1


@pytest.mark.parametrize("kind", ["application/json", "text/csv", "text/plain"])
def test_what_is_packed_without_saying_so_is_a_failure_that_says_so(server, source, kind):
    server.answer = say(gzip.compress(batch()), kind=kind)
    assert "packed by gzip" in poll(source=source).failure


def test_a_page_in_place_of_a_feed_is_named_by_its_type(server, source):
    server.answer = say(b"<html>", kind="text/html; charset=utf-8")
    assert poll(source=source).failure == "the answer is neither JSON nor CSV but text/html"


def test_a_held_batch_is_asked_for_again(server, source):
    server.answer = say(batch(1, slots(40)), ETag='"1"')
    poll(source=source)
    server.answer = say(batch(2, []), ETag='"2"')
    assert again(source).outcome.status == "held"
    assert Source.objects.get().etag is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"{", "application/json"), (b"x", "text/csv"), (b"<html>", "text/html"), (b"{}", "")],
    ids=["half JSON", "no table", "a page", "no type"],
)
def test_what_is_no_batch_is_a_failure_and_its_version_not_remembered(server, source, body, kind):
    server.answer = say(body, kind=kind, ETag='"7"')
    assert poll(source=source).failure
    source.refresh_from_db()
    assert (source.failures, source.etag) == (1, None)
    assert source.last_error
    assert not Slot.objects.exists()


def test_the_same_sequence_with_other_content_is_a_failure(server, source):
    server.answer = say(batch(1))
    poll(source=source)
    server.answer = say(batch(1, slots(2)))
    assert "sequence" in again(source).failure


def test_each_failure_in_a_row_makes_the_wait_longer_up_to_an_hour(server, source):
    server.answer = say(b"", status=500)
    waits = []
    for _ in range(8):
        again(source)
        waits.append(seconds_until_next(source))
    assert 0.75 * 240 - 60 < waits[0] <= 240
    assert waits[2] > waits[0]
    assert 0.75 * 3600 - 60 < waits[-1] <= 3600


def test_two_sources_that_fail_together_do_not_come_back_together():
    waits = {polling._backoff(120, 3) for _ in range(20)}
    assert len(waits) > 10
    assert all(0.75 * 960 <= wait <= 960 for wait in waits)


def test_staff_are_told_after_several_failures_in_a_row(server, source):
    server.answer = say(b"", status=500)
    for _ in range(polling.FAILURES_UNTIL_CONCERN - 1):
        again(source)
    assert alarms() == []
    again(source)
    assert [subject for subject, _ in alarms()] == ["failing:polled"]
    assert "5 times in a row: the answer was 500" in alarms()[0][1]


def test_a_success_forgets_the_failures(server, source):
    server.answer = say(b"", status=500)
    again(source)
    server.answer = say(batch())
    again(source)
    source.refresh_from_db()
    assert (source.failures, source.last_error) == (0, None)


def test_only_what_is_due_is_asked(server, source):
    server.answer = say(batch())
    later = timezone.now() + timedelta(minutes=1)
    Source.objects.filter(pk=source.pk).update(next_poll_at=later)
    Source.objects.create(name="off", url=server.url, is_active=False)
    Source.objects.create(name="posts")
    assert list(poll_due()) == []
    Source.objects.update(next_poll_at=timezone.now())
    assert [polled.source for polled in poll_due()] == ["polled"]
    assert list(poll_due()) == []


def test_while_one_worker_asks_no_other_does(server, source):
    Source.objects.create(name="second", url=server.url)
    server.answer = say(b"", status=304)
    one, other = poll_due(), poll_due()
    asked = [next(one).source, next(other).source]
    assert sorted(asked) == ["polled", "second"]
    assert list(one) == list(other) == []


def test_the_task_asks_what_is_due(server, source):
    server.answer = say(batch())
    tasks.poll_sources()
    assert Slot.objects.exists()


def test_a_feed_on_loopback_is_never_asked_outside_of_tests(server, source, settings):
    settings.OUTBOUND_ALLOW_LOOPBACK = False
    assert "no public address" in poll(source=source).failure
    assert server.requests == []


def run(**options):
    out = StringIO()
    try:
        call_command("poll_sources", stdout=out, **options)
    except SystemExit as ended:
        return ended.code, out.getvalue()
    return 0, out.getvalue()


def test_the_command_asks_each_polled_source_once(server, source):
    server.answer = say(batch())
    assert run() == (0, "polled: baseline, 1 opened, 0 closed\n")
    code, said = run(json=True)
    assert (code, len(server.requests)) == (0, 2)
    assert json.loads(said)["sources"][0]["outcome"]["status"] in ("repeated", "stale")


def test_the_command_ends_with_1_when_a_source_failed(server, source):
    server.answer = say(b"", status=404)
    code, said = run()
    assert code == 1
    assert "the answer was 404" in said


def test_the_command_ends_with_3_when_rows_were_rejected(server, source):
    server.answer = say(batch(1, [slot(), slot("nowhere")]))
    code, said = run()
    assert code == 3
    assert "row 2: " in said


def test_the_command_has_nothing_to_do_without_such_a_source():
    assert run() == (0, "No source has an address to poll.\n")
