"""The rules of driving tests in a learner's words, by theme."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from centers.models import Rule
from centers.rules import Rulebook

Key = Rule.Key

# What stands for {} is the rule's number with its unit.
WORDS = {
    Key.LEARNER_BOOKS: "Only you can book, change, swap or cancel your test. Nobody may do it for "
    "you: not a parent, not an instructor, and not a service like ours.",
    Key.CHANGES: "You can change a booking {}. A new day, time and centre all at once are one "
    "change, and so is a swap with another learner. After that you would have to cancel, and "
    "book again.",
    Key.MOVED_BY_DVSA: "If DVSA itself moves your test, that doesn’t count against you: your "
    "changes start again from none used.",
    Key.NEAREST_CENTERS: "You can move a test to another day at its own centre, to any of the {} "
    "nearest to it on DVSA’s own list, or to the centre that you booked first.",
    Key.NOTICE_PRACTICAL: "Change or cancel a practical test while at least {} lie between that "
    "day and the test, or you lose the fee. Monday to Saturday count. Sundays and public holidays "
    "don’t, nor do the day itself and the day of the test.",
    Key.NOTICE_THEORY: "Change or cancel a theory test while at least {} lie between that day and "
    "the test, or you lose the fee.",
    Key.HOLIDAYS: "Public holidays are those of the nation where the test centre is: England, "
    "Scotland or Wales. Where it isn’t clear whether a day counts, we show you the earlier last "
    "day, so that being wrong costs you nothing.",
    Key.RETAKE_WAIT: "If you fail, your next test has to be at least {} later. Websites disagree "
    "on whether Saturdays count. We count them, so the booking service may give you a day or two "
    "later than we do.",
    Key.THEORY_PASS: "A theory pass counts for {} and is never made longer. You have to pass the "
    "practical test before it ends: having one booked isn’t enough.",
    Key.FEE: "A practical test costs {} on a weekday.",
    Key.FEE_OFF_PEAK: "On an evening, a weekend or a bank holiday it costs {}.",
    Key.FEE_THEORY: "A theory test costs {}.",
    Key.UNUSUAL_ACTIVITY: "If your booking is used in a way that doesn’t look like one person "
    "looking after their own test, DVSA may keep you from booking online for {}. A test that you "
    "have booked stays booked.",
}
THEMES = {
    "Changing a test": (
        Key.LEARNER_BOOKS, Key.CHANGES, Key.NEAREST_CENTERS, Key.MOVED_BY_DVSA,
    ),
    "The last day to change it": (Key.NOTICE_PRACTICAL, Key.NOTICE_THEORY, Key.HOLIDAYS),
    "After a test": (Key.RETAKE_WAIT, Key.THEORY_PASS),
    "What it costs": (Key.FEE, Key.FEE_OFF_PEAK, Key.FEE_THEORY),
    "Keeping your online booking": (Key.UNUSUAL_ACTIVITY,),
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One rule as it is told: the row that counts today, its words, and what is to change."""

    rule: Rule
    words: str
    coming: tuple["Told", ...] = ()


def told(today: date) -> Iterator[tuple[str, list[Told]]]:
    """Each theme with its rules that count on a day (Europe/London); one query."""
    rules = Rulebook.read()
    for theme, keys in THEMES.items():
        found = [_told(entry, rules, today) for key in keys if (entry := rules.entry(key, today))]
        if found:
            yield theme, found


def _told(rule: Rule, rules: Rulebook, today: date) -> Told:
    later = rules.later(Key(rule.key), after=today)
    return Told(rule, words_of(rule), tuple(Told(each, words_of(each)) for each in later))


def words_of(rule: Rule) -> str:
    """What a rule says to a learner."""
    if not rule.holds:
        return f"There is no rule any more about {rule}."
    return WORDS[Rule.Key(rule.key)].format(rule.amount)
