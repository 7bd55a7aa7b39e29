"""Who may do what, and how that shows: the words in which the table is written."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Person(StrEnum):
    """Everybody who may come to the door."""

    NOBODY = "nobody"
    OWNER = "learner A"
    STRANGER = "learner B"
    MANAGER = "manager"
    AUDITOR = "auditor"
    TOKEN = "a source's token"
    ADMIN = "admin"


class Outcome(StrEnum):
    """What the door says; what lies behind it is other tests' business."""

    IN = "let in"
    DOOR = "sent to sign in"
    FORBIDDEN = "403"
    MISSING = "404"
    UNAUTHORIZED = "401"
    NO_METHOD = "405"


Rule = dict[Person, Outcome]


def rule(others: Outcome, **exceptions: Outcome) -> Rule:
    """The same for all but those who are named, in lower case."""
    named = {Person[name.upper()]: outcome for name, outcome in exceptions.items()}
    return dict.fromkeys(Person, others) | named


def staff(*people: Person) -> Rule:
    """A page of admin that opens to these; learners and strangers don't get past its door."""
    outside = dict.fromkeys(
        (Person.NOBODY, Person.OWNER, Person.STRANGER, Person.TOKEN), Outcome.DOOR
    )
    return rule(Outcome.FORBIDDEN) | outside | dict.fromkeys(people, Outcome.IN)


def let_in(*people: Person) -> Rule:
    """A part of a rule."""
    return dict.fromkeys(people, Outcome.IN)


def refused(*people: Person) -> Rule:
    """A part of a rule."""
    return dict.fromkeys(people, Outcome.NO_METHOD)


def missing(*people: Person) -> Rule:
    """A part of a rule."""
    return dict.fromkeys(people, Outcome.MISSING)


ANYBODY = rule(Outcome.IN)
SIGNED_IN = rule(Outcome.IN, nobody=Outcome.DOOR, token=Outcome.DOOR)
OWNER = rule(Outcome.MISSING, owner=Outcome.IN, nobody=Outcome.DOOR, token=Outcome.DOOR)
HOLDER = rule(Outcome.UNAUTHORIZED, token=Outcome.IN)
NO_METHOD = rule(Outcome.NO_METHOD)
NOT_FOUND = rule(Outcome.MISSING)

MANAGERS = (Person.MANAGER, Person.ADMIN)
READERS = (Person.AUDITOR, Person.ADMIN)
ALL_STAFF = (Person.MANAGER, Person.AUDITOR, Person.ADMIN)
ADMINS = (Person.ADMIN,)
NO_STAFF: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Route:
    """Who may read (GET, HEAD) and who may write (POST).

    `args` names what of `world.World` stands in the address, `query` what follows it. `form` is a
    body that is accepted from learner A, if there is one. `csrf` is False where another proof
    stands for the cookie.
    """

    get: Rule = field(default_factory=lambda: ANYBODY)
    post: Rule = field(default_factory=lambda: NO_METHOD)
    args: tuple[str, ...] = ()
    query: str = ""
    form: Callable[[Any], dict[str, Any]] | None = None
    csrf: bool = True


@dataclass(frozen=True)
class Pages:
    """The pages that admin makes for one model, and the actions of its list."""

    view: tuple[Person, ...]
    add: tuple[Person, ...] = NO_STAFF
    change: tuple[Person, ...] = NO_STAFF
    delete: tuple[Person, ...] = NO_STAFF
    actions: dict[str, tuple[Person, ...]] = field(default_factory=dict)
