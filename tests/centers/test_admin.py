"""What staff do with test centres in admin."""

import pytest
from django.urls import reverse

from audit.models import AuditLog
from centers.models import Center, CenterAlias, PostcodeArea
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db
ADD = "/admin/centers/center/add/"


@pytest.fixture
def manager():
    return signed_in(make_staff("center_manager"))


@pytest.fixture
def center():
    return Center.objects.create(name="Goodmayes", postcode="IG3 9UZ", latitude=51.5, longitude=0.1)


def typed(**fields):
    return {"name": "Barking", "postcode": "IG11 8HG", "is_active": "on", "code": ""} | fields


def test_a_centre_without_coordinates_is_placed_by_its_postcode(manager):
    PostcodeArea.objects.create(kind="outcode", area="IG11", latitude=51.54, longitude=0.08)
    manager.post(ADD, typed())
    center = Center.objects.get(name="Barking")
    assert (float(center.latitude), float(center.longitude)) == (51.54, 0.08)


def test_a_postcode_that_nobody_knows_is_said_at_its_field(manager):
    page = manager.post(ADD, typed(postcode="ZZ99 9ZZ"))
    assert page.context["adminform"].form.errors.keys() == {"postcode"}
    assert not Center.objects.exists()


def test_two_centres_without_a_code_do_not_collide(manager, center):
    manager.post(ADD, typed(latitude="51.5", longitude="0.1"))
    assert list(Center.objects.values_list("code", flat=True)) == [None, None]


def test_a_moved_centre_is_recorded_with_old_and_new(manager, center):
    page = reverse("admin:centers_center_change", args=[center.pk])
    manager.post(page, typed(name="Goodmayes", latitude="51.6", longitude="0.1"))
    entry = AuditLog.objects.get(action="center.changed")
    assert '"latitude": ["51.500000", "51.6"]' in entry.details


@pytest.mark.parametrize(("action", "active"), [("close", False), ("reopen", True)])
def test_centres_close_and_reopen(manager, center, action, active):
    Center.objects.update(is_active=not active)
    manager.post("/admin/centers/center/", {"action": action, "_selected_action": [center.pk]})
    center.refresh_from_db()
    assert center.is_active is active


def test_an_alias_of_another_centre_is_refused_with_its_name(manager, center):
    CenterAlias.objects.create(center=center, alias="Good Mayes", folded="good mayes")
    page = manager.post("/admin/centers/centeralias/add/", {"alias": "good-mayes", "center": 1})
    assert "already stands for Goodmayes" in page.content.decode()
