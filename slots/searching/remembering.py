"""Pages of results that nothing has changed since are sent again instead of being made again.

A page depends on its address, on what is stored and on the minute: "5 minutes ago" moves on, a
slot that starts passes, a source falls silent. Every write to what is stored leaves a mark in
the same transaction (`ListingChange`), so a page remembered under the same marks is the same page.
The marks are read before the page is made: a write in between makes it newer than its marks say,
never older.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from functools import wraps
from threading import Lock

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from accounts.prepared import fetch_prepared
from audit.clock import database_now

View = Callable[[HttpRequest], HttpResponse]
# Shows what there is at a moment (aware) by the database's clock.
ViewOfMoment = Callable[[HttpRequest, datetime], HttpResponse]

# At about 20 kB a page this is some 10 MB of each process.
MOST_PAGES = 500
LONGEST_PAGE = 64 * 1024
# A request that brings one of these is shown more than the address says.
PERSONAL_COOKIES = {settings.SESSION_COOKIE_NAME, f"{settings.COOKIE_PREFIX}messages"}
TOLD_APART_BY = ("HX-Request", "HX-History-Restore-Request")

# Sums of transaction numbers only grow, also when old marks are removed as new ones are added.
_MARKS = """
    SELECT statement_timestamp(), date_trunc('minute', statement_timestamp()),
        count(*), sum(transaction)
    FROM slots_listingchange"""


class Memory:
    """The pages of one process, the least recently asked for forgotten first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pages: OrderedDict[Hashable, HttpResponse] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> HttpResponse | None:
        """A copy that the middleware of one more request may add to."""
        with self._lock:
            page = self._pages.get(key)
            if page is None:
                return None
            self._pages.move_to_end(key)
        return _copy(page)

    def keep(self, key: Hashable, page: HttpResponse) -> None:
        """Keep a page, if it isn't too long."""
        if len(page.content) > LONGEST_PAGE:
            return
        with self._lock:
            self._pages[key] = _copy(page)
            while len(self._pages) > self._most:
                self._pages.popitem(last=False)


def _copy(page: HttpResponse) -> HttpResponse:
    return HttpResponse(page.content, status=page.status_code, headers=dict(page.items()))


memory = Memory(MOST_PAGES)


def remembered(view: ViewOfMoment) -> View:
    """Decorate a page that is the same for everybody who isn't signed in."""

    @wraps(view)
    def remembering_view(request: HttpRequest) -> HttpResponse:
        if PERSONAL_COOKIES & request.COOKIES.keys():
            return view(request, database_now())
        now, key = _moment_and_key(request)
        page = memory.get(key)
        if page is None:
            page = view(request, now)
            memory.keep(key, page)
        return page

    return remembering_view


def _moment_and_key(request: HttpRequest) -> tuple[datetime, Hashable]:
    """The database's time, and what a page made at it is remembered by; in one statement."""
    now, *marks = fetch_prepared(_MARKS, {})[0]
    told_apart = tuple(request.headers.get(name) for name in TOLD_APART_BY)
    database, path = connection.settings_dict["NAME"], request.get_full_path()
    return now, (database, path, told_apart, *marks)
