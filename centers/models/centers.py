"""Test centres and what else they are called."""

from typing import ClassVar

from django.contrib.gis.db.models import GeneratedField, PointField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast, Now

from audit.touch import touch_updated_at
from centers.nations import Nation, nations_of_area
from centers.querysets import CenterQuerySet, NearestCenterQuerySet


class Center(models.Model):
    """A driving test centre; `location` follows from latitude and longitude (WGS 84 degrees)."""

    id = models.AutoField(primary_key=True, db_column="center_id")
    name = models.CharField(max_length=255)
    postcode = models.CharField(max_length=10)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    location = GeneratedField(
        expression=Cast(
            Func(
                Func(F("longitude"), F("latitude"), function="ST_MakePoint"),
                Value(4326),
                function="ST_SetSRID",
            ),
            PointField(geography=True),
        ),
        output_field=PointField(geography=True, spatial_index=False, null=True),
        db_persist=True,
    )
    code = models.CharField(max_length=50, null=True, blank=True, unique=True)
    address = models.TextField(null=True, blank=True)
    town = models.CharField(max_length=255, null=True, blank=True)
    is_active = models.BooleanField(db_default=True)
    # Where its postcode alone says it; see `centers.placing.fill_nations`.
    nation = models.CharField(max_length=3, choices=Nation, null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(db_default=Now())
    # What an import last wrote, by field: a value that differs from it now is an edit of staff's.
    imported = models.JSONField(null=True, blank=True, editable=False)

    objects = CenterQuerySet.as_manager()

    class Meta:
        db_table = "dvsa_test_centers"
        ordering: ClassVar = ["name"]
        verbose_name = "test centre"
        verbose_name_plural = "test centres"
        indexes: ClassVar = [GistIndex(fields=["location"], name="centers_location")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="centers_latitude_in_britain",
                condition=Q(latitude__gte=49, latitude__lte=61),
            ),
            models.CheckConstraint(
                name="centers_longitude_in_britain",
                condition=Q(longitude__gte=-9, longitude__lte=2),
            ),
            models.CheckConstraint(
                name="centers_both_coordinates_or_neither",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
            ),
            models.CheckConstraint(
                name="centers_nation", condition=Q(nation__in=["ENG", "SCT", "WLS"])
            ),
        ]
        triggers: ClassVar = [
            touch_updated_at(
                watch=[
                    "name", "postcode", "latitude", "longitude",
                    "code", "address", "town", "is_active",
                ]
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees, None if nobody knows where it is."""
        if self.latitude is None or self.longitude is None:
            return None
        return float(self.latitude), float(self.longitude)

    @property
    def nations(self) -> frozenset[Nation]:
        """Whose public holidays count here: of its nation, or of all that it may be in."""
        if self.nation:
            return frozenset({Nation(self.nation)})
        return nations_of_area(self.postcode)


class NearestCenter(models.Model):
    """One of the centres that DVSA lists as nearest to another, the nearest having rank 1.

    By driving distance, and corrected now and then: imported, never computed.
    """

    center = models.ForeignKey(Center, on_delete=models.CASCADE, related_name="nearest")
    other = models.ForeignKey(
        Center, on_delete=models.CASCADE, related_name="+", verbose_name="nearest centre"
    )
    rank = models.PositiveSmallIntegerField()

    objects = NearestCenterQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["center__name", "rank"]
        verbose_name = "nearest centre"
        verbose_name_plural = "nearest centres"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["center", "rank"], name="nearest_center_rank_once",
                violation_error_message="That centre has another of this rank: change that one.",
            ),
            models.UniqueConstraint(
                fields=["center", "other"], name="nearest_center_once",
                violation_error_message="That centre lists this one already.",
            ),
            models.CheckConstraint(
                name="nearest_center_rank_from_one", condition=Q(rank__gte=1)
            ),
            models.CheckConstraint(
                name="nearest_center_is_another", condition=~Q(center=F("other")),
                violation_error_message="Choose another centre than the one itself.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.other}, number {self.rank} from {self.center}"


class CenterAlias(models.Model):
    """Another name by which a source calls a centre; `folded` is what is compared."""

    center = models.ForeignKey(Center, on_delete=models.CASCADE, related_name="aliases")
    alias = models.CharField(max_length=255)
    folded = models.CharField(max_length=255, unique=True)

    class Meta:
        ordering: ClassVar = ["alias"]
        verbose_name = "other name of a centre"
        verbose_name_plural = "other names of centres"

    def __str__(self) -> str:
        return self.alias
