"""A learner names who else gets their alerts; those say yes, look, and stop without an account."""

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.mail.send import send_outbox
from accounts.models import OutboxMail
from alerts.companions import confirm_companion, end_companion
from alerts.messages import links
from alerts.models import Companion
from audit.models import SystemConfig
from tests.alerts.waiting import make_waiting
from tests.alerts.world import make_search
from tests.people import learner

pytestmark = pytest.mark.django_db
MUM = "mum@example.org"
PAGE = "/companions/"


@pytest.fixture
def ben():
    return learner("ben@example.org")


@pytest.fixture
def signed_in(client, ben):
    client.force_login(ben)
    return client


@pytest.fixture
def mailbox() -> Client:
    """A browser without a cookie; CSRF is checked as in real life."""
    return Client(enforce_csrf_checks=True)


def name(client, email: str = MUM, learner_name: str = "Ben"):
    return client.post(PAGE, {"email": email, "learner_name": learner_name})


def path_in(mail) -> str:
    """The link of a mail that asks a companion."""
    found = re.search(r"https?://\S+/companions/\S+", mail.part("text/plain"))
    assert found
    return urlsplit(found[0]).path


def make_asked(user, email: str = MUM, place: int = 1, learner_name: str = "Ben") -> Companion:
    return Companion.objects.create(user=user, email=email, place=place, learner_name=learner_name)


def path_of(companion: Companion) -> str:
    return urlsplit(links.companion_url(companion.pk)).path


class TestNaming:
    """The learner's page."""

    def test_it_says_who_gets_what_and_what_is_still_unanswered(self, signed_in, ben):
        make_asked(ben)
        page = signed_in.get(PAGE).content.decode()
        assert MUM in page
        assert "no answer yet" in page

    def test_someone_named_is_asked_by_mail_and_may_say_yes(self, signed_in, mailbox, sink):
        assert name(signed_in).status_code == 302
        send_outbox(seconds=30)
        (mail,) = sink.received
        assert mail.recipient == MUM
        page = mailbox.get(path_in(mail)).content.decode()
        assert "Ben would like you to get their alerts" in page
        number = Companion.objects.get().pk
        mailbox.post(path_in(mail), {"yes": number})
        assert Companion.objects.get().is_live

    @pytest.mark.parametrize(
        ("email", "learner_name", "said"),
        [
            ("ben@example.org", "Ben", "your own address"),
            ("BEN@example.org", "Ben", "your own address"),
            ("mum@localhost", "Ben", "such as name@example.org"),
            ("", "Ben", "Enter their email address"),
            (MUM, "", "Enter your name, as they know you"),
            (MUM, "https://buy.example", "in letters alone"),
            (MUM, "Win 1000", "in letters alone"),
        ],
    )
    def test_what_can_not_be_is_said_at_its_field_and_nobody_is_written_to(
        self, signed_in, sink, email, learner_name, said
    ):
        page = name(signed_in, email, learner_name).content.decode()
        assert said in page
        assert not Companion.objects.exists()
        assert not OutboxMail.objects.exists()

    def test_nobody_is_named_twice(self, signed_in, ben, sink):
        make_asked(ben)
        assert "named this person already" in name(signed_in, "Mum@Example.org").content.decode()

    def test_a_fourth_has_to_wait_for_a_place(self, signed_in, ben, sink):
        for place in (1, 2, 3):
            make_asked(ben, f"{place}@example.org", place)
        assert "remove one first" in signed_in.get(PAGE).content.decode()
        assert "Remove one first" in name(signed_in).content.decode()
        assert Companion.objects.count() == 3

    def test_a_place_is_free_again_once_someone_is_taken_back(self, signed_in, ben, sink):
        for place in (1, 2, 3):
            make_asked(ben, f"{place}@example.org", place)
        second = Companion.objects.get(place=2)
        signed_in.post(reverse("companion_end", args=[second.pk]))
        name(signed_in)
        assert Companion.objects.of(ben).get(place=2).email == MUM

    @pytest.mark.parametrize(
        ("reason", "says"),
        [("stopped", "stopped your alerts"), ("refused", "the mail came back")],
    )
    def test_the_learner_is_told_why_someone_gets_no_more(self, signed_in, ben, reason, says):
        end_companion(companion=make_asked(ben), reason=Companion.EndReason(reason), actor=None)
        assert says in signed_in.get(PAGE).content.decode()

    def test_until_they_are_named_again_or_where_the_learner_took_them_back(self, signed_in, ben):
        refused = make_asked(ben)
        end_companion(companion=refused, reason=Companion.EndReason.REFUSED, actor=None)
        taken_back = make_asked(ben)
        assert "came back" not in signed_in.get(PAGE).content.decode()
        signed_in.post(reverse("companion_end", args=[taken_back.pk]))
        assert "came back" not in signed_in.get(PAGE).content.decode()

    def test_who_has_stopped_is_not_asked_again_by_the_same_learner(self, signed_in, ben, sink):
        stopped = Companion.EndReason.STOPPED
        end_companion(companion=make_asked(ben), reason=stopped, actor=None)
        assert "has stopped your alerts" in name(signed_in).content.decode()

    def test_one_network_may_ask_so_many_people_a_day(self, signed_in, sink):
        SystemConfig.objects.create(key="alerts.companions_per_day", value="1")
        name(signed_in)
        assert "Try again tomorrow" in name(signed_in, "dad@example.org").content.decode()

    def test_another_learners_companion_can_not_be_taken_back(self, signed_in):
        theirs = make_asked(learner("eve@example.org"))
        answer = signed_in.post(reverse("companion_end", args=[theirs.pk]))
        assert answer.status_code == 404
        assert Companion.objects.get().ended_at is None


class TestTheirPage:
    """What a companion opens from a mail."""

    @pytest.fixture
    def mum(self, ben):
        return make_asked(ben)

    def test_reading_it_changes_nothing(self, mailbox, mum):
        mailbox.get(path_of(mum))
        mailbox.head(path_of(mum))
        mum.refresh_from_db()
        assert (mum.confirmed_at, mum.ended_at) == (None, None)

    def test_saying_no_ends_it(self, mailbox, mum):
        mailbox.post(path_of(mum), {"stop": mum.pk})
        mum.refresh_from_db()
        assert mum.end_reason == "stopped"

    def test_a_mail_programs_unsubscribe_stops_this_learner_alone(self, mailbox, mum):
        other = make_asked(learner("eve@example.org"), learner_name="Eve")
        mailbox.post(path_of(mum), {"List-Unsubscribe": "One-Click"})
        other.refresh_from_db()
        assert other.ended_at is None
        assert Companion.objects.get(pk=mum.pk).end_reason == "stopped"

    def test_an_instructor_sees_all_learners_who_named_them_on_one_page(self, mailbox, ben, mum):
        eve = learner("eve@example.org")
        for each in (mum, make_asked(eve, "MUM@example.org", learner_name="Eve")):
            confirm_companion(companion=each)
        make_search(ben, notification_radius=10)
        alert = make_waiting(eve)
        alert.state, alert.sent, alert.sent_at = "sent", True, alert.created_at
        alert.save()
        page = mailbox.get(path_of(mum)).content.decode()
        assert "Ben" in page
        assert "Eve" in page
        assert alert.slot.center.name in page

    def test_it_asks_the_database_as_often_for_many_learners_as_for_two(
        self, mailbox, django_assert_max_num_queries, mum
    ):
        for number in range(6):
            each = learner(f"{number}@example.org")
            confirm_companion(companion=make_asked(each, learner_name="Eve"))
            make_search(each, notification_radius=10)
            alert = make_waiting(each)
            alert.state, alert.sent, alert.sent_at = "sent", True, alert.created_at
            alert.save()
        with django_assert_max_num_queries(16):
            mailbox.get(path_of(mum))

    def test_before_a_yes_nothing_of_the_learners_shows(self, mailbox, ben, mum):
        alert = make_waiting(ben)
        assert alert.slot.center.name not in mailbox.get(path_of(mum)).content.decode()

    def test_someone_elses_learner_can_not_be_chosen(self, mailbox, mum):
        other = make_asked(learner("eve@example.org"), "coach@example.org")
        assert mailbox.post(path_of(mum), {"yes": other.pk}).status_code == 404

    @pytest.mark.parametrize("posted", [{}, {"yes": "x"}, {"stop": "-1"}, {"yes": "²"}])
    def test_what_none_of_its_buttons_sends_is_refused(self, mailbox, mum, posted):
        assert mailbox.post(path_of(mum), posted).status_code == 400

    def test_a_yes_after_the_learner_took_it_back_changes_nothing(self, mailbox, ben, mum):
        taken_back = Companion.EndReason.TAKEN_BACK
        end_companion(companion=mum, reason=taken_back, actor=ben)
        assert mailbox.post(path_of(mum), {"yes": mum.pk}).status_code == 404
        assert "nobody’s alerts" in mailbox.get(path_of(mum)).content.decode()

    def test_a_made_up_link_opens_nothing(self, mailbox):
        assert mailbox.get("/companions/1:x/").status_code == 404
