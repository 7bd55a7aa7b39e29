"""Addresses at which a feed reader follows a saved search."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from accounts.models import SavedSearch


class SearchFeed(models.Model):
    """The feed of a search, as long as there is one; `digest` is the SHA-256 of its secret."""

    search = models.OneToOneField(
        SavedSearch, on_delete=models.CASCADE, primary_key=True, related_name="feed"
    )
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["search"]

    def __str__(self) -> str:
        return f"feed of search {self.search_id}"
