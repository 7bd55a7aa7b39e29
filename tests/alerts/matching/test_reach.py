"""Reach is what a plain join says, whatever was written, by whom, and at the same time."""

import random
import threading
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection

from accounts.models import SavedSearch
from alerts.models import Reach
from tests import databases
from tests.alerts.world import make_center, make_search, make_user, projected

TEN_MILES = 16_093.44

PLAIN_JOIN = """
SELECT c.center_id, p.preference_id,
       ST_Distance(c.location, p.location) / 1609.344 AS miles
  FROM userpreferences p CROSS JOIN dvsa_test_centers c
 WHERE p.is_active AND c.is_active
   AND CASE WHEN p.preference_id IN (SELECT search_id FROM userpreferences_centers)
            THEN (p.preference_id, c.center_id)
                 IN (SELECT search_id, center_id FROM userpreferences_centers)
            ELSE ST_Distance(c.location, p.location) <= p.notification_radius * 1609.344 END
 ORDER BY 1, 2
"""


def expected() -> list[tuple]:
    """What a join that knows nothing of the triggers says."""
    with connection.cursor() as cursor:
        cursor.execute(PLAIN_JOIN)
        return cursor.fetchall()


def stored() -> list[tuple]:
    """Reach as it is stored."""
    return list(Reach.objects.order_by("pk").values_list("center_id", "search_id", "miles"))


def run(statement: str, *values: object) -> None:
    """One statement by hand."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def reached(search: SavedSearch) -> set[int]:
    """The ids of the centres that a search reaches."""
    return set(Reach.objects.filter(search=search).values_list("center_id", flat=True))


@pytest.mark.django_db
class TestRadius:
    @pytest.mark.parametrize("azimuth", range(0, 360, 15))
    def test_the_border_is_included(self, azimuth):
        center = make_center()
        place = projected(center, metres=TEN_MILES, azimuth=azimuth)
        assert reached(make_search(place=place, notification_radius=10)) == {center.pk}

    @pytest.mark.parametrize("azimuth", range(0, 360, 60))
    def test_a_millimetre_beyond_the_border_is_not(self, azimuth):
        place = projected(make_center(), metres=TEN_MILES + 0.001, azimuth=azimuth)
        assert reached(make_search(place=place, notification_radius=10)) == set()

    def test_a_new_center_finds_who_lives_on_its_border(self):
        away = make_center(is_active=False)
        place = projected(away, metres=TEN_MILES, azimuth=75)
        search = make_search(place=place, notification_radius=10)
        away.is_active = True
        away.save()
        assert reached(search) == {away.pk}

    def test_miles_are_statute_miles_on_the_spheroid(self):
        place = projected(make_center(), metres=TEN_MILES, azimuth=200)
        make_search(place=place)
        assert Reach.objects.get().miles == pytest.approx(10, abs=1e-9)

    def test_without_a_radius_twenty_five_miles_count(self):
        center = make_center()
        inside = projected(center, metres=25 * 1609.344 - 1, azimuth=10)
        outside = projected(center, metres=25 * 1609.344 + 1, azimuth=10)
        assert reached(make_search(place=inside)) == {center.pk}
        assert reached(make_search(place=outside)) == set()

    def test_a_search_without_place_and_centers_reaches_nothing(self):
        make_center()
        assert reached(make_search(place=None)) == set()

    def test_a_center_without_coordinates_is_reached_by_choice_alone(self):
        center = make_center(None, None)
        assert reached(make_search()) == set()
        chooser = make_search(centers=[center])
        assert stored() == [(center.pk, chooser.pk, None)]


@pytest.mark.django_db
class TestChosenCenters:
    def test_chosen_centers_count_instead_of_the_radius(self):
        near, far = make_center(), make_center(57.5, -4.2)
        search = make_search(centers=[far])
        assert reached(search) == {far.pk}
        assert near.pk not in reached(search)

    def test_the_radius_counts_again_once_no_center_is_chosen(self):
        near, far = make_center(), make_center(57.5, -4.2)
        search = make_search(centers=[far])
        search.centers.clear()
        assert reached(search) == {near.pk}

    def test_miles_to_a_chosen_center_are_unknown_without_a_place(self):
        search = make_search(place=None, centers=[make_center()])
        assert Reach.objects.get(search=search).miles is None

    def test_a_closed_chosen_center_is_not_reached_and_the_radius_does_not_return(self):
        make_center()
        assert reached(make_search(centers=[make_center(is_active=False)])) == set()

    def test_a_choice_moved_by_hand_to_another_search_changes_both(self):
        near, far = make_center(), make_center(57.5, -4.2)
        one, other = make_search(centers=[far]), make_search()
        run("UPDATE userpreferences_centers SET search_id = %s", other.pk)
        assert (reached(one), reached(other)) == ({near.pk}, {far.pk})

    def test_a_choice_counts_as_a_change_of_the_search(self):
        search = make_search()
        before = SavedSearch.objects.get(pk=search.pk).updated_at
        search.centers.add(make_center())
        assert SavedSearch.objects.get(pk=search.pk).updated_at > before


@pytest.mark.django_db
class TestFollowing:
    def test_a_search_switched_off_reaches_nothing_until_it_is_on_again(self):
        center, search = make_center(), make_search()
        SavedSearch.objects.update(is_active=False)
        assert reached(search) == set()
        SavedSearch.objects.update(is_active=True)
        assert reached(search) == {center.pk}

    def test_a_paused_search_stays_for_pauses_end_by_themselves(self):
        center, search = make_center(), make_search()
        run("UPDATE userpreferences SET paused_until = 'infinity'")
        assert reached(search) == {center.pk}

    def test_a_change_of_other_fields_leaves_the_rows_untouched(self):
        make_center()
        make_search()
        run("UPDATE alerts_reach SET miles = 7")
        run("UPDATE userpreferences SET name = 'Mine', location = location")
        run("UPDATE dvsa_test_centers SET town = 'Goodmayes', latitude = latitude")
        assert Reach.objects.get().miles == 7

    def test_deleted_searches_and_centers_leave_nothing_behind(self):
        center, search = make_center(), make_search()
        make_center(), make_search()
        search.delete()
        center.delete()
        assert stored() == expected()
        assert len(stored()) == 1

    def test_a_user_deleted_takes_their_reach_along(self):
        make_center()
        make_search().user.delete()
        assert stored() == []

    def test_a_changed_key_is_followed(self):
        make_center(), make_search()
        run("UPDATE dvsa_test_centers SET center_id = 900001")
        run("UPDATE userpreferences SET preference_id = 900002")
        assert [row[:2] for row in stored()] == [(900001, 900002)]

    def test_rows_copied_in_by_hand_are_followed(self):
        user = make_user()
        with connection.cursor() as cursor:
            with cursor.copy(
                "COPY dvsa_test_centers (name, postcode, latitude, longitude) FROM STDIN"
            ) as rows:
                rows.write("A\tIG3 9UZ\t51.56\t0.11\nB\tIG3 9UZ\t51.57\t0.12\n")
            with cursor.copy(
                "COPY userpreferences (user_id, notification_method, location) FROM STDIN"
            ) as rows:
                rows.write(f"{user.pk}\temail\tSRID=4326;POINT(0.1 51.5)\n" * 3)
        assert stored() == expected()
        assert len(stored()) == 6

    def test_an_insert_that_turns_into_an_update_is_followed(self):
        center = make_center()
        run(
            "INSERT INTO dvsa_test_centers (center_id, name, postcode) VALUES (%s, 'x', 'IG3 9UZ')"
            " ON CONFLICT (center_id) DO UPDATE SET latitude = 57, longitude = -4",
            center.pk,
        )
        search = make_search(place=(57, -4))
        assert reached(search) == {center.pk}


OPERATIONS = {
    "new search": """
        INSERT INTO userpreferences (user_id, notification_method, notification_radius, location)
        SELECT user_id, 'email', ceil(random() * 40), ST_MakePoint(random(), 51 + random())
          FROM users, generate_series(1, 3)""",
    "new center": """
        INSERT INTO dvsa_test_centers (name, postcode, latitude, longitude)
        SELECT 'x', 'IG3 9UZ', 51 + random(), random() FROM generate_series(1, 2)""",
    "moved search": """
        UPDATE userpreferences SET location = ST_MakePoint(random(), 51 + random())
         WHERE random() < 0.2""",
    "search without place": "UPDATE userpreferences SET location = NULL WHERE random() < 0.1",
    "other radius": """
        UPDATE userpreferences SET notification_radius = ceil(random() * 40)
         WHERE random() < 0.2""",
    "switched search": "UPDATE userpreferences SET is_active = NOT is_active WHERE random() < 0.1",
    "moved center": """
        UPDATE dvsa_test_centers SET latitude = 51 + random(), longitude = random()
         WHERE random() < 0.2""",
    "switched center": """
        UPDATE dvsa_test_centers SET is_active = NOT is_active WHERE random() < 0.2""",
    "center without place": """
        UPDATE dvsa_test_centers SET latitude = NULL, longitude = NULL WHERE random() < 0.1""",
    "chosen": """
        INSERT INTO userpreferences_centers (search_id, center_id)
        SELECT preference_id, center_id FROM userpreferences, dvsa_test_centers
         WHERE random() < 0.05 ON CONFLICT DO NOTHING""",
    "no longer chosen": "DELETE FROM userpreferences_centers WHERE random() < 0.5",
    "chosen by another": """
        UPDATE userpreferences_centers SET search_id = (SELECT max(preference_id)
          FROM userpreferences) WHERE id = (SELECT max(id) FROM userpreferences_centers)
           AND center_id NOT IN (SELECT center_id FROM userpreferences_centers WHERE search_id =
               (SELECT max(preference_id) FROM userpreferences))""",
    "deleted search": """
        DELETE FROM userpreferences WHERE random() < 0.1
           AND preference_id NOT IN (SELECT search_id FROM userpreferences_centers)""",
    "deleted center": """
        DELETE FROM dvsa_test_centers WHERE random() < 0.1
           AND center_id NOT IN (SELECT center_id FROM userpreferences_centers)""",
}


@pytest.mark.django_db
def test_reach_is_the_plain_join_after_each_of_many_random_writes():
    seed = random.SystemRandom().random()
    choose = random.Random(seed)
    make_user()
    run("SELECT setseed(%s)", seed)
    run(OPERATIONS["new search"])
    for _ in range(150):
        name = choose.choice(list(OPERATIONS))
        run(OPERATIONS[name])
        assert stored() == expected(), f"seed {seed}: {name}"


def rebuilt() -> tuple[int, int]:
    """What operators call after a load with triggers off: rows removed, rows written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT removed, written FROM reach_rebuild()")
        return cursor.fetchone()


@pytest.mark.django_db
class TestRebuilding:
    def test_what_was_written_with_the_triggers_off_is_put_right_and_counted(self):
        wrong, right = make_search(), make_search()
        one, other = make_center(), make_center()
        Reach.objects.filter(search=wrong, center=one).update(miles=7)
        Reach.objects.filter(search=right, center=other).delete()
        Reach.objects.create(search_id=999_999, center=one, miles=1)
        assert rebuilt() == (1, 2)
        assert stored() == expected()

    def test_what_is_right_is_left_alone(self):
        make_search(), make_center()
        assert rebuilt() == (0, 0)


def connect() -> psycopg.Connection:
    """Another connection to this test's database, as the application."""
    config = connection.settings_dict
    return psycopg.connect(
        host=config["HOST"], dbname=config["NAME"], user=config["USER"], connect_timeout=10
    )


@contextmanager
def waiting_for_a_lock(other: psycopg.Connection, statement: str, *values: object):
    """Run a statement in a thread, and go on once it waits for somebody else's lock."""
    thread = threading.Thread(target=lambda: (other.execute(statement, values), other.commit()))
    thread.start()
    while thread.is_alive():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT wait_event_type FROM pg_stat_activity WHERE pid = %s",
                [other.info.backend_pid],
            )
            if cursor.fetchone() == ("Lock",):
                break
    yield
    thread.join()


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_a_search_and_a_center_don_t_miss_each_other(self):
        user = make_user()
        with connect() as writer, connect() as other:
            writer.execute(
                "INSERT INTO userpreferences (user_id, notification_method, location)"
                " VALUES (%s, 'email', ST_MakePoint(0.11, 51.56))",
                [user.pk],
            )
            with waiting_for_a_lock(
                other,
                "INSERT INTO dvsa_test_centers (name, postcode, latitude, longitude)"
                " VALUES ('x', 'IG3 9UZ', 51.56, 0.11)",
            ):
                writer.commit()
        assert stored() == expected()
        assert len(stored()) == 1

    def test_a_center_that_moves_and_a_new_search_don_t_miss_each_other(self):
        user, center = make_user(), make_center(57, -4)
        with connect() as writer, connect() as other:
            writer.execute(
                "UPDATE dvsa_test_centers SET latitude = 51.56, longitude = 0.11"
                " WHERE center_id = %s",
                [center.pk],
            )
            with waiting_for_a_lock(
                other,
                "INSERT INTO userpreferences (user_id, notification_method, location)"
                " VALUES (%s, 'email', ST_MakePoint(0.11, 51.56))",
                user.pk,
            ):
                writer.commit()
        assert stored() == expected()
        assert len(stored()) == 1

    def test_a_radius_and_a_choice_of_one_search_don_t_miss_each_other(self):
        near, far, search = make_center(), make_center(57, -4), make_search()
        with connect() as writer, connect() as other:
            writer.execute("UPDATE userpreferences SET notification_radius = 5")
            with waiting_for_a_lock(
                other,
                "INSERT INTO userpreferences_centers (search_id, center_id) VALUES (%s, %s)",
                search.pk,
                far.pk,
            ):
                writer.commit()
        assert reached(search) == {far.pk}
        assert near.pk not in reached(search)

    def test_two_choices_of_one_search_don_t_miss_each_other(self):
        one, two, search = make_center(57, -4), make_center(58, -4), make_search()
        statement = "INSERT INTO userpreferences_centers (search_id, center_id) VALUES (%s, %s)"
        with connect() as writer, connect() as other:
            writer.execute(statement, [search.pk, one.pk])
            with waiting_for_a_lock(other, statement, search.pk, two.pk):
                writer.commit()
        assert reached(search) == {one.pk, two.pk}

    def test_searches_are_saved_side_by_side(self):
        search, other_search = make_search(), make_search()
        statement = "UPDATE userpreferences SET notification_radius = 5 WHERE preference_id = %s"
        with connect() as writer, connect() as other:
            writer.execute(statement, [search.pk])
            other.execute("SET lock_timeout = '5s'")
            other.execute(statement, [other_search.pk])

    def test_a_transaction_that_keeps_its_snapshot_is_refused(self):
        user = make_user()
        with connect() as writer:
            writer.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            with pytest.raises(psycopg.errors.FeatureNotSupported, match="READ COMMITTED"):
                writer.execute(
                    "INSERT INTO userpreferences (user_id, notification_method)"
                    " VALUES (%s, 'email')",
                    [user.pk],
                )

    def test_truncated_tables_leave_nothing_behind(self):
        make_search(), make_center()
        with databases.owner_connection(connection.settings_dict["NAME"]) as owner:
            owner.execute("TRUNCATE userpreferences CASCADE")
        assert stored() == []
