"""What staff do with slots, sources and batches in admin."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from audit.models import AuditLog
from centers.models import Center, CenterAlias
from slots.batches import Covers, make_batch
from slots.ingest import ingest
from slots.models import FeedBatch, Slot, SlotOpening, Source
from slots.tokens import find_token, make_token
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db
ADD_SLOT = "/admin/slots/slot/add/"


@pytest.fixture
def center():
    return Center.objects.create(
        name="Goodmayes", code="482", postcode="IG3 9UZ", latitude=51.56, longitude=0.11
    )


@pytest.fixture
def manager():
    return signed_in(make_staff("center_manager"))


def wanted(center, **fields):
    day = (datetime.now(UTC) + timedelta(days=20)).date()
    return {"center": center.pk, "test_type": "practical", "date": day, "time": "08:10"} | fields


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


def test_a_slot_that_has_passed_is_not_opened_and_nothing_typed_is_lost(manager, center):
    response = manager.post(ADD_SLOT, wanted(center, date="2020-01-06"), follow=True)
    page = response.content.decode()
    assert "Not opened" in page
    assert 'value="2020-01-06"' in page
    assert not Slot.objects.exists()


def test_a_slot_that_was_closed_opens_again(manager, center):
    manager.post(ADD_SLOT, wanted(center))
    chosen = {"action": "close", "_selected_action": [Slot.objects.get().pk]}
    manager.post("/admin/slots/slot/", chosen)
    assert not Slot.objects.get().available
    manager.post(ADD_SLOT, wanted(center))
    assert Slot.objects.get().available


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


def test_an_auditor_sees_a_held_batch_without_buttons_and_cannot_decide(center):
    batch, auditor = held_batch(center), signed_in(make_staff("auditor"))
    page = reverse("admin:slots_feedbatch_change", args=[batch.pk])
    assert 'name="release"' not in auditor.get(page).content.decode()
    assert auditor.post(page, {"release": "1"}).status_code == 403
    batch.refresh_from_db()
    assert batch.status == "held"


def test_a_rejected_rows_name_becomes_an_alias_in_one_click(manager, center):
    source = Source.objects.create(name="feed")
    row = wanted(center) | {"center": "Goodmays (Essex)"}
    row["date"] = str(row["date"])
    batch = make_batch(observed_at=datetime.now(UTC), slots=[row])
    outcome = ingest(source=source, batch=batch)
    page = manager.get(reverse("admin:slots_feedbatch_change", args=[outcome.batch]))
    link = "/admin/centers/centeralias/add/?alias=Goodmays+%28Essex%29"
    assert link in page.content.decode()
    manager.post(link, {"alias": "Goodmays (Essex)", "center": center.pk})
    assert CenterAlias.objects.get().folded == "goodmays essex"
    assert ingest(source=source, batch=batch).opened == 1


def test_a_token_that_an_admin_revokes_stops_working(center):
    admin = make_staff()
    token, plain = make_token(source=Source.objects.create(name="feed"), label=None, actor=admin)
    chosen = {"action": "revoke", "_selected_action": [token.pk]}
    page = signed_in(admin).get("/admin/slots/sourcetoken/").content.decode()
    assert token.digest not in page
    signed_in(admin).post("/admin/slots/sourcetoken/", chosen)
    assert find_token(plain) is None


@pytest.mark.parametrize("field", ["is_active", "url"])
def test_a_manager_changes_no_source(manager, field):
    source = Source.objects.create(name="feed")
    page = reverse("admin:slots_source_change", args=[source.pk])
    response = manager.post(page, {"name": "mine", field: "https://example.org"})
    assert response.status_code in {302, 403}
    source.refresh_from_db()
    assert (source.name, source.url, source.is_active) == ("feed", None, True)


def test_a_source_silent_for_too_long_is_called_stale(manager):
    long_ago = datetime.now(UTC) - timedelta(hours=2)
    Source.objects.create(name="feed", heard_at=long_ago)
    assert "(stale)" in manager.get("/admin/slots/source/").content.decode()
