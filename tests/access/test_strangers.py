"""Nobody reaches what is another learner's, nobody becomes more than they are, by any request."""

import json

import pytest
from django.utils import timezone

from accounts.models import SavedSearch, User
from alerts.export import export
from tests.access import doors
from tests.access.rules import Outcome, Person
from tests.access.table import ROUTES
from tests.access.world import MARK, World

pytestmark = pytest.mark.django_db
# What somebody would add to a form, or to a JSON object, to become more than they are.
CLAIMS = {
    "is_staff": "true", "is_superuser": "true", "is_active": "true", "role": "4", "role_id": "4",
    "role_name": "admin", "permissions": "1", "user_permissions": "1", "groups": "1",
    "user": "1", "user_id": "1", "owner": "1", "id": "1", "pk": "1", "preference_id": "1",
    "password_hash": "x", "verified": "true", "primary": "true",
}  # fmt: skip


def routes_of(*words: str):
    """The routes of the site (not of admin) whose addresses name one of these."""
    return {
        name: route
        for name, route in ROUTES.items()
        if not name.startswith("admin") and set(words) & set(route.args)
    }


OWN = routes_of("search", "alert", "device")


def stored(world: World) -> str:
    """All that there is of learner A's."""
    return json.dumps(export(world.owner), default=str, sort_keys=True)


@pytest.mark.parametrize("person", [Person.STRANGER, Person.NOBODY, Person.ADMIN], ids=str)
def test_what_is_learner_as_stays_as_it_is_no_matter_who_sends_a_form_that_would_change_it(
    person, world
):
    before = stored(world)
    for name, route in OWN.items():
        form = route.form(world) if route.form else {}
        client = world.client(person)
        for method in ("post", "put", "patch", "delete"):
            getattr(client, method)(doors.address_of(world, name, route), form)
        assert stored(world) == before, name


def test_learner_a_may_do_all_of_that(world):
    """Else the tests above would pass with doors that open to nobody."""
    form = ROUTES["search_edit"].form(world) | {"name": "Another name"}
    address = doors.address_of(world, "search_edit", ROUTES["search_edit"])
    before = stored(world)
    world.client(Person.OWNER).post(address, form)
    assert stored(world) != before


def test_nothing_of_learner_as_is_shown_to_learner_b(world):
    for name, route in ROUTES.items():
        holds_a_link = any(each.endswith(("_link", "_key")) for each in route.args)
        if name.startswith("admin") or holds_a_link:
            continue
        _, response = doors.knock(
            world, Person.STRANGER, "GET", doors.address_of(world, name, route)
        )
        body = b"" if response.streaming else response.content
        assert MARK.encode() not in body, name


def test_what_is_learner_as_is_shown_to_learner_a(world):
    response = world.client(Person.OWNER).get("/searches/")
    assert MARK.encode() in response.content


FORMS = {name: route for name, route in ROUTES.items() if route.form}


@pytest.mark.parametrize("name", FORMS)
def test_no_form_gives_anybody_a_role(name, world):
    route = FORMS[name]
    before = rights()
    for person in (Person.NOBODY, Person.OWNER, Person.MANAGER):
        form = CLAIMS | route.form(world)
        world.client(person).post(doors.address_of(world, name, route), form)
    after = rights()
    assert {pk: after[pk] for pk in before} == before
    assert {after[pk] for pk in after.keys() - before.keys()} <= {(None, True)}


@pytest.mark.parametrize(
    "name", ["search_new", "search_edit", "push", "account", "bookings", "booking_edit"]
)
def test_no_form_makes_anything_another_learners(name, world):
    route = ROUTES[name]
    address = doors.address_of(world, name, route)
    claims = CLAIMS | {"user": str(world.owner.pk), "user_id": str(world.owner.pk)}
    before = stored(world)
    world.client(Person.STRANGER).post(address, claims | route.form(world))
    assert stored(world) == before


def test_no_batch_gives_anybody_a_role(world):
    before = rights()
    batch = CLAIMS | {"observed_at": timezone.now().isoformat(), "sequence": 2, "slots": []}
    address = doors.address_of(world, "api_batches", ROUTES["api_batches"])
    client = world.client(Person.TOKEN)
    client.post(address, json.dumps(batch), content_type="application/json")
    assert rights() == before


def rights() -> dict[int, tuple[int | None, bool]]:
    """Everybody's role, and whether they are active."""
    return {pk: (role, active) for pk, role, active in User.objects.values_list(
        "pk", "role", "is_active"
    )}  # fmt: skip


CHECKED = {
    name: route
    for name, route in ROUTES.items()
    if route.csrf and Outcome.IN in route.post.values()
}


def test_a_form_of_another_site_is_refused_everywhere_it_would_count(world):
    for name, route in CHECKED.items():
        person = Person.OWNER if route.post[Person.OWNER] == Outcome.IN else Person.ADMIN
        client = world.client(person, enforce_csrf_checks=True)
        with doors.nothing_stays():
            response = client.post(doors.address_of(world, name, route))
        assert response.status_code == 403, name


def test_a_search_stays_the_learners_who_saved_it(world):
    search = world.row(SavedSearch)
    address = doors.address_of(world, "search_edit", ROUTES["search_edit"])
    form = ROUTES["search_edit"].form(world) | {"user": str(world.stranger.pk)}
    world.client(Person.OWNER).post(address, form)
    search.refresh_from_db()
    assert search.user == world.owner
