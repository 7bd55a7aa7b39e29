"""Every route and method of the URL resolver, tried by everybody, against the table."""

import pytest

from tests.access import doors, routes
from tests.access.rules import ALL_STAFF, Outcome, Person, Route, staff
from tests.access.table import MODELS, ROUTES
from tests.access.world import World

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST")
# They open what GET and POST open, or nothing; HEAD is another GET. Tried by who may do least, and
# by everyone with --all.
OTHER_METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")
# The others' rights lie between theirs.
FEWEST_AND_MOST = {Person.NOBODY, Person.STRANGER, Person.ADMIN}
PEOPLE = [
    pytest.param(person, marks=[pytest.mark.variant] * (person not in FEWEST_AND_MOST))
    for person in Person
]


def test_every_route_is_in_the_table():
    known = ROUTES.keys() | pages_of_models().keys()
    unknown = [name for name in routes.names() if name not in known]
    assert not unknown, (
        f"Say in tests/access/table.py who may use {unknown}: a line of ROUTES for each, or a line"
        " of MODELS for a new model of admin."
    )


def test_every_model_of_admin_is_in_the_table():
    assert routes.registered().keys() == MODELS.keys()


def test_every_action_of_admin_is_in_the_table():
    for label, (_, pages) in routes.registered().items():
        assert routes.actions(pages) == MODELS[label].actions.keys(), label


def test_the_table_knows_no_route_that_is_gone():
    gone = set(ROUTES) - set(routes.names())
    assert not gone, f"Take {gone} out of tests/access/table.py"


@pytest.fixture
def methods(person, thorough) -> tuple[str, ...]:
    return METHODS + OTHER_METHODS if thorough or person == Person.NOBODY else METHODS


@pytest.mark.parametrize("person", PEOPLE, ids=str)
def test_the_site_opens_to(person, world, methods):
    surprises = _surprises(world, person, ROUTES, methods)
    assert not surprises, "\n".join(surprises)


@pytest.mark.parametrize("person", PEOPLE, ids=str)
def test_adminspages_of_models_open_to(person, world, methods):
    surprises = _surprises(world, person, pages_of_models(), methods)
    assert not surprises, "\n".join(surprises)


def _surprises(
    world: World, person: Person, table: dict[str, Route], methods: tuple[str, ...]
) -> list[str]:
    """What was otherwise than the table says, one line for each route and method."""
    found = []
    for name, route in table.items():
        address = doors.address_of(world, name, route)
        read = {route.get[person]}
        wanted = {"GET": read, "HEAD": read, "POST": {route.post[person]}}
        either = {Outcome.NO_METHOD, route.get[person], route.post[person]}
        for method in methods:
            got, response = doors.knock(world, person, method, address)
            if method == "OPTIONS" and got == Outcome.IN and not response.content:
                continue  # it names the methods, and shows nothing
            if got not in wanted.get(method, either):
                found.append(
                    f"{method} {name}: {got}, not {' or '.join(wanted.get(method, either))}"
                )
    return found


def pages_of_models() -> dict[str, Route]:
    """The routes that Django makes for each model of admin, as the model's line says."""
    table: dict[str, Route] = {}
    for label, pages in MODELS.items():
        name, args = f"admin:{label.replace('.', '_')}", (label,)
        leads = staff(*ALL_STAFF)  # to the page of the same row, which looks who comes
        view, change = staff(*pages.view), staff(*pages.change)
        app, model = label.split(".")
        table |= {
            f"{name}_changelist": Route(view, view),
            f"{name}_add": Route(staff(*pages.add), staff(*pages.add)),
            f"{name}_history": Route(view, view, args=args),
            f"{name}_delete": Route(staff(*pages.delete), staff(*pages.delete), args=args),
            f"{name}_change": Route(view, change, args=args),
            f"admin/{app}/{model}/<path:object_id>/": Route(leads, leads, args=args),
        }
    return table
