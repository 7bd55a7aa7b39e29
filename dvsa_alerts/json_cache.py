"""Django's cache in a table of ours: JSON is all that it reads, and time alone removes a row.

Django's own database cache unpickles what it finds, so who may write a row there runs code in the
web's processes; and it throws rows away by their keys once there are 300.
"""

import json
from datetime import timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from dvsa_alerts.models import CacheEntry

# `only_new`: what is there and has not expired stays.
_SET = """
    INSERT INTO dvsa_alerts_cacheentry AS entry (key, value, expires_at)
    VALUES (%(key)s, %(value)s, statement_timestamp() + %(lasts)s)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
     WHERE NOT %(only_new)s OR entry.expires_at <= statement_timestamp()"""


class JsonCache(BaseCache):
    """Values that JSON can say, TypeError for others; a tuple comes back as a list."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        """`location` is not used: there is one table."""
        super().__init__(params)

    def add(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Store a value unless there is one; whether it was stored, for one of many at once."""
        return self._store(key, value, timeout, version, only_new=True)

    def set(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        """Store a value in the place of any other."""
        self._store(key, value, timeout, version, only_new=False)

    def _store(
        self, key: str, value: Any, timeout: float | None, version: int | None, *, only_new: bool
    ) -> bool:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        values: dict[str, Any] = {
            "key": self.make_and_validate_key(key, version=version),
            "value": json.dumps(value),
            "lasts": None if seconds is None else timedelta(seconds=seconds),
            "only_new": only_new,
        }
        with connection.cursor() as cursor:
            cursor.execute(_SET, values)
            return cursor.rowcount == 1

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value, or `default`."""
        text = self._live(key, version).values_list("value", flat=True).first()
        return default if text is None else json.loads(text)

    def touch(
        self,
        key: str,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Have a value last longer; whether there is one."""
        missing = object()
        value = self.get(key, missing, version)
        return value is not missing and self._store(key, value, timeout, version, only_new=False)

    def delete(self, key: str, version: int | None = None) -> bool:
        """Remove a value; whether there was one."""
        removed, _ = self._live(key, version).delete()
        return bool(removed)

    def clear(self) -> None:
        """Remove every value."""
        CacheEntry.objects.all().delete()

    def _live(self, key: str, version: int | None) -> QuerySet[CacheEntry]:
        lasting = Q(expires_at__gt=Now()) | Q(expires_at=None)
        key = self.make_and_validate_key(key, version=version)
        return CacheEntry.objects.filter(lasting, key=key)
