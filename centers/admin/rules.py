"""The rules of driving tests in admin: changed without a release, from a day on."""

from typing import Any

from django import forms
from django.contrib import admin

from audit.recorded_admin import AsksAgainAdmin, RecordedAdmin
from centers.models import Rule

# As the database has it, too; pounds may be more.
MOST = 100


class RuleForm(forms.ModelForm):
    """A rule whose number fits its key."""

    class Meta:
        model = Rule
        fields = ("key", "since", "holds", "value", "source", "certainty")
        labels = {  # noqa: RUF012
            "key": "Rule", "since": "Since", "holds": "It holds", "value": "Number",
        }  # fmt: skip
        help_texts = {  # noqa: RUF012
            "since": "From midnight in London; leave it empty for “as long as we know”. To change "
            "a rule, add another entry with the day on which the change begins",
            "holds": "Untick it from the day on which the rule is lifted",
            "value": "Times, days, years, centres or pounds, as the rule has it; empty for a rule "
            "without a number",
            "source": "Who says so, and where: learners read it",
        }

    def clean(self) -> dict[str, Any]:
        """A number where the rule has one, a whole one unless it is money, and none elsewhere."""
        values = super().clean() or {}
        if "key" in values and "value" in values:
            self._check_number(Rule(key=values["key"]).unit, values["value"], values.get("holds"))
        return values

    def _check_number(self, unit: str | None, value: Any, holds: Any) -> None:
        if unit is None and value is not None:
            self.add_error("value", "This rule has no number: leave it empty.")
        elif unit and holds and value is None:
            self.add_error("value", f"Enter how many, or how much: this rule counts in {unit}s.")
        elif value is not None and unit != Rule.POUNDS and value % 1:
            self.add_error("value", "Enter a whole number.")
        elif value is not None and (value < 0 or (value > MOST and unit != Rule.POUNDS)):
            self.add_error("value", f"Enter a number from 0 to {MOST}.")


@admin.register(Rule)
class RuleAdmin(AsksAgainAdmin, RecordedAdmin):
    """One entry for each rule and the day since when it holds."""

    form = RuleForm
    list_display = ("key", "since", "holds", "number", "certainty", "source")
    list_display_links = ("key",)
    list_filter = ("key", "certainty")
    sortable_by = ("since",)

    @admin.display(description="number")
    def number(self, rule: Rule) -> str:
        """With its unit."""
        return rule.amount
