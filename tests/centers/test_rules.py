"""The rules of driving tests: which counts when, what learners read of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.html import escape

from centers.models import Rule
from centers.rule_words import THEMES, WORDS, words_of
from centers.rules import Rulebook
from tests.database_clock import database_at

pytestmark = pytest.mark.django_db
Key = Rule.Key
# In the winter London's midnight is UTC's, in summer it is an hour before.
SUMMER_DAY = date(2031, 7, 1)
BEFORE_MIDNIGHT = datetime(2031, 6, 30, 22, 59, tzinfo=UTC)
MIDNIGHT = datetime(2031, 6, 30, 23, 0, tzinfo=UTC)
UNKNOWN = "Since when, we don’t know. "
TODAY = date(2026, 11, 30)


def enter(key: str, since: date | None, value: int | str | None, **fields: object) -> Rule:
    """A rule with a source."""
    fields = {"source": "GOV.UK", "certainty": "high", **fields}
    return Rule.objects.create(key=key, since=since, value=value, **fields)


def text(page: Client) -> str:
    return " ".join(page.get("/rules/").content.decode().split())


def test_the_bundled_rules_are_those_of_november_2026() -> None:
    rules = Rulebook.read()
    numbers = {
        Key.CHANGES: 2, Key.NEAREST_CENTERS: 3, Key.NOTICE_PRACTICAL: 10, Key.NOTICE_THEORY: 3,
        Key.RETAKE_WAIT: 10, Key.THEORY_PASS: 2, Key.FEE: 62, Key.FEE_OFF_PEAK: 75,
        Key.FEE_THEORY: 23, Key.UNUSUAL_ACTIVITY: 12,
    }  # fmt: skip
    assert {key: rules.number(key, TODAY) for key in numbers} == numbers
    assert {rule.key for rule in Rule.objects.all()} == {*Key}


def test_a_rule_counts_from_its_day_until_the_next_begins() -> None:
    enter("changes", date(2027, 4, 1), 4)
    rules = Rulebook.read()
    days = (date(2026, 3, 30), date(2026, 3, 31), date(2027, 3, 31), date(2027, 4, 1))
    assert [rules.number(Key.CHANGES, day) for day in days] == [None, 2, 2, 4]
    assert rules.begins(Key.CHANGES, after=TODAY, until=date(2027, 4, 1)) == [date(2027, 4, 1)]
    assert rules.begins(Key.CHANGES, after=TODAY, until=date(2027, 3, 31)) == []


def test_a_lifted_rule_restricts_nothing_and_may_come_back() -> None:
    enter("changes", date(2027, 4, 1), None, holds=False)
    enter("changes", date(2027, 6, 1), 1)
    rules = Rulebook.read()
    assert rules.number(Key.CHANGES, date(2027, 5, 1)) is None
    assert rules.number(Key.CHANGES, date(2027, 6, 1)) == 1


@pytest.mark.parametrize(
    ("moment", "changes"), [(BEFORE_MIDNIGHT, "2 times"), (MIDNIGHT, "5 times")]
)
def test_a_change_counts_from_midnight_in_london(
    client: Client, moment: datetime, changes: str
) -> None:
    enter("changes", SUMMER_DAY, 5)
    with database_at(moment):
        assert f"<p>You can change a booking {changes}." in text(client)


def test_the_page_says_since_when_who_says_so_and_how_sure_we_are(client: Client) -> None:
    said = text(client)
    rules = Rulebook.read()
    for rule in [entry for key in Key if (entry := rules.entry(key, TODAY))]:
        since = f"Since {rule.since.day} {rule.since:%B %Y}. " if rule.since else UNKNOWN
        for part in (
            words_of(rule),
            f"{since}Source: {rule.source}.",
            rule.get_certainty_display(),
        ):
            assert escape(part) in said
    assert "ours to get wrong" in said
    assert "https://www.gov.uk/change-driving-test" in said


def test_the_page_tells_of_a_change_that_is_to_come(client: Client) -> None:
    coming = (datetime.now(UTC) + timedelta(days=40)).date()
    enter("fee", coming, "62.50", source="Parliament")
    said = text(client)
    assert "<p>A practical test costs £62 on a weekday." in said
    assert f"From {coming.day} {coming:%B %Y}:</strong> A practical test costs £62.50" in said
    assert "Source: Parliament." in said


def test_the_footer_leads_there(client: Client) -> None:
    assert 'href="/rules/"' in client.get("/privacy/").content.decode()


def test_every_rule_has_words_and_a_theme() -> None:
    assert set(WORDS) == {*Key}
    assert sorted(key for keys in THEMES.values() for key in keys) == sorted(Key)


@pytest.mark.parametrize(("value", "amount"), [("62", "£62"), ("62.50", "£62.50"), (None, "")])
def test_pounds_have_pence_only_where_there_are_some(value: str | None, amount: str) -> None:
    assert Rule(key="fee", value=value and Decimal(value)).amount == amount


@pytest.mark.parametrize(
    "fields",
    [
        {"key": "speed", "value": 1},
        {"key": "changes", "value": 2},
        {"key": "fee", "since": date(2027, 1, 1), "value": -1},
        {"key": "changes", "since": date(2027, 1, 1), "value": 101},
        {"key": "changes", "since": date(2027, 1, 1), "value": None},
        {"key": "changes", "since": date(2027, 1, 1), "value": 1, "certainty": "divine"},
    ],
    ids=["unknown", "twice", "negative", "huge", "no number", "certainty"],
)
def test_the_database_refuses(fields: dict[str, object]) -> None:
    values = {"since": date(2026, 3, 31), **fields}
    with pytest.raises(IntegrityError), transaction.atomic():
        enter(**values)  # type: ignore[arg-type]
