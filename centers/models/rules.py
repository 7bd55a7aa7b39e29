"""What a learner may do with a test, as the official booking service has it from a day on."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from audit.text import counted


class Rule(models.Model):
    """One rule from midnight (Europe/London) of `since` until the next row of its key begins.

    No `since` is "for as long as we know". A rule that no longer `holds` has been lifted.
    """

    class Key(models.TextChoices):
        LEARNER_BOOKS = "learner_books", "who may book and change a test"
        CHANGES = "changes", "how often a booking can be changed"
        MOVED_BY_DVSA = "moved_by_dvsa", "when DVSA itself moves a test"
        NEAREST_CENTERS = "nearest_centers", "where a booking can be moved"
        NOTICE_PRACTICAL = "notice_practical", "notice to change a practical test"
        NOTICE_THEORY = "notice_theory", "notice to change a theory test"
        HOLIDAYS = "holidays", "which public holidays count"
        RETAKE_WAIT = "retake_wait", "the next try after a failed test"
        THEORY_PASS = "theory_pass", "how long a theory pass counts"
        FEE = "fee", "what a practical test costs"
        FEE_OFF_PEAK = "fee_evening", "what it costs on evenings, weekends and bank holidays"
        FEE_THEORY = "fee_theory", "what a theory test costs"
        UNUSUAL_ACTIVITY = "unusual_activity", "activity unlike normal personal use"

    class Certainty(models.TextChoices):
        HIGH = "high", "We are sure of it"
        MEDIUM = "medium", "We are fairly sure of it"
        LOW = "low", "We are not sure of it"

    POUNDS = "£"
    # What the number counts; a rule that is not here has none.
    UNITS: ClassVar = {
        Key.CHANGES: "time",
        Key.NEAREST_CENTERS: "centre",
        Key.NOTICE_PRACTICAL: "full working day",
        Key.NOTICE_THEORY: "full working day",
        Key.RETAKE_WAIT: "working day",
        Key.THEORY_PASS: "year",
        Key.FEE: POUNDS,
        Key.FEE_OFF_PEAK: POUNDS,
        Key.FEE_THEORY: POUNDS,
        Key.UNUSUAL_ACTIVITY: "month",
    }

    key = models.CharField(max_length=30, choices=Key)
    since = models.DateField(null=True, blank=True)
    holds = models.BooleanField(db_default=True)
    value = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    source = models.CharField(max_length=300)
    certainty = models.CharField(max_length=6, choices=Certainty)

    class Meta:
        ordering: ClassVar = ["key", F("since").asc(nulls_first=True)]
        verbose_name = "rule of driving tests"
        verbose_name_plural = "rules of driving tests"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key", "since"], name="rule_once_a_day", nulls_distinct=False,
                violation_error_message="This rule has an entry from that day on: change that one.",
            ),
            models.CheckConstraint(
                name="rule_key",
                condition=Q(
                    key__in=[
                        "learner_books", "changes", "moved_by_dvsa", "nearest_centers",
                        "notice_practical", "notice_theory", "holidays", "retake_wait",
                        "theory_pass", "fee", "fee_evening", "fee_theory", "unusual_activity",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="rule_certainty", condition=Q(certainty__in=["high", "medium", "low"])
            ),
            models.CheckConstraint(
                name="rule_value_in_bounds",
                condition=Q(value__isnull=True)
                | Q(value__gte=0) & (Q(value__lte=100) | Q(key__startswith="fee")),
            ),
            models.CheckConstraint(
                name="rule_has_its_number",
                condition=Q(holds=False)
                | Q(value__isnull=False)
                | Q(key__in=["learner_books", "moved_by_dvsa", "holidays"]),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_key_display()

    @property
    def unit(self) -> str | None:
        """What the number counts, in the singular; None for a rule without one."""
        return self.UNITS.get(self.Key(self.key))

    @property
    def amount(self) -> str:
        """The number with its unit: "2 times", "£62", "£62.50"; "" without one."""
        if self.value is None or self.unit is None:
            return ""
        if self.unit == self.POUNDS:
            return f"£{self.value:.2f}".removesuffix(".00")
        return counted(int(self.value), self.unit)
