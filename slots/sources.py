"""Finding and adding sources, and what they may be."""

from difflib import get_close_matches
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.trail import record
from slots.models import Source

SHORTEST_POLL_SECONDS = 10
SUGGESTIONS = 3

# It stands in the address that the source posts to.
check_name = RegexValidator(
    r"^\w[\w .-]{0,99}\Z",
    "A source's name has up to 100 letters, digits, spaces, dots, hyphens and underscores.",
)


class SourceExistsError(ValueError):
    """There is a source of this name."""


class UnknownSource(LookupError):
    """There is no source of this name; str() is a sentence with the nearest names."""

    def __init__(self, name: str, like: list[str]) -> None:
        near = f" Did you mean {' or '.join(like)}?" if like else ""
        super().__init__(f"There is no source “{name}”.{near}")


def add_source(
    *,
    name: str,
    actor: User | None,
    url: str | None = None,
    poll_interval_seconds: int | None = None,
    stale_after_minutes: int | None = None,
    is_simulated: bool = False,
) -> Source:
    """Add a source, which is polled when it has a `url`.

    Raises SourceExistsError, or ValidationError for what can't be a name, address or interval.
    """
    check_name(name)
    chosen = _polling(url, poll_interval_seconds) if url else {}
    if stale_after_minutes is not None:
        chosen["stale_after_minutes"] = stale_after_minutes
    try:
        with transaction.atomic():
            source = Source.objects.create(name=name, is_simulated=is_simulated, **chosen)
            record("source.added", actor=actor, subject=source, name=name)
    except IntegrityError as error:
        raise SourceExistsError(f"There is a source {name} already.") from error
    source.refresh_from_db()
    return source


def find_source(name: str) -> Source:
    """The source of this name, exactly; raises UnknownSource, which names those like it."""
    source = Source.objects.filter(name=name).first()
    if source is None:
        raise UnknownSource(name, _names_like(name))
    return source


def _names_like(name: str) -> list[str]:
    names = {known.casefold(): known for known in Source.objects.values_list("name", flat=True)}
    return [names[near] for near in get_close_matches(name.casefold(), names, n=SUGGESTIONS)]


def check_url(url: str) -> None:
    """ValidationError unless it is an https address with a host and without a password."""
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or "@" in parts.netloc:
        raise ValidationError("A feed's address starts with https:// and holds no password.")


def forget_polling(source: Source) -> None:
    """A source (not saved here) is to be asked again, as one that was never asked."""
    source.etag = source.last_modified = source.next_poll_at = source.last_error = None
    source.failures = 0


def _polling(url: str, interval: int | None) -> dict[str, str | int]:
    check_url(url)
    if interval is None:
        return {"url": url}
    if interval < SHORTEST_POLL_SECONDS:
        raise ValidationError(f"A feed is polled every {SHORTEST_POLL_SECONDS} seconds at most.")
    return {"url": url, "poll_interval_seconds": interval}
