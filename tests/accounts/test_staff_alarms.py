"""Staff are mailed of what is wrong: once per subject and hour, never lost, delaying nobody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.models import Role, StaffAlarm, User
from accounts.staff_alarms import mail_alarms, raise_alarm
from tests.outbox import send_all
from tests.people import learner
from tests.smtp_sink import Mood, Sink
from tests.staff import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return make_staff(Role.ADMIN)


def tell() -> int:
    """Mail what is due, and send it; how many mails were accepted."""
    mail_alarms()
    return send_all()


def raise_held(sentence: str = "A batch of feed is held.") -> None:
    raise_alarm(subject="held:feed", sentence=sentence, path="/admin/slots/feedbatch/7/change/")


def hours_pass(hours: float) -> None:
    """All that was mailed was mailed so much earlier."""
    earlier = Now() - timedelta(hours=hours)
    StaffAlarm.objects.exclude(mailed_at=None).update(mailed_at=earlier, raised_at=earlier)


def texts(sink: Sink) -> list[str]:
    return [mail.part("text/plain").replace("\r\n", "\n") for mail in sink.received]


def test_an_alarm_is_mailed_to_active_admins_and_managers_and_to_nobody_else(sink, boss):
    manager = make_staff(Role.CENTER_MANAGER)
    make_staff(Role.AUDITOR)
    learner()
    disabled = User.objects.create_user("left@example.org", "pw", role=boss.role)
    User.objects.filter(pk=disabled.pk).update(is_active=False)
    raise_held()
    assert tell() == 2
    assert {mail.recipient for mail in sink.received} == {boss.email, manager.email}


def test_the_mail_says_what_is_wrong_and_where_to_look(sink, boss, settings):
    raise_held()
    tell()
    assert sink.received[0].message["Subject"].endswith("A batch of feed is held.")
    assert f"\n{settings.SITE_URL}/admin/slots/feedbatch/7/change/\n" in texts(sink)[0]


def test_a_line_break_in_a_sources_words_adds_no_header(sink, boss):
    raise_held("one\r\nBcc: everybody@example.org")
    tell()
    assert sink.received[0].message["Bcc"] is None


def test_the_same_subject_is_mailed_once_an_hour(sink, boss):
    for _ in range(3):
        raise_held()
        tell()
    assert len(sink.received) == 1


def test_other_subjects_do_not_wait_for_each_other(sink, boss):
    for name in ("held:feed", "held:other", "silent:feed"):
        raise_alarm(subject=name, sentence=name)
        tell()
    assert len(sink.received) == 3


def test_what_is_raised_within_the_hour_is_mailed_when_it_ends_in_its_newest_words(sink, boss):
    raise_held()
    tell()
    hours_pass(0.5)
    raise_held("It is held again.")
    raise_held("It is held once more.")
    tell()
    assert len(sink.received) == 1
    StaffAlarm.objects.update(mailed_at=Now() - timedelta(hours=1, seconds=1))
    tell()
    assert "It is held once more." in texts(sink)[1]


def test_what_is_raised_no_more_is_mailed_no_more(sink, boss):
    raise_held()
    tell()
    hours_pass(5)
    assert tell() == 0


def test_an_alarm_of_a_transaction_that_is_rolled_back_is_none(sink, boss):
    with transaction.atomic():
        raise_held()
        transaction.set_rollback(True)
    assert tell() == 0


@pytest.mark.parametrize("mood", [Mood.CLOSING, Mood.BUSY, Mood.FORGETFUL])
def test_an_alarm_whose_mail_fails_is_tried_again(sink, boss, mood):
    raise_held()
    sink.mood = mood
    assert tell() == 0
    sink.mood = Mood.KIND
    assert tell() == 1


def test_who_refuses_mail_keeps_it_from_nobody_else(sink, boss):
    manager = make_staff(Role.CENTER_MANAGER)
    sink.moods_of[boss.email] = Mood.STRICT
    raise_held()
    assert tell() == 1
    assert sink.received[0].recipient == manager.email


def test_the_mail_is_a_programs_and_the_same_at_every_try(sink, boss):
    raise_held()
    sink.mood = Mood.DROPPING
    tell()
    sink.mood = Mood.KIND
    tell()
    first, second = (mail.message for mail in sink.received)
    assert (first["Auto-Submitted"], first["Date"] is not None) == ("auto-generated", True)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@example.org>")


def test_what_is_raised_again_is_another_mail(sink, boss):
    raise_held()
    tell()
    raise_held("It is held again.")
    StaffAlarm.objects.update(mailed_at=Now() - timedelta(hours=1, seconds=1))
    tell()
    first, second = (mail.message["Message-ID"] for mail in sink.received)
    assert first != second


def test_an_alarm_that_nobody_could_be_told_of_waits_for_somebody(sink):
    raise_held()
    assert tell() == 0
    make_staff(Role.ADMIN)
    assert tell() == 1


def test_what_is_raised_while_its_mail_is_on_its_way_is_not_lost(sink, boss):
    raise_held()
    mail_alarms()
    raise_held("It is held again.")
    send_all()
    StaffAlarm.objects.update(mailed_at=Now() - timedelta(hours=1, seconds=1))
    assert tell() == 1
    assert "It is held again." in texts(sink)[1]


@pytest.mark.django_db(transaction=True)
def test_several_processes_mail_each_alarm_once(sink, boss):
    for number in range(12):
        raise_alarm(subject=f"held:{number}", sentence=f"Number {number} is held.")

    def mail(_: int) -> int:
        try:
            return mail_alarms()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(mail, range(4))) == 12
    assert send_all() == 12
    assert len(set(texts(sink))) == len(sink.received) == 12
