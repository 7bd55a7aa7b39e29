"""Staff are mailed of what is wrong: once per subject and hour, never lost, delaying nobody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.models import Role, StaffAlarm, User
from accounts.staff_alarms import mail_alarms, raise_alarm
from tests.people import learner
from tests.smtp_sink import Mood, Sink
from tests.staff import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> list[User]:
    return [make_staff(Role.ADMIN), make_staff(Role.CENTER_MANAGER)]


def raise_held(sentence: str = "A batch of feed is held.") -> None:
    raise_alarm(subject="held:feed", sentence=sentence, path="/admin/slots/feedbatch/7/change/")


def hours_pass(hours: float) -> None:
    """All that was mailed was mailed so much earlier."""
    earlier = Now() - timedelta(hours=hours)
    StaffAlarm.objects.exclude(mailed_at=None).update(mailed_at=earlier, raised_at=earlier)


def texts(sink: Sink) -> list[str]:
    return [mail.part("text/plain").replace("\r\n", "\n") for mail in sink.received]


def test_an_alarm_is_mailed_to_active_admins_and_managers_and_to_nobody_else(sink, staff):
    make_staff(Role.AUDITOR)
    learner()
    disabled = User.objects.create_user("left@example.org", "pw", role=staff[0].role)
    User.objects.filter(pk=disabled.pk).update(is_active=False)
    raise_held()
    assert mail_alarms() == 1
    (mail,) = sink.received
    assert set(str(mail.message["To"]).split(", ")) == {user.email for user in staff}


def test_the_mail_says_what_is_wrong_and_where_to_look(sink, staff, settings):
    raise_held()
    mail_alarms()
    assert sink.received[0].message["Subject"].endswith("A batch of feed is held.")
    assert f"\n{settings.SITE_URL}/admin/slots/feedbatch/7/change/\n" in texts(sink)[0]


def test_a_line_break_in_a_sources_words_adds_no_header(sink, staff):
    raise_held("one\r\nBcc: everybody@example.org")
    mail_alarms()
    assert sink.received[0].message["Bcc"] is None


def test_the_same_subject_is_mailed_once_an_hour(sink, staff):
    for _ in range(3):
        raise_held()
        mail_alarms()
    assert len(sink.received) == 1


def test_other_subjects_do_not_wait_for_each_other(sink, staff):
    for name in ("held:feed", "held:other", "silent:feed"):
        raise_alarm(subject=name, sentence=name)
        mail_alarms()
    assert len(sink.received) == 3


def test_what_is_raised_within_the_hour_is_mailed_when_it_ends_in_its_newest_words(sink, staff):
    raise_held()
    mail_alarms()
    hours_pass(0.5)
    raise_held("It is held again.")
    raise_held("It is held once more.")
    mail_alarms()
    assert len(sink.received) == 1
    StaffAlarm.objects.update(mailed_at=Now() - timedelta(hours=1, seconds=1))
    mail_alarms()
    assert "It is held once more." in texts(sink)[1]


def test_what_is_raised_no_more_is_mailed_no_more(sink, staff):
    raise_held()
    mail_alarms()
    hours_pass(5)
    assert mail_alarms() == 0


def test_an_alarm_of_a_transaction_that_is_rolled_back_is_none(sink, staff):
    with transaction.atomic():
        raise_held()
        transaction.set_rollback(True)
    assert mail_alarms() == 0


@pytest.mark.parametrize("mood", [Mood.CLOSING, Mood.STRICT, Mood.REFUSING, Mood.FORGETFUL])
def test_an_alarm_whose_mail_fails_is_tried_again_five_minutes_later(sink, staff, mood):
    raise_held()
    sink.mood = mood
    assert mail_alarms() == 0
    sink.mood = Mood.KIND
    assert mail_alarms() == 0
    StaffAlarm.objects.update(claimed_at=Now() - timedelta(minutes=5))
    assert mail_alarms() == 1


def test_the_mail_is_a_programs_and_the_same_at_every_try(sink, staff):
    raise_held()
    sink.mood = Mood.DROPPING
    mail_alarms()
    sink.mood = Mood.KIND
    StaffAlarm.objects.update(claimed_at=Now() - timedelta(minutes=5))
    mail_alarms()
    first, second = (mail.message for mail in sink.received)
    assert (first["Auto-Submitted"], first["Date"] is not None) == ("auto-generated", True)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@example.org>")


def test_what_is_raised_again_is_another_mail(sink, staff):
    raise_held()
    mail_alarms()
    raise_held("It is held again.")
    StaffAlarm.objects.update(mailed_at=Now() - timedelta(hours=1, seconds=1))
    mail_alarms()
    first, second = (mail.message["Message-ID"] for mail in sink.received)
    assert first != second


def test_an_alarm_that_nobody_could_be_told_of_waits_for_somebody(sink):
    raise_held()
    assert mail_alarms() == 0
    make_staff(Role.ADMIN)
    assert mail_alarms() == 1


def test_what_is_raised_while_its_mail_is_on_its_way_is_not_lost(sink, staff, monkeypatch):
    send = EmailMessage.send

    def send_slowly(message: EmailMessage) -> int:
        raise_held("It is held again.")
        return send(message)

    monkeypatch.setattr(EmailMessage, "send", send_slowly)
    raise_held()
    mail_alarms()
    monkeypatch.undo()
    StaffAlarm.objects.update(mailed_at=Now() - timedelta(hours=1, seconds=1))
    assert mail_alarms() == 1
    assert "It is held again." in texts(sink)[1]


@pytest.mark.django_db(transaction=True)
def test_several_processes_mail_each_alarm_once(sink, staff):
    for number in range(12):
        raise_alarm(subject=f"held:{number}", sentence=f"Number {number} is held.")

    def mail(_: int) -> int:
        try:
            return mail_alarms()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(mail, range(4))) == 12
    assert len(set(texts(sink))) == len(sink.received) == 12
