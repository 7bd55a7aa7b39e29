"""The form of a saved search: its criteria's fields, how to tell the learner, and its name."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.db.models import F

from accounts.date_inputs import TimeInput
from accounts.learners import Learner
from accounts.models import SavedSearch
from alerts.criteria import CRITERIA, FIELDS
from centers.models import Center
from slots.searching.forms import SlotSearchForm

NEARBY_MILES = 60
NEARBY_AT_MOST = 12
# All others are folded away until they say something.
COMMON = {"postcode", "near", "radius", "test_type", "method", "digest"}
# How to tell the learner, where it is by notification and by email.
BOTH = "both"


class SavedSearchForm(SlotSearchForm):
    """All that a saved search says; a link to results fills it in, by the same parameters."""

    order = None  # type: ignore[assignment]
    cursor = None  # type: ignore[assignment]
    method = forms.ChoiceField(
        label="How to tell you", required=False, initial=SavedSearch.Method.EMAIL,
        choices=[
            (SavedSearch.Method.EMAIL, "By email"),
            (SavedSearch.Method.PUSH, "By a notification on my phone or computer"),
            (BOTH, "By both"),
        ],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose email, notifications or both"},
    )  # fmt: skip
    digest = forms.TimeField(
        label="Only one summary a day, at", required=False,
        widget=TimeInput,
        help_text="Leave it blank to hear of each slot at once. Most are gone by the evening.",
        error_messages={"invalid": "Enter a time such as 18:00, or leave it blank"},
    )  # fmt: skip
    name = forms.CharField(
        label="A name for this search", required=False, max_length=100,
        help_text="Only you see it, for example “Near college”",
    )  # fmt: skip

    def __init__(self, *args: Any, learner: Learner | None = None, **kwargs: Any) -> None:
        """For a learner, or a visitor; until `offer_centers`, the chosen centres are offered."""
        self.learner = learner
        super().__init__(*args, **kwargs)
        self.offer_centers(None)

    def offer_centers(self, origin: Point | None) -> None:
        """Offer the chosen centres, and those that there are to choose from.

        They are those that the learner's test can be moved to, where DVSA's list is loaded, else
        with an origin the nearest ones.
        """
        chosen = Center.objects.open().filter(pk__in=self._chosen())
        near = [] if origin is None else nearest(origin)
        offered = dict.fromkeys([*chosen, *(self._movable() or near)])
        self.offer((center.pk, center.name) for center in offered)

    def _movable(self) -> list[Center]:
        """Where the learner's practical test can be moved; empty where that isn't known."""
        practical = SavedSearch.TestType.PRACTICAL
        allowed = self.learner.allowed_centers(practical) if self.learner else None
        return sorted((each for each in allowed or () if each.is_active), key=str)

    def _chosen(self) -> list[int]:
        values = self["center"].value() or []
        return [int(value) for value in values if re.fullmatch(r"\d{1,9}", str(value))]

    def clean_method(self) -> str:
        """Email unless said otherwise."""
        return self.cleaned_data["method"] or SavedSearch.Method.EMAIL

    def clean(self) -> dict[str, Any]:
        """Besides what every search needs, what each criterion finds wrong."""
        values = super().clean()
        asked = values | {"has_booking": bool(self.learner and self.learner.bookings)}
        for criterion in CRITERIA:
            for field, sentence in criterion.faults(asked):
                if field not in self.errors:
                    self.add_error(field, sentence)
        return values

    @property
    def wish(self) -> SavedSearch:
        """A valid form as a search that is not stored; its centres are `chosen_centers`."""
        values = self.cleaned_data | {"place": self._place}
        by_both = values["method"] == BOTH
        search = SavedSearch(
            name=values["name"] or None, digest_at=values["digest"], also_email=by_both,
            notification_method=SavedSearch.Method.PUSH if by_both else values["method"],
        )  # fmt: skip
        for criterion in CRITERIA:
            for column, value in criterion.from_form(values).items():
                setattr(search, column, value)
        return search

    @property
    def chosen_centers(self) -> list[Center]:
        """The centres that a valid form names."""
        return list(self.cleaned_data["center"])

    @property
    def has_uncommon(self) -> bool:
        """Whether any field that is folded away says something, or has to be put right."""
        uncommon = self.fields.keys() - COMMON
        return any(self[name].value() or name in self.errors for name in uncommon)


# As if each were declared in the class, which no loop can do.
SavedSearchForm.base_fields.update(FIELDS)


def nearest(origin: Point) -> Iterable[Center]:
    """The open centres that someone near a point may want to choose from, nearest first."""
    near = Center.objects.open().within_miles(origin, NEARBY_MILES).with_miles_from(origin)
    return near.order_by(F("miles"))[:NEARBY_AT_MOST]


def initial_of(search: SavedSearch) -> dict[str, Any]:
    """What a form for changing a search starts from."""
    by_push = search.notification_method == SavedSearch.Method.PUSH
    method = BOTH if by_push and search.also_email else search.notification_method
    values = {"name": search.name, "method": method, "digest": search.digest_at}
    for criterion in CRITERIA:
        values |= criterion.to_form(search)
    return values
