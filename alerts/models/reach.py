"""Which searches reach which centres: the radius join, computed when either side is written."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from accounts.models import SavedSearch
from centers.models import Center


class Reach(models.Model):
    """An active search and an open centre within its radius, or among its chosen centres.

    `miles` (statute, on the spheroid) is null for a chosen centre of a search without a place.
    Triggers on the three tables below it write this table, and `settle_reach` what they leave in
    PendingReach. They also remove its rows with a search or a centre, so that no foreign key has
    to look at each row again.
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


class PendingReach(models.Model):
    """A centre that was written, and whose rows of Reach are still as they were before.

    Triggers write it where following at once would hold up those who save searches; the centre
    may be gone by now. Searches up to the id `done_to` have been looked at. Until the row is
    gone, matching computes the centre's searches itself.
    """

    center = models.ForeignKey(
        Center, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    done_to = models.IntegerField(db_default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "pending reach"

    def __str__(self) -> str:
        return f"center {self.center_id} from search {self.done_to} on"
