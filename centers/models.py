"""Test centres and the postcodes that place them and their learners."""

from typing import ClassVar

from django.contrib.gis.db.models import GeneratedField, PointField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast, Now

from audit.touch import touch_updated_at
from centers import britain
from centers.querysets import CenterQuerySet


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


class Postcode(models.Model):
    """A full postcode as it is written (`IG3 9UZ`) and where it is, in WGS 84 degrees.

    Without a place it is known and has no grid reference. The written form sorts as the
    published directories do, so that a load adds to the end of the index.
    """

    postcode = models.CharField(max_length=8, primary_key=True, db_collation="C")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    ended = models.CharField(max_length=6, null=True, help_text="YYYYMM it went out of use")

    class Meta:
        ordering: ClassVar = ["postcode"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="postcode_in_britain", condition=britain.both_within_or_neither()
            ),
        ]

    def __str__(self) -> str:
        return self.postcode


class PostcodeArea(models.Model):
    """A postcode sector (`IG3 9`) or outcode (`IG3`) as it is written, and its centroid."""

    class Kind(models.TextChoices):
        SECTOR = "sector", "sector"
        OUTCODE = "outcode", "outcode"

    kind = models.CharField(max_length=7, choices=Kind)
    area = models.CharField(max_length=6, db_collation="C")
    latitude = models.FloatField()
    longitude = models.FloatField()

    class Meta:
        ordering: ClassVar = ["kind", "area"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "area"], name="postcode_area_once"),
            models.CheckConstraint(
                name="postcode_area_kind", condition=Q(kind__in=["sector", "outcode"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.area}"
