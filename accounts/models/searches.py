"""Saved searches: what a learner asked to be told about."""

from datetime import date
from typing import ClassVar

from django.contrib.gis.db.models import PointField
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.db.models.lookups import Exact

from accounts.models.day_ranges import DayRangesField
from accounts.models.people import User
from accounts.querysets import SavedSearchQuerySet
from audit.touch import touch_updated_at
from centers.models import Center

# Paused until someone says otherwise; every calendar and clock still knows the day.
FOR_GOOD = date(9999, 1, 2)
TEST_TYPES = ("practical", "theory")


class SavedSearch(models.Model):
    """One saved search; a null window is open on that side, and all windows are inclusive."""

    class Method(models.TextChoices):
        EMAIL = "email", "Email"
        PUSH = "push", "Push"

    class TestType(models.TextChoices):
        PRACTICAL = "practical", "Practical"
        THEORY = "theory", "Theory"

    id = models.AutoField(primary_key=True, db_column="preference_id")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="searches")
    notification_radius = models.IntegerField(db_default=25)
    notification_method = models.CharField(max_length=50, choices=Method)
    preferred_test_types = models.JSONField(null=True, blank=True)
    name = models.CharField(max_length=100, null=True, blank=True)
    postcode = models.CharField(max_length=10, null=True, blank=True)
    location = PointField(geography=True, null=True, blank=True)
    centers = models.ManyToManyField(
        Center, through="SearchCenter", blank=True, related_name="searches"
    )
    date_from = models.DateField(null=True, blank=True)
    date_to = models.DateField(null=True, blank=True)
    weekdays = ArrayField(models.SmallIntegerField(), null=True, blank=True)
    excluded_dates = DayRangesField(null=True, blank=True)
    time_from = models.TimeField(null=True, blank=True)
    time_until = models.TimeField(null=True, blank=True)
    current_test_date = models.DateField(null=True, blank=True)
    min_days_earlier = models.SmallIntegerField(null=True, blank=True)
    min_notice_days = models.SmallIntegerField(null=True, blank=True)
    only_bookable = models.BooleanField(db_default=True)
    also_email = models.BooleanField(
        db_default=False, help_text="beside the pushes to the learner's devices"
    )
    digest_at = models.TimeField(
        null=True, blank=True,
        help_text="in London, when its alerts of a day go out together; empty: at once",
    )  # fmt: skip
    paused_until = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(db_default=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        db_table = "userpreferences"
        ordering: ClassVar = ["id"]
        verbose_name_plural = "saved searches"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="preferences_method", condition=Q(notification_method__in=["email", "push"])
            ),
            models.CheckConstraint(
                name="preferences_test_types_known",
                condition=Q(preferred_test_types__isnull=True)
                | Q(preferred_test_types__contained_by=list(TEST_TYPES)),
            ),
            models.CheckConstraint(
                name="preferences_test_types_array",
                condition=Exact(
                    Func(
                        F("preferred_test_types"),
                        function="jsonb_typeof",
                        output_field=models.TextField(),
                    ),
                    Value("array"),
                ),
            ),
            models.CheckConstraint(
                name="preferences_radius_positive", condition=Q(notification_radius__gt=0)
            ),
            models.CheckConstraint(
                name="preferences_weekdays_iso",
                condition=Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7]),
            ),
            models.CheckConstraint(
                name="preferences_excluded_dates_end",
                condition=Exact(
                    Func(
                        F("excluded_dates"),
                        template="(lower_inf(%(expressions)s) OR upper_inf(%(expressions)s))",
                        output_field=models.BooleanField(),
                    ),
                    Value(False),
                ),
            ),
        ]
        triggers: ClassVar = [
            touch_updated_at(
                watch=[
                    "user", "notification_radius", "notification_method", "preferred_test_types",
                    "name", "postcode", "location", "date_from", "date_to", "weekdays",
                    "excluded_dates", "time_from", "time_until", "current_test_date",
                    "min_days_earlier", "min_notice_days", "only_bookable", "paused_until",
                    "is_active", "also_email", "digest_at",
                ]
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name or f"within {self.notification_radius} miles of {self.postcode}"

    @property
    def is_paused_for_good(self) -> bool:
        """Whether it rests until someone starts it again."""
        return self.paused_until is not None and self.paused_until.year >= FOR_GOOD.year


class SearchCenter(models.Model):
    """A centre that a search has chosen by name; such a search looks nowhere else."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="chosen")
    center = models.ForeignKey(Center, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "userpreferences_centers"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["search", "center"], name="search_center_once"),
        ]

    def __str__(self) -> str:
        return f"search {self.search_id} at center {self.center_id}"
