"""Every action of every list in admin, tried by everybody, against the table."""

import pytest
from django.apps import apps
from django.urls import reverse

from tests.access import doors
from tests.access.rules import Outcome, Person
from tests.access.table import MODELS
from tests.access.world import World

pytestmark = pytest.mark.django_db
ACTIONS = [
    (label, action, allowed)
    for label, pages in MODELS.items()
    for action, allowed in pages.actions.items()
]
# Django's word to someone who names an action that is not offered to them.
NOT_OFFERED = "No action selected"


def took(world: World, person: Person, label: str, action: str) -> bool:
    """Whether the list took the action from this person."""
    page = reverse(f"admin:{label.replace('.', '_')}_changelist")
    row = world.row(apps.get_model(label))
    with doors.nothing_stays():
        client = world.client(person)
        response = client.post(page, {"action": action, "_selected_action": [row.pk]})
        if doors.outcome(response) != Outcome.IN:
            return False
        if response.status_code != 302:
            return "cl" not in (response.context or {})  # the list itself, as if it were read
        return NOT_OFFERED not in client.get(page).content.decode()


@pytest.mark.parametrize(("label", "action", "allowed"), ACTIONS)
def test_an_action_is_open_to_those_in_the_table(label, action, allowed, world):
    assert {person for person in Person if took(world, person, label, action)} == set(allowed)
