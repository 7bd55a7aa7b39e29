"""Who may post a batch, and what the answer is."""

import gzip
import io
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from centers.models import Center
from slots.api import bodies
from slots.models import FeedBatch, Slot, SlotOpening, SourceToken
from slots.sources import add_source
from slots.tokens import make_token, revoke_token

pytestmark = pytest.mark.django_db
URL = "/api/v1/sources/northern/batches/"


@pytest.fixture
def source():
    Center.objects.create(name="Goodmayes", postcode="IG3 9UZ", code="482")
    return add_source(name="northern", actor=None)


@pytest.fixture
def token(source):
    return make_token(source=source, label=None, actor=None)[1]


def day(ahead=10):
    return (timezone.localdate() + timedelta(days=ahead)).isoformat()


def slot(at="08:10", **changes):
    return {"center": "482", "test_type": "practical", "date": day(), "time": at} | changes


def batch(sequence=1, slots=None, **changes):
    return {
        "sequence": sequence,
        "observed_at": timezone.now().isoformat(),
        "complete": True,
        "covers": {"centers": ["482"], "test_types": ["practical"]},
        "slots": [slot()] if slots is None else slots,
    } | changes


def post(token, body, url=URL, **headers):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    client = Client(enforce_csrf_checks=True)
    return client.generic("POST", url, body, headers=headers, CONTENT_TYPE="application/json")


def problem(response, status):
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["type"], body["status"]) == ("about:blank", status)
    assert body["title"]
    assert body["detail"]
    return body


def many(count):
    return [slot(f"{hour:02}:{minute:02}") for hour in range(6, 20) for minute in range(60)][:count]


def test_a_batch_is_applied_and_answered_with_its_outcome(token):
    response = post(token, batch())
    assert response.status_code == 201
    answer = response.json()
    stored = FeedBatch.objects.get()
    assert answer["batch"] == stored.pk
    assert answer["url"] == response["Location"]
    assert answer["url"].endswith(f"{URL}{stored.pk}/")
    counts = [answer[name] for name in ("status", "opened", "closed", "unchanged", "past")]
    assert counts == ["baseline", 1, 0, 0, 0]
    assert Slot.objects.get().available


def test_the_same_batch_again_changes_nothing_and_says_what_the_first_did(token):
    body = batch()
    first = post(token, body).json()
    again = post(token, body)
    assert again.status_code == 200
    assert again.json() == first | {"status": "repeated"}
    assert FeedBatch.objects.count() == 1
    assert SlotOpening.objects.count() == 1


def test_the_same_sequence_with_other_content_is_a_conflict(token):
    post(token, batch())
    problem(post(token, batch(slots=[slot("09:07")])), 409)
    assert SlotOpening.objects.count() == 1


def test_a_batch_observed_before_a_newer_one_changes_nothing(token):
    post(token, batch(2))
    earlier = (timezone.now() - timedelta(hours=1)).isoformat()
    response = post(token, batch(1, slots=[], observed_at=earlier))
    assert response.status_code == 200
    assert response.json()["status"] == "stale"
    assert Slot.objects.get().available


def test_a_held_batch_is_answered_with_a_link_to_what_becomes_of_it(token, client):
    post(token, batch(1, slots=many(40)))
    response = post(token, batch(2, slots=[]))
    assert response.status_code == 202
    assert response.json()["status"] == "held"
    assert response["Location"] == response.json()["url"]
    asked = client.get(response["Location"], headers={"Authorization": f"Bearer {token}"})
    assert asked.json() == response.json()
    assert Slot.objects.filter(available=True).count() == 40


def test_a_held_batch_sent_again_is_still_held(token):
    post(token, batch(1, slots=many(40)))
    body = batch(2, slots=[])
    post(token, body)
    assert post(token, body).status_code == 202


def test_a_rejected_row_is_named_and_the_others_are_applied(token):
    response = post(token, batch(slots=[slot(), slot(center="nowhere"), slot("25:00")]))
    assert response.status_code == 201
    answer = response.json()
    assert answer["opened"] == 1
    assert sorted(row["row"] for row in answer["rejected"]) == [2, 3]
    assert all(row["reason"] for row in answer["rejected"])


def test_gzip_is_unpacked(token):
    body = gzip.compress(json.dumps(batch()).encode())
    assert post(token, body, Content_Encoding="gzip").status_code == 201


def post_in_chunks(token, body):
    """A body without a length, as gunicorn hands on what is sent in chunks."""
    environ = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True}
    return Client().generic(
        "POST", URL, headers={"Authorization": f"Bearer {token}"}, CONTENT_LENGTH="",
        CONTENT_TYPE="application/json", **environ,
    )  # fmt: skip


def test_a_body_in_chunks_is_read(token):
    body = json.dumps(batch()).encode()
    assert post_in_chunks(token, body).status_code == 201


# Who may


def test_nobody_may_post(source):
    response = post(None, batch())
    problem(response, 401)
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert not FeedBatch.objects.exists()


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Basic bm9ib2R5Og==", "Bearer src_nobody", "Bearer é"]
)
def test_what_is_no_token_may_not_post(source, value):
    response = Client().post(
        URL, json.dumps(batch()), content_type="application/json",
        headers={"Authorization": value},
    )  # fmt: skip
    problem(response, 401)
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_may_not_post(token):
    revoke_token(token=SourceToken.objects.get(), actor=None)
    response = post(token, batch())
    problem(response, 401)
    assert 'error="invalid_token"' in response["WWW-Authenticate"]
    assert not FeedBatch.objects.exists()


@pytest.mark.parametrize("name", ["northern", "nobody"])
def test_a_token_opens_no_other_source_whether_there_is_one_or_not(source, name):
    other = add_source(name="southern", actor=None)
    _, plain = make_token(source=other, label=None, actor=None)
    response = post(plain, batch(), url=f"/api/v1/sources/{name}/batches/")
    assert problem(response, 403)["detail"] == "This token is for another source."
    assert 'error="insufficient_scope"' in response["WWW-Authenticate"]
    assert not FeedBatch.objects.exists()


def test_a_source_that_is_switched_off_takes_nothing(source, token):
    source.is_active = False
    source.save()
    problem(post(token, batch()), 403)


def test_a_batch_of_another_source_is_not_shown(source, token, client):
    other = add_source(name="southern", actor=None)
    stored = FeedBatch.objects.create(source=other, status="refused")
    response = client.get(f"{URL}{stored.pk}/", headers={"Authorization": f"Bearer {token}"})
    problem(response, 404)


def test_a_signed_in_admin_is_nobody_here(source, client):
    role = Role.objects.get(role_name=Role.ADMIN)
    client.force_login(User.objects.create_user("ada@example.org", "x", role=role))
    problem(client.post(URL, json.dumps(batch()), content_type="application/json"), 401)


# What is refused

BAD = {
    "nothing": b"",
    "not JSON": b"{",
    "two of them": b"{}{}",
    "a list": b"[]",
    "null": b"null",
    "no fields": b"{}",
    "NaN": b'{"sequence": NaN}',
    "Infinity": b'{"sequence": 1, "observed_at": "2026-11-23T09:00:00Z", "slots": [Infinity]}',
    "Latin-1": '{"sequence": 1, "x": "é"}'.encode("latin-1"),
    "UTF-16": json.dumps({"sequence": 1}).encode("utf-16"),
    "100 levels": b'{"slots": ' + b"[" * 100 + b"]" * 100 + b"}",
    "100,000 levels": b'{"sequence": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a name twice": b'{"sequence": 1, "sequence": 1, "slots": []}',
    "a number of 5,000 digits": b'{"sequence": ' + b"9" * 5000 + b"}",
}
WRONG = {
    "a sequence of 2^63": ({"sequence": 2**63}, "sequence"),
    "a sequence below 0": ({"sequence": -1}, "sequence"),
    "half a sequence": ({"sequence": 1.5}, "sequence"),
    "a true sequence": ({"sequence": True}, "sequence"),
    "no sequence": ({"sequence": None}, "sequence"),
    "the year 0": ({"observed_at": "0000-11-23T09:00:00Z"}, "observed_at"),
    "31 February": ({"observed_at": "2026-02-31T09:00:00Z"}, "observed_at"),
    "no offset": ({"observed_at": "2026-11-23T09:00:00"}, "observed_at"),
    "a number for a time": ({"observed_at": 1}, "observed_at"),
    "complete without covers": ({"covers": None}, "covers"),
    "covers a list": ({"covers": []}, "covers"),
    "an unknown test": ({"covers": {"centers": ["482"], "test_types": ["hgv"]}},
                        "covers.test_types"),
    "slots a number": ({"slots": 0}, None),
    "slots by name": ({"slots": {"a": 1}}, None),
}  # fmt: skip


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
def test_what_is_no_batch_is_refused(token, body):
    problem(post(token, body), 422)
    assert not Slot.objects.exists()


@pytest.mark.parametrize(("changes", "field"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_field_is_named(token, changes, field):
    body = problem(post(token, batch(**changes)), 422)
    assert [error["field"] for error in body["errors"]] == ([field] if field else [])
    assert not Slot.objects.exists()


def test_a_batch_observed_tomorrow_is_refused(token):
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    problem(post(token, batch(observed_at=tomorrow)), 422)
    assert not Slot.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"date": "2027-02-31"}, {"time": "25:00"}, {"date": day(365 * 20)}, {"time": "1000000000:00"},
     {"time": 10**9}, {"date": "2027-03-28", "time": "01:30"}, {"test_type": "hgv"},
     {"center": "\u0000"}, {"center": 482}, {"center": {"code": "482"}}],
)  # fmt: skip
def test_a_wrong_row_is_rejected_by_its_number(token, wrong):
    answer = post(token, batch(slots=[slot(), slot(**wrong)])).json()
    assert [row["row"] for row in answer["rejected"]] == [2]
    assert Slot.objects.count() == 1


def test_a_refused_batch_leaves_its_sequence_free(token):
    problem(post(token, batch(covers=None)), 422)
    assert post(token, batch()).status_code == 201


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", ""])
def test_another_media_type_is_refused(token, kind):
    response = Client().post(
        URL, json.dumps(batch()).encode(), content_type=kind or "x",
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    problem(response, 415)


def test_another_character_set_is_refused(token):
    response = Client().generic(
        "POST", URL, json.dumps(batch()), content_type="application/json; charset=latin-1",
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    problem(response, 415)


@pytest.mark.parametrize("encoding", ["Identity", "", "utf-8", "none"])
def test_an_encoding_that_encodes_nothing_is_read(token, encoding):
    assert post(token, batch(), Content_Encoding=encoding).status_code == 201


@pytest.mark.parametrize("encoding", ["GZIP", "x-gzip", "gzip, utf-8"])
def test_gzip_is_read_however_it_is_written(token, encoding):
    body = gzip.compress(json.dumps(batch()).encode())
    assert post(token, body, Content_Encoding=encoding).status_code == 201


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip"])
def test_another_encoding_is_refused(token, encoding):
    response = post(token, batch(), Content_Encoding=encoding)
    problem(response, 415)
    assert response["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "body",
    [b"not gzip", gzip.compress(b"{}" * 5000)[:-20], b"\x1f\x8b"],
    ids=["another thing", "half of it", "its first bytes"],
)
def test_gzip_that_cannot_be_unpacked_is_refused(token, body):
    problem(post(token, body, Content_Encoding="gzip"), 400)


def test_a_gzip_bomb_is_refused_before_it_is_unpacked(token, monkeypatch):
    unpacked = []
    write = bodies.gzip.GzipFile.read

    def read(self, size=-1):
        piece = write(self, size)
        unpacked.append(len(piece))
        return piece

    bomb = gzip.compress(b" " * (3 * bodies.MAX_BYTES))
    assert len(bomb) < 200_000
    monkeypatch.setattr(bodies.gzip.GzipFile, "read", read)
    problem(post(token, bomb, Content_Encoding="gzip"), 413)
    assert sum(unpacked) <= bodies.MAX_BYTES + bodies.PIECE


def test_a_body_announced_as_too_large_is_not_read(token):
    response = Client().generic(
        "POST", URL, b"{}", content_type="application/json",
        headers={"Authorization": f"Bearer {token}"}, CONTENT_LENGTH=str(bodies.MAX_BYTES + 1),
    )  # fmt: skip
    problem(response, 413)


def test_a_body_that_turns_out_too_large_is_refused(token, monkeypatch):
    monkeypatch.setattr(bodies, "MAX_BYTES", 1000)
    problem(post_in_chunks(token, b" " * 1001), 413)
