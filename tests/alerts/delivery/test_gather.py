"""Which alerts become one message, and when."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import SavedSearch
from alerts.delivery.gather import gather_notifications
from alerts.models import Delivery, Notification, PushSubscription, UserAlert
from audit import config
from audit.models import SystemConfig
from slots.models import SlotOpening
from tests.alerts.waiting import LONDON, fetch, make_waiting, tomorrow
from tests.alerts.world import make_center, make_opening, make_search, make_slot, make_user

pytestmark = pytest.mark.django_db


def subscribe(user, number: int = 1, **fields) -> PushSubscription:
    """A subscription whose keys are not looked at here."""
    endpoint = f"https://push.example.org/{user.pk}/{number}"
    return PushSubscription.objects.create(user=user, endpoint=endpoint, **fields)


def london(*, hours: float) -> datetime:
    """So many hours from now, by London's clock."""
    return (timezone.now() + timedelta(hours=hours)).astimezone(LONDON)


def quiet_now(user) -> None:
    """Quiet hours that began two hours ago and end in two, in London."""
    user.quiet_from, user.quiet_until = london(hours=-2).time(), london(hours=2).time()
    user.save()


def channels() -> list[str]:
    """The channels of all deliveries."""
    return sorted(Delivery.objects.values_list("channel", flat=True))


def test_each_user_gets_a_message_of_their_own():
    make_waiting()
    make_waiting()
    gather_notifications()
    assert Notification.objects.count() == 2


def test_e_mail_and_push_of_one_user_are_two_messages():
    user = make_user()
    subscribe(user)
    make_waiting(user)
    make_waiting(user, method="push")
    gather_notifications()
    assert channels() == ["email", "push"]


def test_each_live_subscription_gets_a_delivery():
    user = make_user()
    subscribe(user, 1)
    subscribe(user, 2)
    subscribe(user, 3, ended_at=timezone.now(), end_reason="gone")
    make_waiting(user, method="push")
    gather_notifications()
    assert channels() == ["push", "push"]


def test_without_a_live_subscription_push_goes_by_e_mail():
    make_waiting(method="push")
    gather_notifications()
    assert channels() == ["email"]


def test_another_users_subscription_is_not_used():
    subscribe(make_user())
    make_waiting(method="push")
    gather_notifications()
    assert channels() == ["email"]


def settle(**values: str) -> None:
    """What staff have set, as this process knows it from now on."""
    for name, value in values.items():
        SystemConfig.objects.create(key=f"alerts.{name}", value=value)
    config.forget_cached()


def sent_before(alert, *, seconds: float) -> Notification:
    """The one message of an alert's user was made so many seconds ago."""
    gather_notifications()
    made = Notification.objects.get(alerts=alert)
    then = timezone.now() - timedelta(seconds=seconds)
    Notification.objects.filter(pk=made.pk).update(created_at=then, due_at=then)
    return made


def test_the_first_message_waits_for_two_seconds():
    young, ready = make_waiting(age=1), make_waiting(age=3)
    gather_notifications()
    assert fetch(young).notification_id is None
    assert fetch(ready).notification_id is not None


def test_a_further_message_waits_until_the_gap_after_the_one_before_has_ended():
    first = make_waiting()
    before = sent_before(first, seconds=50)
    late = make_waiting(search=first.preference, age=5)
    gather_notifications()
    assert fetch(late).notification_id is None
    then = timezone.now() - timedelta(seconds=61)
    Notification.objects.filter(pk=before.pk).update(created_at=then, due_at=then)
    gather_notifications()
    assert fetch(late).notification_id is not None


def test_what_came_in_the_gap_is_one_message_due_when_it_ends():
    first = make_waiting()
    before = sent_before(first, seconds=70)
    late = [make_waiting(search=first.preference, age=age) for age in (60, 30, 4)]
    gather_notifications()
    (message,) = Notification.objects.filter(alerts__in=late).distinct()
    before.refresh_from_db()
    assert message.due_at == before.created_at + timedelta(seconds=60)


def test_the_gap_is_between_messages_of_one_user_and_method():
    user = make_user()
    subscribe(user)
    sent_before(make_waiting(user), seconds=5)
    others = [make_waiting(), make_waiting(user, method="push")]
    gather_notifications()
    assert all(fetch(alert).notification_id for alert in others)


def test_a_message_of_which_nothing_went_out_holds_up_no_other():
    first = make_waiting()
    sent_before(first, seconds=5)
    Delivery.objects.update(state="expired")
    late = make_waiting(search=first.preference, age=5)
    gather_notifications()
    assert fetch(late).notification_id is not None


def test_of_those_due_together_the_soonest_slot_goes_first_then_who_has_had_the_fewest():
    settle(gap_seconds="0")
    told = make_waiting(day=tomorrow(30), at=time(9))
    sent_before(told, seconds=12)  # before the window of what follows has ended, and today
    days = {"late": (40, 9), "soon": (20, 9), "told": (20, 8), "same": (20, 8)}
    searches = {"told": told.preference}
    alerts = {
        name: make_waiting(search=searches.get(name), age=10, day=tomorrow(ahead), at=time(hour))
        for name, (ahead, hour) in days.items()
    }
    together = alerts["late"].created_at
    UserAlert.objects.filter(state="waiting").update(created_at=together)
    gather_notifications()
    due = {name: fetch(alert).notification.deliveries.get() for name, alert in alerts.items()}
    first_due = sorted(due, key=lambda name: due[name].next_attempt_at)
    assert first_due == ["same", "told", "soon", "late"]


def test_the_window_does_not_slide():
    first = make_waiting(age=3)
    late = make_waiting(search=first.preference, age=1)
    gather_notifications()
    assert fetch(late).notification_id == fetch(first).notification_id


def open_unmatched(center, **fields) -> SlotOpening:
    """A slot's opening that matching has yet to come to, or one of its waves."""
    return make_opening(make_slot(center, time=time(7)), recorded_at=timezone.now(), **fields)


class TestWhatIsStillToBeMatched:
    """A learner hears at once of all that a batch opened near them."""

    def test_it_is_waited_for_and_told_in_one_message(self):
        first = make_waiting(age=3)
        opening = open_unmatched(first.slot.center)
        gather_notifications()
        assert fetch(first).notification_id is None
        SlotOpening.objects.filter(pk=opening.pk).update(matched_at=timezone.now())
        second = make_waiting(search=first.preference, age=1)
        gather_notifications()
        assert fetch(first).notification_id == fetch(second).notification_id is not None

    def test_a_wave_whose_turn_has_come_is_waited_for(self):
        alert, now = make_waiting(age=3), timezone.now()
        opening = open_unmatched(alert.slot.center, matched_at=now, wave=1, next_wave_at=now)
        gather_notifications()
        assert fetch(alert).notification_id is None
        later = now + timedelta(minutes=2)
        SlotOpening.objects.filter(pk=opening.pk).update(next_wave_at=later)
        gather_notifications()
        assert fetch(alert).notification_id is not None

    def test_where_matching_does_not_get_on_nobody_waits_for_more_than_ten_seconds(self):
        alert = make_waiting(age=11)
        open_unmatched(alert.slot.center)
        gather_notifications()
        assert fetch(alert).notification_id is not None

    def test_who_looks_elsewhere_does_not_wait(self):
        alert = make_waiting(age=3)
        open_unmatched(make_center(latitude=55.8, longitude=-4.2))
        gather_notifications()
        assert fetch(alert).notification_id is not None

    @pytest.mark.parametrize(
        "fields",
        [{"quiet": "baseline"}, {"closed_at": timezone.now(), "close_reason": "gone"}],
        ids=["a baseline", "what has closed"],
    )
    def test_what_is_never_matched_is_not_waited_for(self, fields):
        alert = make_waiting(age=3)
        open_unmatched(alert.slot.center, **fields)
        gather_notifications()
        assert fetch(alert).notification_id is not None


def test_what_comes_after_a_message_was_made_goes_into_the_next():
    first = make_waiting()
    gather_notifications()
    late = make_waiting(search=first.preference, age=1)
    gather_notifications()
    assert fetch(late).notification_id is None


def test_quiet_hours_hold_what_is_waiting():
    alert = make_waiting()
    quiet_now(alert.user)
    gather_notifications()
    assert fetch(alert).notification_id is None


def test_a_window_that_ended_in_quiet_hours_is_due_when_they_end():
    ends = london(hours=-0.5)
    user = make_user(quiet_from=london(hours=-3).time(), quiet_until=ends.time())
    make_waiting(user, age=3600)
    gather_notifications()
    # Of a time that comes twice, in the night when clocks go back, the second one counts.
    assert Notification.objects.get().due_at == ends.replace(fold=1).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "quiet_from", "quiet_until", "ends"),
    [
        ("2027-01-04 23:30", "22:00", "07:00", "2027-01-05 07:00"),
        ("2027-01-05 06:59", "22:00", "07:00", "2027-01-05 07:00"),
        ("2027-01-05 07:00", "22:00", "07:00", None),
        ("2027-01-05 21:59", "22:00", "07:00", None),
        ("2027-01-05 22:00", "22:00", "07:00", "2027-01-06 07:00"),
        ("2027-01-05 12:00", "09:00", "17:00", "2027-01-05 17:00"),
        ("2027-01-05 18:00", "09:00", "17:00", None),
        ("2027-01-05 12:00", "09:00", "09:00", None),
        ("2027-01-05 12:00", None, "09:00", None),
        # Clocks go forward on 28 March 2027 at 01:00 UTC.
        ("2027-03-27 23:30", "22:00", "07:00", "2027-03-28 06:00"),
        # 01:30 is left out that night: an hour later it is 02:30.
        ("2027-03-28 00:15", "22:00", "01:30", "2027-03-28 01:30"),
        # Clocks go back on 31 October 2027 at 01:00 UTC.
        ("2027-10-30 22:30", "22:00", "07:00", "2027-10-31 07:00"),
        ("2027-10-31 05:59", "22:00", "06:00", "2027-10-31 06:00"),
        # 01:30 comes twice that night, and the second one counts.
        ("2027-10-31 01:15", "22:00", "01:30", "2027-10-31 01:30"),
        ("2027-10-31 01:30", "22:00", "01:30", None),
    ],
)
def test_quiet_hours_end_by_london_clocks(moment, quiet_from, quiet_until, ends):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT end_of_quiet_hours(%s::timestamptz, %s::time, %s::time)",
            [f"{moment}+00", quiet_from, quiet_until],
        )
        (answer,) = cursor.fetchone()
    assert answer == (ends and datetime.fromisoformat(ends).replace(tzinfo=UTC))


def test_what_is_over_the_daily_limit_is_suppressed_and_says_so():
    settle(daily_message_limit="1", gap_seconds="0")
    first = make_waiting()
    gather_notifications()
    second = make_waiting(search=first.preference)
    gather_notifications()
    second = fetch(second)
    assert (second.state, second.state_reason) == ("suppressed", "over_limit")


def test_messages_that_ended_unsent_do_not_count_to_the_limit():
    settle(daily_message_limit="1", gap_seconds="0")
    first = make_waiting()
    gather_notifications()
    Delivery.objects.update(state="expired")
    second = make_waiting(search=first.preference)
    gather_notifications()
    assert fetch(second).notification_id is not None


def test_messages_of_the_day_before_do_not_count_to_the_limit():
    settle(daily_message_limit="1", gap_seconds="0")
    first = make_waiting()
    gather_notifications()
    midnight = datetime.combine(timezone.now().astimezone(LONDON), time(), LONDON)
    Notification.objects.update(created_at=midnight - timedelta(seconds=1))
    second = make_waiting(search=first.preference)
    gather_notifications()
    assert fetch(second).notification_id is not None


def test_an_alert_that_matching_did_not_make_is_never_gathered():
    alert = make_waiting()
    type(alert).objects.filter(pk=alert.pk).update(state=None)
    gather_notifications()
    assert Notification.objects.count() == 0


def test_an_alert_whose_search_was_deleted_goes_by_e_mail_to_be_looked_at():
    alert = make_waiting()
    SavedSearch.objects.filter(pk=alert.preference_id).delete()
    gather_notifications()
    assert channels() == ["email"]


def test_no_user_is_gathered_twice():
    make_waiting(make_search().user)
    gather_notifications()
    assert gather_notifications() == 0
