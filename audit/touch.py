"""`updated_at` that is true no matter what writes: a trigger that any table can have."""

import pgtrigger


def touch_updated_at(*, watch: list[str]) -> pgtrigger.Trigger:
    """Set `updated_at` to the statement's time whenever one of the watched fields changes.

    Hand-written SQL counts as much as the ORM. A statement that changes `updated_at` alone
    keeps the value that it gives.
    """
    return pgtrigger.Trigger(
        name="touch_updated_at",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(*watch),
        func="NEW.updated_at = statement_timestamp(); RETURN NEW;",
    )
