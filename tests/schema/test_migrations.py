"""Every migration runs up, down and up again on a real PostGIS."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from tests import databases

OWN_APPS = ("dvsa_alerts", "audit", "alerts", "slots", "accounts", "centers")
# Whatever the extensions brought stays; whatever the apps brought has to be gone.
LEFT_BEHIND = """
SELECT relname FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = 'public' AND relkind IN ('r', 'v', 'S')
    AND NOT EXISTS (
        SELECT FROM pg_depend WHERE pg_depend.objid = pg_class.oid AND deptype = 'e'
    )
    AND relname NOT LIKE 'django_%%' AND relname NOT LIKE 'auth_%%'
"""


@pytest.fixture
def blank(django_db_setup: None) -> Iterator[str]:
    """A database in which nothing has been migrated."""
    name = f"{connection.settings_dict['NAME']}_blank"
    databases.recreate(name)
    yield name
    databases.drop(name)


@pytest.fixture
def migrate(blank: str, django_db_blocker) -> Iterator[Callable[..., None]]:
    """Migrates it in this process, as the owner: a process for each app takes a second each."""

    def run(*words: str) -> None:
        with databases.used_here(blank, role=settings.OWNER_ROLE):
            call_command("migrate", *words, verbosity=0)

    with django_db_blocker.unblock():
        yield run
    ContentType.objects.clear_cache()  # they have other ids elsewhere


@pytest.mark.slow
def test_all_migrations_go_up_down_and_up(blank, migrate):
    migrate()
    before = schema(blank)
    for app in ("usersessions", "mfa", "account", "admin", "sessions", *OWN_APPS):
        migrate(app, "zero")
    assert left_behind(blank) == []
    migrate()
    assert schema(blank) == before


BEFORE_PLAIN = ["jo@münchen.de", "jo\u200b@example.org", "ada@example.org", "ada@exämple.org"]


def test_addresses_of_before_get_their_ascii_form_or_go_out_of_use(blank, migrate):
    migrate("accounts", "0011")
    with databases.owner_connection(blank) as connected:
        for number, email in enumerate(BEFORE_PLAIN, 1):
            connected.execute("INSERT INTO users (email, password_hash) VALUES (%s, '')", [email])
            connected.execute(
                """INSERT INTO account_emailaddress (user_id, email, verified, "primary")
                VALUES (%s, %s, true, true)""", [number, email]
            )  # fmt: skip
    migrate("accounts", "0014")
    with databases.owner_connection(blank) as connected:
        found = connected.execute(
            """SELECT users.email, address.email, verified FROM users
            JOIN account_emailaddress AS address USING (user_id) ORDER BY user_id"""
        ).fetchall()
    unusable = "out-of-use-2@address.invalid"
    assert found == [
        ("jo@xn--mnchen-3ya.de", "jo@xn--mnchen-3ya.de", True),
        (unusable, unusable, False),
        ("ada@example.org", "ada@example.org", True),
        ("ada@xn--exmple-cua.org", "ada@xn--exmple-cua.org", True),
    ]


SEARCHES_BEFORE = [
    # Learner, test types, days from today, since how many days nobody changed it.
    (1, None, 40, 2),
    (1, None, 60, 1),
    (1, '["theory"]', 20, 3),
    (2, '["practical"]', -1, 1),
    (3, '["practical", "theory"]', None, 1),
]


def test_the_test_that_a_search_was_told_of_becomes_a_booking(blank, migrate):
    migrate("accounts", "0017")
    with databases.owner_connection(blank) as connected:
        for number in (1, 2, 3):
            connected.execute(
                "INSERT INTO users (email, password_hash) VALUES (%s, '')",
                [f"{number}@example.org"],
            )
        for user, kinds, days, age in SEARCHES_BEFORE:
            connected.execute(
                """INSERT INTO userpreferences (user_id, notification_method,
                    preferred_test_types, current_test_date, updated_at)
                VALUES (%s, 'email', %s, (now() AT TIME ZONE 'Europe/London')::date + %s::integer,
                    now() - make_interval(days => %s))""", [user, kinds, days, age]
            )  # fmt: skip
    migrate("accounts", "0019")
    with databases.owner_connection(blank) as connected:
        found = connected.execute(
            """SELECT user_id, test_type, date - (now() AT TIME ZONE 'Europe/London')::date,
                changes_used FROM accounts_booking ORDER BY user_id, test_type"""
        ).fetchall()
        kept = connected.execute("SELECT count(current_test_date) FROM userpreferences").fetchone()
    assert found == [(1, "practical", 60, None), (1, "theory", 20, None)]
    assert kept == (4,)


def left_behind(name: str) -> list[str]:
    """Our tables, views and sequences that are still there."""
    with databases.owner_connection(name) as connected:
        return [row[0] for row in connected.execute(LEFT_BEHIND)]


def schema(name: str) -> list[str]:
    """Each column, constraint, index, trigger and function of the public schema."""
    with databases.owner_connection(name) as connected:
        return sorted(str(row) for query in CATALOGUE for row in connected.execute(query))


CATALOGUE = [
    """
    SELECT table_name, column_name, data_type, is_nullable, column_default
    FROM information_schema.columns WHERE table_schema = 'public'
    """,
    """
    SELECT conrelid::regclass, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT proname, md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
]
