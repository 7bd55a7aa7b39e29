"""Bringing the stored centres in line with a list of centres: first planned, then applied."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max

from audit.clock import database_today
from audit.trail import Actor, record
from centers.geocoding import locate_all
from centers.importing.duplicates import Duplicate, find_duplicates
from centers.importing.files import Row
from centers.importing.matching import Matching
from centers.importing.rows import Entry, Note, Value, WrongRow, doubt, postcode_text, read_entry
from centers.models import Center, CenterAlias
from centers.naming import fold
from centers.placing import fill_nations
from centers.signals import say_many_centers_written

# Who moved a centre moved it in both directions.
TOGETHER = {"latitude": ("latitude", "longitude"), "longitude": ("latitude", "longitude")}

# What a merge is about, no matter who wrote it last: the centre goes on, under the row's code.
MERGED = ("code", "is_active")


class StalePlanError(RuntimeError):
    """Centres have changed since the plan was made: plan again."""


@dataclass(frozen=True)
class Planned:
    """What is to become of one row's centre; `center` is None where it is new, and `is_merged` says
    that the row would have added it under another code.

    `values` are the fields to be set, `kept` those that staff have edited and the list would
    have changed, `remembered` what the list says of those fields that now agree with it.
    """

    row: Row
    center: Center | None
    values: dict[str, Value]
    kept: tuple[str, ...] = ()
    remembered: dict[str, str | bool] = field(default_factory=dict)
    is_merged: bool = False

    @property
    def changes(self) -> list[tuple[str, str | bool | None, str | bool]]:
        """Each field that is to be set, with what it is now and will be."""
        return [
            (name, _now(self.center, name) if self.center else None, _text(value))
            for name, value in self.values.items()
        ]


@dataclass
class Plan:
    """All that an import would do; `basis` is the state of the centres that it was made on."""

    created: list[Planned] = field(default_factory=list)
    changed: list[Planned] = field(default_factory=list)
    unchanged: list[Planned] = field(default_factory=list)
    skipped: list[Note] = field(default_factory=list)
    rejected: list[Note] = field(default_factory=list)
    doubtful: list[Note] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    basis: tuple[int, datetime | None] = (0, None)

    @property
    def kept(self) -> list[Planned]:
        """Rows of which some field stays as staff have edited it."""
        return [planned for planned in (*self.changed, *self.unchanged) if planned.kept]

    def counts(self) -> dict[str, int]:
        """How many rows there are of each kind."""
        return {
            kind: len(getattr(self, kind))
            for kind in ("created", "changed", "unchanged", "skipped", "rejected", "kept")
        }


def plan_import(
    rows: Iterable[Row],
    *,
    overwrite: bool = False,
    merge: frozenset[int] | None = frozenset(),
    today: date | None = None,
) -> Plan:
    """What a list would change; writes nothing.

    Rows are matched by code, then name, then postcode and similar name. A centre that has closed
    by `today` (Europe/London) is skipped, or closed if it is stored as open. A field that differs
    from what was last imported was edited by staff and is kept unless `overwrite`. A row that
    would add a centre where one is stored already is one of the plan's `duplicates`, and gives
    that centre its code instead when its line is in `merge` (None: whichever line).
    """
    plan = Plan(basis=_basis())
    entries = _entries(list(rows), plan, today or database_today())
    matching = Matching(Center.objects.all(), CenterAlias.objects.all())
    matching.match([entry.row for entry in entries])
    refused = {note.line for note in matching.rejected}
    plan.rejected = sorted([*plan.rejected, *matching.rejected])
    entries = [entry for entry in entries if entry.row.line not in refused]
    new = [entry for entry in entries if entry.row.line not in matching.centers]
    plan.duplicates = list(find_duplicates(new, matching.unclaimed, merge=merge))
    for duplicate in plan.duplicates:
        if duplicate.is_merged:
            matching.claim(duplicate.row.line, duplicate.center)
    for entry in entries:
        _plan_entry(plan, entry, matching, overwrite=overwrite)
    return plan


@transaction.atomic
def apply_plan(plan: Plan, *, actor: Actor | None) -> None:
    """Write what was planned, all of it or nothing; raises StalePlanError.

    A centre that gets another name keeps its old one as an alias, for feeds that use it; a merged
    one its old code, too. It stays the same row, so what hangs on it is not touched.
    """
    say_many_centers_written()
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE dvsa_test_centers IN SHARE ROW EXCLUSIVE MODE")
    if plan.basis != _basis():
        raise StalePlanError("Centres have changed since this was planned. Please start again.")
    for planned in plan.created:
        made = Center.objects.create(**planned.values, imported=planned.remembered)
        record("center.added", actor=actor, subject=made, imported=True)
    for planned in (*plan.changed, *plan.unchanged):
        _update(planned, actor)
    fill_nations()
    if plan.created or plan.changed:
        record("centers.imported", actor=actor, subject=None, **plan.counts())


def _basis() -> tuple[int, datetime | None]:
    state = Center.objects.aggregate(count=Count("pk"), newest=Max("updated_at"))
    return state["count"], state["newest"]


def _entries(rows: list[Row], plan: Plan, today: date) -> list[Entry]:
    places = locate_all({postcode_text(row) for row in rows})
    entries = []
    for row in rows:
        place = places[postcode_text(row)]
        try:
            entry = read_entry(row, place, today)
        except WrongRow as error:
            plan.rejected.append(Note(row.line, row.name, str(error)))
            continue
        entries.append(entry)
        reason = doubt(row, entry.values, place)
        if reason:
            plan.doubtful.append(Note(row.line, row.name, reason))
    return entries


def _plan_entry(plan: Plan, entry: Entry, matching: Matching, *, overwrite: bool) -> None:
    center = matching.centers.get(entry.row.line)
    if entry.closed_on and not (center and center.is_active):
        reason = f"it closed on {entry.closed_on:%-d %B %Y}"
        plan.skipped.append(Note(entry.row.line, entry.row.name, reason))
    elif center is None:
        remembered = {name: _text(value) for name, value in entry.values.items()}
        plan.created.append(Planned(entry.row, None, entry.values, remembered=remembered))
    else:
        planned = _compare(entry, center, matching, overwrite=overwrite)
        (plan.changed if planned.values else plan.unchanged).append(planned)


def _compare(entry: Entry, center: Center, matching: Matching, *, overwrite: bool) -> Planned:
    wanted = _wanted(entry, center, by_alias=entry.row.line in matching.by_alias)
    differing = {
        name: value for name, value in wanted.items() if _now(center, name) != _text(value)
    }
    merged = entry.row.line in matching.merged
    settled = MERGED if merged else ()
    kept = tuple(
        name
        for name in differing
        if not overwrite and name not in settled and _edited(center, name)
    )
    values = {name: value for name, value in differing.items() if name not in kept}
    remembered = {name: _text(value) for name, value in wanted.items() if name not in kept}
    return Planned(entry.row, center, values, kept, remembered, is_merged=merged)


def _wanted(entry: Entry, center: Center, *, by_alias: bool) -> dict[str, Value]:
    """What the list says of a stored centre, where it says it better than what is stored."""
    if entry.closed_on:
        return {"is_active": False}
    left_out = {"name"} if by_alias else set()
    if not entry.has_own_coordinates and _is_placed_by(center, entry.values["postcode"]):
        left_out |= {"latitude", "longitude"}
    return {name: value for name, value in entry.values.items() if name not in left_out}


def _is_placed_by(center: Center, postcode: Value) -> bool:
    return center.latitude is not None and center.postcode == postcode


def _edited(center: Center, name: str) -> bool:
    return any(_edited_alone(center, each) for each in TOGETHER.get(name, (name,)))


def _edited_alone(center: Center, name: str) -> bool:
    """Differs from what was last imported; never imported, it is staff's unless empty or open."""
    last = (center.imported or {}).get(name)
    if last is None:
        return getattr(center, name) not in (None, "", True)
    return bool(_now(center, name) != last)


def _now(center: Center, name: str) -> str | bool | None:
    value: Any = getattr(center, name)
    return None if value is None else _text(value)


def _text(value: Value) -> str | bool:
    """As JSON can hold it and as two values are compared."""
    return str(value) if isinstance(value, Decimal) else value


def _update(planned: Planned, actor: Actor | None) -> None:
    center = planned.center
    if center is None:
        return
    former, former_code, changes = center.name, center.code, planned.changes
    imported = (center.imported or {}) | planned.remembered
    if not planned.values and imported == center.imported:
        return
    for name, value in planned.values.items():
        setattr(center, name, value)
    center.imported = imported
    center.save(update_fields=[*planned.values, "imported"])
    if changes:
        said = {name: [now, then] for name, now, then in changes}
        record("center.changed", actor=actor, subject=center, changes=said, imported=True)
    if fold(center.name) != fold(former):
        _keep_as_alias(center, former)
    if planned.is_merged:
        record("center.merged", actor=actor, subject=center, was=former_code, now=center.code)
        if former_code:
            _keep_as_alias(center, former_code)


def _keep_as_alias(center: Center, former: str) -> None:
    """Unless the name stands for someone else, by name or alias."""
    folded = fold(former)
    if all(fold(name) != folded for name in Center.objects.values_list("name", flat=True)):
        CenterAlias.objects.get_or_create(
            folded=folded, defaults={"center": center, "alias": former}
        )
