"""Which searches reach which centres: the radius join, computed when either side is written."""

from typing import ClassVar

from django.db import models

from accounts.models import SavedSearch
from centers.models import Center


class Reach(models.Model):
    """An active search and an open centre within its radius, or among its chosen centres.

    `miles` (statute, on the spheroid) is null for a chosen centre of a search without a place.
    Triggers on the three tables below it write this table; nothing else does. They also remove
    its rows with a search or a centre, so that no foreign key has to look at each row again.
    """

    pk = models.CompositePrimaryKey("center", "search")
    center = models.ForeignKey(
        Center,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,  # the primary key begins with it
    )
    search = models.ForeignKey(
        SavedSearch, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    miles = models.FloatField(null=True)

    class Meta:
        ordering: ClassVar = ["center", "search"]
        verbose_name_plural = "reach"

    def __str__(self) -> str:
        return f"search {self.search_id} reaches center {self.center_id}"
