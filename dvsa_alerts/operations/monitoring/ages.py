"""How long the oldest of something has waited, by the database's clock."""

from datetime import timedelta
from typing import Any

from django.db.models import Min, QuerySet
from django.db.models.functions import Now


def oldest_age(waiting: QuerySet[Any], field: str) -> float:
    """Seconds since the earliest moment in a column; 0 for no row, or when it is still to come."""
    age: timedelta | None = waiting.order_by().aggregate(age=Now() - Min(field))["age"]
    return max(age.total_seconds(), 0.0) if age else 0.0
