"""Changing a setting: checked against its declaration, and recorded with its old and new value."""

from django.db import transaction

from audit import config
from audit.models import SystemConfig
from audit.trail import Actor, record


def change_setting(*, key: config.AnyKey, text: str | None, actor: Actor | None) -> bool:
    """Store a setting's text, or go back to the default (None); False when that changes nothing.

    Other processes see it within config.CACHE_SECONDS. Raises ValueError, with a sentence for
    the person who typed it, when the text doesn't fit the key.
    """
    if text is not None:
        key.parse(text)
    with transaction.atomic():
        row = _lock(key)
        before, row.value = row.value, text
        if before == text:
            return False
        row.save(update_fields=["value"])
        record("setting.changed", actor=actor, subject=row, key=key.name, values=[before, text])
        transaction.on_commit(config.forget_cached)
    return True


def _lock(key: config.AnyKey) -> SystemConfig:
    """The stored row; who changes the same key at the same time waits."""
    SystemConfig.objects.bulk_create([SystemConfig(key=key.name)], ignore_conflicts=True)
    return SystemConfig.objects.select_for_update().get(key=key.name)
