"""Writing saved searches: what pages, mails and the API call to save, pause, end and restart them.

Each write records itself in the audit log, with the names of what changed and never the values.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import SavedSearch, User
from accounts.models.searches import FOR_GOOD
from alerts.config import MAX_SEARCHES
from audit.trail import record
from centers.models import Center

KEPT = {"id", "user", "created_at", "updated_at", "is_active", "paused_until"}
WISHES = tuple(
    field.attname for field in SavedSearch._meta.concrete_fields if field.name not in KEPT
)


class TooManySearches(ValueError):
    """The learner has as many searches as anybody may; says the way out."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"You have {most} saved searches, and no more are allowed. Delete one you don't need."
        )


def save_search(
    *, user: User, wish: SavedSearch, centers: Collection[Center], search: SavedSearch | None = None
) -> SavedSearch:
    """Save what an unsaved `wish` says as a new search of the user, or into one of theirs.

    Chosen centres stand instead of the radius. Raises TooManySearches.
    """
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if search is None:
            return _create(user, wish, centers)
        return _change(user, search, wish, centers)


def _create(user: User, wish: SavedSearch, centers: Collection[Center]) -> SavedSearch:
    most = MAX_SEARCHES.value()
    if SavedSearch.objects.of(user).count() >= most:
        raise TooManySearches(most)
    search = SavedSearch(user=user, **_wishes(wish))
    search.save(force_insert=True)
    search.centers.set(centers)
    record("search.created", actor=user, subject=search)
    return search


def _change(
    user: User, search: SavedSearch, wish: SavedSearch, centers: Collection[Center]
) -> SavedSearch:
    before, after = _wishes(search), _wishes(wish)
    changed = sorted(name for name in WISHES if before[name] != after[name])
    if {center.pk for center in centers} != set(search.centers.values_list("pk", flat=True)):
        search.centers.set(centers)
        changed.append("centers")
    SavedSearch.objects.filter(pk=search.pk).update(
        **after, is_active=True, paused_until=None, updated_at=Now()
    )
    record("search.changed", actor=user, subject=search, **dict.fromkeys(changed, "changed"))
    search.refresh_from_db()
    return search


def _wishes(search: SavedSearch) -> dict[str, object]:
    return {name: getattr(search, name) for name in WISHES}


def pause_search(*, search: SavedSearch, until: date, actor: User) -> None:
    """Hold a search's alerts until the beginning of a day (Europe/London)."""
    midnight = timezone.make_aware(datetime.combine(until, time.min))
    _update([search.pk], "search.paused", actor, paused_until=midnight)


def pause_searches(
    *, user: User, ids: Iterable[int], until: date | None, actor: User | None
) -> list[int]:
    """Pause those of a user's active searches that are among `ids`; which these were.

    Until the beginning of a day (Europe/London), or None for until they are started again.
    """
    day = until or FOR_GOOD
    midnight = timezone.make_aware(datetime.combine(day, time.min))
    with transaction.atomic():
        found = SavedSearch.objects.of(user).filter(pk__in=list(ids), is_active=True)
        paused = sorted(found.select_for_update().values_list("pk", flat=True))
        _update(paused, "search.paused", actor, paused_until=midnight)
    return paused


def unpause_searches(*, user: User, ids: Iterable[int], actor: User | None) -> list[int]:
    """Let those of a user's paused searches that are among `ids` look again; which these were."""
    with transaction.atomic():
        found = SavedSearch.objects.of(user).filter(
            pk__in=list(ids), is_active=True, paused_until__gt=Now()
        )
        paused = sorted(found.select_for_update().values_list("pk", flat=True))
        _update(paused, "search.resumed", actor, paused_until=None)
    return paused


def add_notifications(*, search: SavedSearch, actor: User) -> None:
    """Tell of a search by notification beside the email that it asked for."""
    if search.notification_method == SavedSearch.Method.EMAIL:
        by_both = {"notification_method": SavedSearch.Method.PUSH, "also_email": True}
        _update([search.pk], "search.changed", actor, **by_both)


def resume_search(*, search: SavedSearch, actor: User) -> None:
    """Alert about a paused or ended search again, from the next opening on."""
    _update([search.pk], "search.resumed", actor, paused_until=None, is_active=True)


def delete_search(*, search: SavedSearch, actor: User) -> None:
    """Delete a search for good; its alerts stay in the learner's history."""
    with transaction.atomic():
        # First of all, as sending does: its alerts are written before it is gone.
        SavedSearch.objects.select_for_update().filter(pk=search.pk).first()
        record("search.deleted", actor=actor, subject=search)
        search.delete()


def end_searches(*, user: User, ids: Iterable[int], actor: User | None) -> list[int]:
    """End those of a user's active searches that are among `ids`; which these were."""
    with transaction.atomic():
        found = SavedSearch.objects.of(user).filter(pk__in=list(ids), is_active=True)
        ended = sorted(found.select_for_update().values_list("pk", flat=True))
        _update(ended, "search.ended", actor, is_active=False)
    return ended


def end_all_searches(*, user: User, actor: User | None) -> list[int]:
    """End every active search of a user; which these were, so that it can be undone."""
    ids = SavedSearch.objects.of(user).values_list("pk", flat=True)
    return end_searches(user=user, ids=ids, actor=actor)


def restart_searches(*, user: User, ids: Iterable[int], actor: User | None) -> list[int]:
    """Undo the ending of those of a user's searches that are among `ids`; which these were."""
    with transaction.atomic():
        found = SavedSearch.objects.of(user).filter(pk__in=list(ids), is_active=False)
        restarted = sorted(found.select_for_update().values_list("pk", flat=True))
        _update(restarted, "search.restarted", actor, is_active=True)
    return restarted


def _update(ids: list[int], action: str, actor: User | None, **values: object) -> None:
    with transaction.atomic():
        SavedSearch.objects.filter(pk__in=ids).update(**values, updated_at=Now())
        for search in SavedSearch.objects.filter(pk__in=ids):
            record(action, actor=actor, subject=search)
