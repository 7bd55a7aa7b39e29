"""Postcodes and their areas, which place test centres and learners."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from centers import britain
from centers.nations import Nation


class Postcode(models.Model):
    """A full postcode as it is written (`IG3 9UZ`) and where it is, in WGS 84 degrees.

    Without a place it is known and has no grid reference. The written form sorts as the
    published directories do, so that a load adds to the end of the index.
    """

    postcode = models.CharField(max_length=8, primary_key=True, db_collation="C")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    ended = models.CharField(max_length=6, null=True, help_text="YYYYMM it went out of use")
    nation = models.CharField(max_length=3, choices=Nation, null=True)

    class Meta:
        ordering: ClassVar = ["postcode"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="postcode_in_britain", condition=britain.both_within_or_neither()
            ),
            models.CheckConstraint(
                name="postcode_nation", condition=Q(nation__in=["ENG", "SCT", "WLS"])
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
