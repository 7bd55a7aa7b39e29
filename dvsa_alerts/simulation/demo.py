"""Demo data: a person of each role, saved searches, and some days of simulated openings.

What is there already is left as it is, so that it can be seeded again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import Role, SavedSearch, User
from alerts.searches.saving import save_search
from audit.trail import record
from centers.geocoding import locate
from centers.querysets import point
from dvsa_alerts.simulation.feed import Simulation, simulated_source
from slots.models import FeedBatch

SOURCE = "demo"
PEOPLE = {
    "learner@example.org": Role.USER,
    "manager@example.org": Role.CENTER_MANAGER,
    "auditor@example.org": Role.AUDITOR,
    "admin@example.org": Role.ADMIN,
}
SEARCHES = (("Near home", "IG3 9UZ", 10), ("Near college", "LS2 9JT", 25))
LEARNER = "learner@example.org"


def seed_people(*, password: str) -> list[User]:
    """Make those of PEOPLE who are missing, each with a verified email. Returns who was made."""
    known = set(User.objects.filter(email__in=PEOPLE).values_list("email", flat=True))
    return [
        _make(email, role_name, password)
        for email, role_name in PEOPLE.items()
        if email not in known
    ]


@transaction.atomic
def _make(email: str, role_name: str, password: str) -> User:
    role = Role.objects.get(role_name=role_name)
    user = User.objects.create_user(email, password, role=role)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    record("user.demo_made", actor=None, subject=user)
    return user


@transaction.atomic
def seed_searches() -> list[SavedSearch]:
    """Save SEARCHES for the demo learner, unless that learner has any; answers what was saved."""
    learner = User.objects.get(email=LEARNER)
    if SavedSearch.objects.of(learner).exists():
        return []
    return [save_search(user=learner, wish=_wish(*each), centers=()) for each in SEARCHES]


def _wish(name: str, postcode: str, miles: int) -> SavedSearch:
    place = locate(postcode)
    return SavedSearch(
        name=name,
        postcode=place.postcode,
        location=point(latitude=place.latitude, longitude=place.longitude),
        notification_radius=miles,
        notification_method=SavedSearch.Method.EMAIL,
    )


@dataclass(frozen=True)
class Played:
    """One round of the past: when it was observed (aware), and what it did."""

    observed_at: datetime
    opened: int
    closed: int


def play_past(*, since: datetime, now: datetime, seed: int) -> Iterator[Played]:
    """Let the demo source open and close slots at a real feed's rhythm, from `since` until `now`.

    Both are aware. Nothing is played when the source has said anything before. Raises
    NotSimulatedError when its name is a real source's.
    """
    source = simulated_source(SOURCE)
    if FeedBatch.objects.filter(source=source).exists():
        return
    simulation = Simulation(source, seed)
    at = since
    while at < now:
        outcome, minutes = simulation.play_round(at)
        yield Played(at, outcome.opened, outcome.closed)
        at += timedelta(minutes=minutes)
