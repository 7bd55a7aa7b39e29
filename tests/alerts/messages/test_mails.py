"""What the mail of an alert says."""

import re
from dataclasses import replace
from uuid import UUID

import pytest

from accounts.mail.smtp import Mail
from alerts.messages import links
from alerts.messages.content import Listing, Recipient
from alerts.messages.mails import compose_mail
from alerts.messages.reasons import Reason
from tests.alerts.messages.slot import FOLLOWS, SLOT

ADA = Recipient(
    user_id=1, is_active=True, email="ada@example.org", refuses_mail=False, quiet_until=None,
    mailed_instead=False,
)  # fmt: skip
WHY = Reason(promise="We email you.", url="https://x.test/1/", pause_url="https://x.test/2/")


def mail_about(*listings: Listing) -> Mail:
    """The mail to Ada about these."""
    return compose_mail(
        notification_id=1, number=UUID(int=1), recipient=ADA, listings=listings,
        follows=[FOLLOWS] * len(listings), reasons={1: WHY},
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["text", "html"])
@pytest.mark.parametrize(
    "said",
    [
        "Monday 1 February 2027", "08:10", "Practical test", "Goodmayes", "IG3 9UZ",
        "2.5 miles away", "Opened 00:05, 5 July", "Last seen Mon 5 Jul, 00:12", "Source: council",
        "We email you.", "Change your test by Thursday 14 January 2027.",
        "You have no change left.",
    ],
)  # fmt: skip
def test_a_slot_is_told_with_all_that_is_known_of_it(kind, said):
    assert said in getattr(mail_about(SLOT), kind)


@pytest.mark.parametrize("kind", ["text", "html"])
def test_nothing_stands_for_what_is_not_known(kind):
    said = getattr(
        mail_about(replace(SLOT, miles=None, opened_at=None, last_seen_at=None, source=None)), kind
    )
    assert "None" not in said
    assert not any(word in said for word in ("miles away", "Opened", "Last seen", "Source"))


def test_what_a_name_holds_is_text_and_never_markup():
    mail = mail_about(replace(SLOT, center="<b>A & B</b>"))
    assert "<strong>&lt;b&gt;A &amp; B&lt;/b&gt;</strong>" in mail.html
    assert "<b>A & B</b>" in mail.text


def test_of_many_the_first_ten_are_told_and_the_rest_counted():
    mail = mail_about(*(replace(SLOT, center=f"Center-{number}.") for number in range(12)))
    assert all(f"Center-{number}." in mail.html for number in range(10))
    assert "Center-10." not in mail.html
    assert "And 2 more" in mail.html
    assert mail.subject == "Center-0., Mon 1 Feb, 08:10 and 11 more: practical test slots"


@pytest.mark.parametrize(
    ("kinds", "places"),
    [
        (["practical"], ["Change your driving test", "Book a driving test"]),
        (["theory"], ["Book a theory test"]),
        (
            ["theory", "practical"],
            ["Change your driving test", "Book a driving test", "Book a theory test"],
        ),
    ],
)
def test_the_official_service_is_linked_where_what_is_listed_is_booked(kinds, places):
    mail = mail_about(*(replace(SLOT, test_type=kind) for kind in kinds))
    linked = [line.partition(": ")[0] for line in mail.text.splitlines() if "gov.uk/" in line]
    assert linked == places
    assert mail.html.count("on GOV.UK</a>") == len(places)


@pytest.mark.parametrize("kind", ["text", "html"])
@pytest.mark.parametrize(
    ("wave", "told", "said"),
    [
        (1, 15, "You are among the first 15 told"), (2, 75, "Told to 75 learners so far"),
        (5, 1315, "Told to 1,315 learners so far"),
    ],
)  # fmt: skip
def test_a_slot_that_is_told_in_waves_says_how_many_have_been_told(kind, wave, told, said):
    assert said in getattr(mail_about(replace(SLOT, wave=wave, told_so_far=told)), kind)


@pytest.mark.parametrize("kind", ["text", "html"])
def test_a_slot_that_all_were_told_of_at_once_says_nothing_of_waves(kind):
    assert "told" not in getattr(mail_about(SLOT), kind).lower()


def test_a_list_of_mails_shows_how_far_which_day_and_how_many_before_anything_else():
    html = mail_about(SLOT, SLOT).html
    said = "2.5 miles away, Monday 1 February 2027. 2 slots open."
    assert said in html
    assert html.index(said) < html.index("<table")


@pytest.mark.parametrize("kind", ["text", "html"])
def test_the_official_service_is_linked_right_after_the_first_slot(kind):
    mail = mail_about(*(replace(SLOT, center=f"Center-{number}.") for number in range(10)))
    said = getattr(mail, kind)
    places = [said.index(each) for each in ("Center-0.", "www.gov.uk/change", "Center-1.")]
    assert places == sorted(places)


@pytest.mark.parametrize("kind", ["text", "html"])
def test_each_slot_can_be_said_to_be_not_for_me(kind):
    said = getattr(mail_about(SLOT, replace(SLOT, alert_id=2)), kind)
    tokens = re.findall(r"/not-for-me/([^/]+)/", said)
    assert [links.read_not_for_me(token) for token in tokens] == [1, 2]


@pytest.mark.parametrize("kind", ["text", "html"])
def test_each_slot_says_for_whom_it_is_where_its_search_has_a_name(kind):
    said = getattr(mail_about(replace(SLOT, search_name="Ben & Co"), SLOT), kind)
    assert said.count("For Ben") == 1


def test_what_follows_from_taking_any_slot_is_said_once_and_escaped():
    found = mail_about(SLOT, SLOT)
    assert found.text.count("Change your test by") == found.html.count("Change your test by") == 1
    assert found.text.count("Check <where>.") == found.html.count("Check &lt;where&gt;.") == 2
