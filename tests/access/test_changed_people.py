"""What an admin changes about a person counts at once, at every door and in every process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from alerts.matching.match import match_openings
from alerts.messages import links
from alerts.models import Notification, UserAlert
from slots.models import Source
from slots.tokens import make_token
from tests.alerts.world import make_center, make_opening, make_search, make_slot
from tests.people import learner
from tests.staff import make_staff, signed_in

INDEX, SEARCHES, PEOPLE = "/admin/", "/searches/", "/admin/accounts/user/"


def disable(admin: Client, *people: User) -> None:
    """By the action of the list of people."""
    chosen = [person.pk for person in people]
    admin.post(PEOPLE, {"action": "disable", "_selected_action": chosen})
    assert not User.objects.filter(pk__in=chosen, is_active=True).exists()


@pytest.fixture
def admin(db) -> Client:
    return signed_in(make_staff(Role.ADMIN))


def status_of_a_batch(token: str, sequence: int) -> int:
    batch = {"sequence": sequence, "observed_at": timezone.now().isoformat(), "slots": []}
    return Client().post(
        "/api/v1/sources/harbour/batches/",
        json.dumps(batch),
        content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    ).status_code  # fmt: skip


def test_a_disabled_persons_session_ends(admin):
    ada = learner()
    page = signed_in(ada)
    assert page.get(SEARCHES).status_code == 200
    disable(admin, ada)
    assert page.get(SEARCHES).status_code == 302


def test_a_disabled_persons_tokens_post_nothing(admin):
    source = Source.objects.create(name="harbour")
    maker = make_staff(Role.CENTER_MANAGER)
    _, token = make_token(source=source, label=None, actor=maker)
    assert status_of_a_batch(token, 1) < 300
    disable(admin, maker)
    assert status_of_a_batch(token, 2) == 401


def test_a_link_that_was_mailed_to_a_disabled_person_opens_nothing(admin):
    ada = learner()
    message = Notification.objects.create(user=ada, method="email", due_at=timezone.now())
    page = urlsplit(links.alert_page_url(message.pk)).path
    assert Client().get(page).status_code == 200
    disable(admin, ada)
    assert Client().get(page).status_code == 404


def test_a_disabled_person_is_matched_to_nothing(admin):
    ada, eve = learner(), learner("eve@example.org")
    yesterday = timezone.now() - timedelta(days=1)
    for person in (ada, eve):
        make_search(person, notification_radius=10, created_at=yesterday)
    disable(admin, ada)
    make_opening(make_slot(make_center()), recorded_at=timezone.now())
    match_openings()
    assert [alert.user for alert in UserAlert.objects.all()] == [eve]


@contextmanager
def another_process(session_key: str) -> Iterator[Callable[[str], int]]:
    """A process with a session that is open in a browser; asks it for a page's status."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.access.asking", session_key],
        cwd=settings.BASE_DIR, env=os.environ, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip

        def ask(path: str) -> int:
            assert process.stdin
            assert process.stdout
            process.stdin.write(f"{path}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield ask


@pytest.mark.django_db(transaction=True)
def test_a_changed_role_and_a_disabled_person_count_at_the_next_request_of_another_process():
    admin = signed_in(make_staff(Role.ADMIN))
    manager = make_staff(Role.CENTER_MANAGER)
    key = signed_in(manager).session.session_key
    slots, log = "/admin/slots/slot/", "/admin/audit/auditlog/"
    with another_process(key) as ask:
        assert (ask(slots), ask(log)) == (200, 403)
        auditor = Role.objects.get(role_name=Role.AUDITOR)
        admin.post(f"{PEOPLE}{manager.pk}/change/", {"role": auditor.pk, "is_active": "on"})
        assert (ask(slots), ask(log)) == (200, 200)
        assert ask("/admin/slots/slot/add/") == 403
        disable(admin, manager)
        assert (ask(slots), ask(log)) == (302, 302)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", [{"role": ""}, {"action": "disable"}], ids=["demote", "disable"])
def test_of_two_requests_that_would_remove_the_last_two_admins_one_is_refused(form):
    role = Role.objects.get(role_name=Role.ADMIN)
    admins = [make_staff(), User.objects.create_user("second@example.org", "pw", role=role)]
    page, ready = signed_in(admins[0]), Barrier(2)
    key = page.session.session_key

    def remove(admin: User) -> None:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = key
        ready.wait(10)
        if "action" in form:
            client.post(PEOPLE, form | {"_selected_action": [admin.pk]})
        else:
            client.post(f"{PEOPLE}{admin.pk}/change/", form | {"is_active": "on"})
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(remove, admins))
    assert User.objects.filter(role=role, is_active=True).count() == 1
