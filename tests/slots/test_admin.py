"""What staff do with slots, sources and batches in admin."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from audit.models import AuditLog
from centers.models import Center, CenterAlias
from slots.admin import slots as slot_admin
from slots.ingestion.batches import Covers, make_batch
from slots.ingestion.foreseeing import Foreseen
from slots.ingestion.ingest import ingest
from slots.models import FeedBatch, Slot, SlotOpening, Source, SourceToken
from slots.tokens import find_token, make_token
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db
ADD_SLOT = "/admin/slots/slot/add/"
TOKENS = "/admin/slots/sourcetoken/"


@pytest.fixture
def center():
    return Center.objects.create(
        name="Goodmayes", code="482", postcode="IG3 9UZ", latitude=51.56, longitude=0.11
    )


@pytest.fixture
def manager():
    return signed_in(make_staff("center_manager"))


def in_days(days):
    return (datetime.now(UTC) + timedelta(days=days)).date()


def wanted(center, **fields):
    typed = {"center": center.pk, "test_type": "practical", "first_day": in_days(20)}
    return typed | {"times": "08:10"} | fields


def held_batch(center):
    """A source said 30 slots were open, and then that none is."""
    source = Source.objects.create(name="feed")
    day = (datetime.now(UTC) + timedelta(days=20)).date()
    slots = [
        {"center": "482", "test_type": "practical", "date": str(day), "time": f"08:{minute:02}"}
        for minute in range(30)
    ]
    covers = Covers(centers=("482",), test_types=("practical",))
    now = datetime.now(UTC)
    for minutes_ago, listed in ((2, slots), (1, [])):
        observed_at = now - timedelta(minutes=minutes_ago)
        outcome = ingest(
            source=source,
            batch=make_batch(observed_at=observed_at, complete=True, covers=covers, slots=listed),
        )
    return FeedBatch.objects.get(pk=outcome.batch, status="held")


def test_a_manager_opens_a_slot_that_alerts_like_any_other(manager, center):
    manager.post(ADD_SLOT, wanted(center))
    opening = SlotOpening.objects.get(slot__center=center)
    assert (opening.source.name, opening.quiet, opening.closed_at) == ("staff", None, None)
    assert AuditLog.objects.filter(action="slot.opened").exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"first_day": "2020-01-06"}, "This day has passed."),
        ({"times": "08:10 half past nine"}, "“half” is not a time such as 08:10."),
        ({"times": "25:00"}, "“25:00” is not a time such as 08:10."),
        ({"times": ""}, "This field is required."),
        ({"last_day": in_days(19)}, "The last day is before the first."),
        ({"last_day": in_days(600)}, "These are more than 500 slots at once."),
    ],
)
def test_what_cannot_be_opened_is_said_and_nothing_typed_is_lost(manager, center, fields, said):
    typed = wanted(center, **fields)
    page = manager.post(ADD_SLOT, typed).content.decode()
    assert said in page
    assert f'value="{typed["first_day"]}"' in page
    assert not Slot.objects.exists()


def test_each_of_the_times_on_each_of_the_days_is_opened_by_one_batch(manager, center):
    manager.post(ADD_SLOT, wanted(center, last_day=in_days(22), times="08:10, 9:07;14:27"))
    assert SlotOpening.objects.filter(quiet=None, closed_at=None).count() == 9
    assert FeedBatch.objects.count() == 1
    assert AuditLog.objects.filter(action="slot.opened").count() == 9


def test_of_today_only_what_is_still_to_come_is_opened_and_the_rest_named(manager, center):
    page = manager.post(
        ADD_SLOT, wanted(center, first_day=in_days(0), last_day=in_days(1), times="00:00"),
        follow=True,
    ).content.decode()  # fmt: skip
    assert "Open now: 1." in page
    assert "Not opened: Goodmayes" in page
    assert Slot.objects.count() == 1


def test_a_slot_that_was_closed_opens_again(manager, center):
    manager.post(ADD_SLOT, wanted(center))
    chosen = {"_selected_action": [Slot.objects.get().pk]}
    manager.post("/admin/slots/slot/", chosen | {"action": "close"})
    assert not Slot.objects.get().available
    manager.post("/admin/slots/slot/", chosen | {"action": "open"})
    assert Slot.objects.get().available


def test_many_slots_close_at_once(manager, center):
    manager.post(ADD_SLOT, wanted(center, last_day=in_days(29)))
    chosen = {"action": "close", "_selected_action": [slot.pk for slot in Slot.objects.all()]}
    page = manager.post("/admin/slots/slot/", chosen, follow=True).content.decode()
    assert "Closed: 10 of 10." in page
    assert SlotOpening.objects.filter(close_reason="staff").count() == 10
    assert AuditLog.objects.filter(action="slot.closed").count() == 10


def test_more_than_a_person_can_have_looked_at_is_not_closed(manager, center, monkeypatch):
    monkeypatch.setattr(slot_admin, "MOST_CHOSEN", 2)
    manager.post(ADD_SLOT, wanted(center, last_day=in_days(22)))
    chosen = {"action": "close", "_selected_action": [slot.pk for slot in Slot.objects.all()]}
    page = manager.post("/admin/slots/slot/", chosen, follow=True).content.decode()
    assert "Nothing was changed" in page
    assert Slot.objects.filter(available=True).count() == 3


@pytest.mark.parametrize(("text", "found"), [("goodm", 1), ("482", 1), ("Barking", 0)])
def test_slots_are_searched_by_their_centre(manager, center, text, found):
    manager.post(ADD_SLOT, wanted(center))
    for name in ("slot", "slotopening"):
        page = manager.get(f"/admin/slots/{name}/", {"q": text})
        assert page.context["cl"].result_count == found


def test_a_filter_finds_what_was_there_before_the_ids_jumped(manager, center, continue_at):
    """As after a restore, which lets no number of the lost time be given to anything else."""
    for day, number in enumerate((1, 1_000_000, 2_000_000), start=20):
        continue_at(Slot, number)
        manager.post(ADD_SLOT, wanted(center, first_day=in_days(day)))
    page = manager.get("/admin/slots/slot/", {"available__exact": 1})
    assert page.context["cl"].result_count == 3


@pytest.mark.parametrize(
    ("quiet", "said"),
    [(None, "2 Feb 2027, 09:12"), ("restored", "2 Feb 2027, 09:12"),
     ("baseline", "open when first seen at 2 Feb 2027, 09:12"),
     ("returned", "open when first seen at 2 Feb 2027, 09:12")],
)  # fmt: skip
def test_the_list_of_openings_says_which_were_seen_to_open(manager, center, quiet, said):
    manager.post(ADD_SLOT, wanted(center))
    SlotOpening.objects.update(opened_at=datetime(2027, 2, 2, 9, 12, tzinfo=UTC), quiet=quiet)
    page = manager.get("/admin/slots/slotopening/").content.decode()
    assert f'<td class="field-opened">{said}</td>' in page


def test_nobody_edits_a_slot(manager, center):
    manager.post(ADD_SLOT, wanted(center))
    slot = Slot.objects.get()
    page = reverse("admin:slots_slot_change", args=[slot.pk])
    assert 'name="_save"' not in manager.get(page).content.decode()
    manager.post(page, {"available": "", "time": "10:00", "date": in_days(30)})
    slot.refresh_from_db()
    assert (slot.available, str(slot.time)) == (True, "08:10:00")


def test_an_auditor_opens_and_closes_nothing(manager, center):
    manager.post(ADD_SLOT, wanted(center))
    auditor = signed_in(make_staff("auditor"))
    assert auditor.get(ADD_SLOT).status_code == 403
    assert auditor.post(ADD_SLOT, wanted(center, times="10:00")).status_code == 403
    chosen = {"action": "close", "_selected_action": [Slot.objects.get().pk]}
    auditor.post("/admin/slots/slot/", chosen)
    assert Slot.objects.filter(available=True).count() == 1


@pytest.mark.parametrize(
    ("button", "status", "still_open"), [("release", "applied", 0), ("drop", "dropped", 30)]
)
def test_a_manager_decides_on_a_held_batch(manager, center, button, status, still_open):
    batch = held_batch(center)
    page = reverse("admin:slots_feedbatch_change", args=[batch.pk])
    assert f'name="{button}"' in manager.get(page).content.decode()
    manager.post(page, {button: "1"})
    batch.refresh_from_db()
    assert batch.status == status
    assert Slot.objects.filter(available=True).count() == still_open


def test_a_held_batch_says_what_releasing_it_would_do(manager, center):
    batch = held_batch(center)
    page = manager.get(reverse("admin:slots_feedbatch_change", args=[batch.pk]))
    assert page.context["foreseen"] == [Foreseen("Goodmayes", closes=30, opens=0, stays=0)]
    assert Slot.objects.filter(available=True).count() == 30


def test_an_auditor_sees_a_held_batch_without_buttons_and_cannot_decide(center):
    batch, auditor = held_batch(center), signed_in(make_staff("auditor"))
    page = reverse("admin:slots_feedbatch_change", args=[batch.pk])
    assert 'name="release"' not in auditor.get(page).content.decode()
    assert auditor.post(page, {"release": "1"}).status_code == 403
    batch.refresh_from_db()
    assert batch.status == "held"


def naming(center):
    """A batch with one slot at a centre of this name."""
    row = {"center": center, "test_type": "practical", "date": str(in_days(20)), "time": "08:10"}
    return make_batch(observed_at=datetime.now(UTC), slots=[row])


def test_a_rejected_rows_name_becomes_an_alias_in_one_click(manager, center):
    source = Source.objects.create(name="feed")
    batch = naming("Good-mays")
    outcome = ingest(source=source, batch=batch)
    page = reverse("admin:slots_feedbatch_change", args=[outcome.batch])
    button = f'name="alias" value="{center.pk} Good-mays"'
    assert button in manager.get(page).content.decode()
    manager.post(page, {"alias": f"{center.pk} Good-mays"})
    assert CenterAlias.objects.get().folded == "good mays"
    assert AuditLog.objects.filter(action="centeralias.added").exists()
    assert ingest(source=source, batch=batch).opened == 1
    assert button not in manager.get(page).content.decode()


def test_a_name_like_no_centres_becomes_an_alias_by_a_form_that_knows_it(manager, center):
    source = Source.objects.create(name="feed")
    outcome = ingest(source=source, batch=naming("The Essex one"))
    page = manager.get(reverse("admin:slots_feedbatch_change", args=[outcome.batch]))
    link = "/admin/centers/centeralias/add/?alias=The%20Essex%20one"
    assert link in page.content.decode()
    manager.post(link, {"alias": "The Essex one", "center": center.pk})
    assert CenterAlias.objects.get().folded == "the essex one"


def test_an_auditor_makes_no_alias_of_a_rejected_row(center):
    source, auditor = Source.objects.create(name="feed"), signed_in(make_staff("auditor"))
    outcome = ingest(source=source, batch=naming("Good-mays"))
    page = reverse("admin:slots_feedbatch_change", args=[outcome.batch])
    assert 'name="alias"' not in auditor.get(page).content.decode()
    assert auditor.post(page, {"alias": f"{center.pk} Good-mays"}).status_code == 403
    assert not CenterAlias.objects.exists()


def test_a_token_that_an_admin_revokes_stops_working(center):
    admin = make_staff()
    token, plain = make_token(source=Source.objects.create(name="feed"), label=None, actor=admin)
    chosen = {"action": "revoke", "_selected_action": [token.pk]}
    page = signed_in(admin).get("/admin/slots/sourcetoken/").content.decode()
    assert token.digest not in page
    signed_in(admin).post("/admin/slots/sourcetoken/", chosen)
    assert find_token(plain) is None


def token_in(page):
    return re.search(r"src_[\w-]{40,}", page.content.decode())


def test_an_admin_makes_a_token_that_is_shown_once(center):
    source, admin = Source.objects.create(name="feed"), signed_in(make_staff())
    assert f'value="{source.pk}" selected' in admin.get(f"{TOKENS}add/?source={source.pk}").text
    made = admin.post(f"{TOKENS}add/", {"source": source.pk, "label": "their server"})
    plain = token_in(made)[0]
    assert find_token(plain).source == source
    assert "no-store" in made["Cache-Control"]
    pages = [TOKENS, f"{TOKENS}{SourceToken.objects.get().pk}/change/"]
    assert not any(plain in admin.get(page).text for page in pages)
    assert AuditLog.objects.filter(action="token.made").exists()
    assert plain not in AuditLog.objects.get(action="token.made").details


def test_a_token_is_made_only_after_the_password_was_asked_for_again(center):
    source = Source.objects.create(name="feed")
    admin = signed_in(make_staff(), seconds_ago=600)
    response = admin.post(f"{TOKENS}add/", {"source": source.pk})
    assert "reauthenticate" in response["Location"]
    assert not SourceToken.objects.exists()


@pytest.mark.parametrize("role", ["center_manager", "auditor"])
def test_nobody_but_an_admin_makes_a_token(role):
    source = Source.objects.create(name="feed")
    client = signed_in(make_staff(role))
    assert client.post(f"{TOKENS}add/", {"source": source.pk}).status_code == 403
    assert not SourceToken.objects.exists()


def test_staff_need_no_token():
    source = Source.objects.create(name=Source.STAFF)
    signed_in(make_staff()).post(f"{TOKENS}add/", {"source": source.pk})
    assert not SourceToken.objects.exists()


def test_the_list_of_sources_takes_few_queries_however_many_there_are(
    manager, center, django_assert_max_num_queries
):
    batch = held_batch(center)
    Source.objects.bulk_create(Source(name=f"source {number}") for number in range(30))
    with django_assert_max_num_queries(15):
        page = manager.get("/admin/slots/source/")
    assert page.context["cl"].result_count == 31
    assert "held: 0 opened, 0 closed" in page.text
    assert '<td class="field-held">1</td>' in page.text
    assert batch.source.name in page.text


def test_a_sources_page_shows_its_newest_batches_and_what_is_held(manager, center):
    batch = held_batch(center)
    page = manager.get(reverse("admin:slots_source_change", args=[batch.source.pk]))
    assert [each.status for each in page.context["batches"]] == ["held", "baseline"]
    assert "is held: it would close 30 of the 30 open slots" in page.text
    assert page.context["tokens"] is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"url": "http://feed.example.org/"}, "starts with https://"),
        ({"url": "https://me:secret@feed.example.org/"}, "holds no password"),
        ({"poll_interval_seconds": 1}, "At least 10 seconds."),
        ({"name": "a/b"}, "up to 100 letters"),
    ],
)
def test_a_source_that_cannot_be_is_not_added(fields, said):
    typed = {"name": "feed", "stale_after_minutes": 60, "poll_interval_seconds": 300} | fields
    page = signed_in(make_staff()).post("/admin/slots/source/add/", typed)
    assert said in page.text
    assert not Source.objects.exists()


def test_a_source_is_added_as_the_command_adds_it():
    admin = signed_in(make_staff())
    page = admin.get("/admin/slots/source/add/").text
    assert 'name="stale_after_minutes" value="60"' in page
    typed = {"name": "northern", "stale_after_minutes": 90, "poll_interval_seconds": 600}
    admin.post("/admin/slots/source/add/", typed | {"url": "https://feed.example.org/"})
    call_command("add_source", "southern", "--url", "https://feed.example.org/", "--every", "600")
    northern, southern = Source.objects.order_by("name")
    facts = ("is_active", "url", "poll_interval_seconds", "is_simulated")
    assert [getattr(northern, name) for name in facts] == [
        getattr(southern, name) for name in facts
    ]
    assert (northern.is_active, northern.stale_after_minutes) == (True, 90)
    entries = AuditLog.objects.filter(action="source.added")
    assert [entry.subject_id for entry in entries.order_by("id")] == [
        str(northern.pk), str(southern.pk),
    ]  # fmt: skip


def test_a_new_source_is_not_called_stale(manager):
    Source.objects.create(name="feed")
    assert "not heard from yet" in manager.get("/admin/slots/source/").text


def test_a_source_at_a_new_address_is_asked_again():
    source = Source.objects.create(
        name="feed", url="https://old.example.org/", etag='"1"', failures=7
    )
    typed = {"name": "feed", "stale_after_minutes": 60, "poll_interval_seconds": 300}
    page = reverse("admin:slots_source_change", args=[source.pk])
    signed_in(make_staff()).post(page, typed | {"url": "https://new.example.org/"})
    source.refresh_from_db()
    assert (source.url, source.etag, source.failures) == ("https://new.example.org/", None, 0)


@pytest.mark.parametrize("field", ["is_active", "url"])
def test_a_manager_changes_no_source(manager, field):
    source = Source.objects.create(name="feed")
    page = reverse("admin:slots_source_change", args=[source.pk])
    response = manager.post(page, {"name": "mine", field: "https://example.org"})
    assert response.status_code in {302, 403}
    source.refresh_from_db()
    assert (source.name, source.url, source.is_active) == ("feed", None, True)


def test_every_page_says_when_slots_are_simulated(manager):
    pages = ("/admin/", "/admin/slots/slot/", ADD_SLOT, "/admin/centers/center/import/")
    assert not any("Simulated data" in manager.get(page).text for page in pages)
    Source.objects.create(name="simulated", is_simulated=True, heard_at=datetime.now(UTC))
    assert all("Simulated data" in manager.get(page).text for page in pages)


def test_a_source_silent_for_too_long_is_called_stale(manager):
    long_ago = datetime.now(UTC) - timedelta(hours=2)
    Source.objects.create(name="feed", heard_at=long_ago)
    assert ">stale<" in manager.get("/admin/slots/source/").content.decode()
