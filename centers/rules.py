"""The rules of driving tests with their dates: which number counts on which day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from centers.models import Rule


class Rulebook:
    """Every rule, read once and asked many times; a rule that nobody entered restricts nothing."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules: dict[str, list[Rule]] = defaultdict(list)
        for rule in sorted(rules, key=lambda rule: rule.since or date.min):
            self._rules[rule.key].append(rule)

    @classmethod
    def read(cls) -> "Rulebook":
        """The rules as the database has them now; one query."""
        return cls(Rule.objects.all())

    def entry(self, key: Rule.Key, day: date) -> Rule | None:
        """The entry that counts on a day (Europe/London), one that lifts the rule too."""
        begun = [each for each in self._of(key) if each.since is None or each.since <= day]
        return begun[-1] if begun else None

    def later(self, key: Rule.Key, *, after: date) -> list[Rule]:
        """The key's entries that begin later than a day, the next first."""
        return [each for each in self._of(key) if each.since and each.since > after]

    def rule(self, key: Rule.Key, day: date) -> Rule | None:
        """The rule that holds on a day (Europe/London), or None: never entered, or lifted."""
        entry = self.entry(key, day)
        return entry if entry and entry.holds else None

    def number(self, key: Rule.Key, day: date) -> int | None:
        """Its number as a whole one, None where no such rule holds."""
        value = self.amount(key, day)
        return None if value is None else int(value)

    def amount(self, key: Rule.Key, day: date) -> Decimal | None:
        """Its number, None where no such rule holds."""
        rule = self.rule(key, day)
        return rule.value if rule else None

    def begins(self, key: Rule.Key, *, after: date, until: date) -> list[date]:
        """The days on which another rule of the key begins, `until` included, `after` not."""
        days = (each.since for each in self.later(key, after=after))
        return [day for day in days if day and day <= until]

    def _of(self, key: Rule.Key) -> list[Rule]:
        return self._rules.get(key, [])
