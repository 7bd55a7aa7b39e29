"""A list of admin is asked by its own filters alone: no look-up reads what its page hides."""

import re
from html import unescape

import pytest
from django.contrib import admin
from django.urls import reverse

from audit.models import SystemConfig
from slots.models import Source
from tests.people import learner
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db
# The settings' page shows all that there are, and looks nothing up.
SITE = sorted(
    (pair for pair in admin.site._registry.items() if pair[0] is not SystemConfig),
    key=lambda pair: pair[0]._meta.label,
)
IDS = [model._meta.label for model, _ in SITE]


def list_of(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def lookups_of(model) -> list[str]:
    """One for each column, and one through each relation, that no filter has."""
    fields = model._meta.concrete_fields
    through = [
        f"{field.name}__{other.name}__startswith"
        for field in fields if field.is_relation
        for other in field.related_model._meta.concrete_fields
    ]  # fmt: skip
    return [f"{field.name}__startswith" for field in fields] + through


@pytest.mark.parametrize(("model", "model_admin"), SITE, ids=IDS)
def test_a_lookup_that_no_filter_names_is_refused(model, model_admin):
    page = signed_in(make_staff())
    answers = {
        lookup: page.get(list_of(model), {lookup: "a"}).status_code for lookup in lookups_of(model)
    }
    assert answers == dict.fromkeys(answers, 400)


@pytest.mark.parametrize(("model", "model_admin"), SITE, ids=IDS)
def test_each_link_of_a_filter_is_answered(model, model_admin):
    page = signed_in(make_staff())
    body = page.get(list_of(model)).content.decode()
    links = {unescape(link) for link in re.findall(r'href="(\?[^"]+)"', body)}
    answers = {link: page.get(list_of(model) + link).status_code for link in links}
    assert answers == dict.fromkeys(answers, 200)


def test_each_list_that_a_persons_page_leads_to_is_answered():
    page, ada = signed_in(make_staff()), learner()
    body = page.get(f"/admin/accounts/user/{ada.pk}/change/").content.decode()
    links = re.findall(rf'href="(/admin/[^"]+={ada.pk})"', body)
    assert links
    assert {page.get(link).status_code for link in links} == {200}


def test_the_list_of_slots_is_narrowed_to_a_center():
    assert signed_in(make_staff()).get("/admin/slots/slot/?center=1").status_code == 200


def test_an_auditor_reads_no_password_by_its_beginning():
    page = signed_in(make_staff("auditor"))
    query = {"email__exact": "auditor@example.org", "password__startswith": "md5$"}
    assert page.get("/admin/accounts/user/", query).status_code == 400


@pytest.mark.parametrize("role", ["center_manager", "auditor"])
def test_the_key_in_a_feeds_address_is_shown_to_nobody_who_may_not_change_it(role):
    source = Source.objects.create(name="feed", url="https://feeds.example.org/slots?key=s3cret")
    page = signed_in(make_staff(role))
    body = page.get(f"/admin/slots/source/{source.pk}/change/").content.decode()
    assert "s3cret" not in body
    assert "feeds.example.org" in body
    assert not page.get("/admin/slots/source/", {"q": "s3cret"}).context["cl"].result_list


def test_the_whole_address_of_a_feed_is_shown_to_who_may_change_it():
    source = Source.objects.create(name="feed", url="https://feeds.example.org/slots?key=s3cret")
    page = signed_in(make_staff())
    assert "s3cret" in page.get(f"/admin/slots/source/{source.pk}/change/").content.decode()
