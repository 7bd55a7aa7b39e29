"""Every page of admin that shows stored rows: taken from the admin site itself, and asked for."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import connection, reset_queries
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.admin_links import list_url
from slots.models import SlotOpening
from tests.benchmarks.web import Refused

# What staff type: found once, found everywhere, found nowhere, and no sense at all.
WORDS = {
    "accounts.user": ("learner77@", "LEARNER123", "example.org", "999", "nobody", "77", "ab"),
    "accounts.savedsearch": ("learner77@example.org", "nobody@example.org", "77", "9999999999"),
    "alerts.useralert": ("learner77@example.org", "nobody@example.org", "77", "9999999999"),
    "alerts.delivery": ("learner77@example.org", "nobody@example.org", "77", "9999999999"),
    "alerts.webhook": ("learner77@example.org", "nobody@example.org", "77", "9999999999"),
    "audit.auditlog": (
        "learner77@example.org", "nobody@example.org", "accounts.user 77", "slots.feedbatch 77",
        "accounts.user 0", "user.signed_in", "batch.applied", "seldom.done1", "never.done",
    ),
    "centers.center": ("center 7", "IG3", "nowhere"),
    "centers.centeralias": ("alias 7", "center 7", "nowhere"),
    "slots.slot": ("center 7", "7", "center", "nowhere"),
    "slots.slotopening": ("center 7", "7", "center", "nowhere"),
    "slots.feedbatch": ("Official", "77", "nowhere"),
    "slots.source": ("Official", "nowhere"),
    "slots.sourcetoken": ("Official", "abcd", "nowhere"),
}  # fmt: skip
AUDITED = ("action=user.signed_in", "action=seldom.done1", "subject_type=accounts.user")
# Yesterday, when the audit log of a benchmark's world ends, and days before.
DAYS_BACK = (1, 3, 60)
EXPORTED = ("", "?action=user.signed_in", "?action=seldom.done1")


@dataclass(frozen=True)
class Visit:
    """A page that was answered with 200: how long it took, and how often it asked the database."""

    path: str
    milliseconds: float
    queries: int


def visit(client: Client, path: str) -> tuple[Visit, HttpResponse]:
    """Ask for a page. Raises Refused when it is not answered with 200."""
    reset_queries()  # the log of them has an end, and nothing is counted when it is full
    with CaptureQueriesContext(connection) as asked:
        began = time.perf_counter()
        response = client.get(path, secure=True)
        taken = time.perf_counter() - began
    if response.status_code != 200:
        raise Refused(f"{path}: {response.status_code}")
    return Visit(path, 1000 * taken, len(asked)), response


def first_line(client: Client, query: str) -> Visit:
    """Take along all entries that a query finds, as far as the first line of the file."""
    path = f"{list_url('audit.auditlog')}{query}"
    chosen = {"action": "export", "select_across": "1", "_selected_action": "1"}
    with CaptureQueriesContext(connection) as asked:
        began = time.perf_counter()
        response = client.post(path, chosen, secure=True)
        lines = response._iterator  # closed here, lest it closes the connection when it is swept up
        found = [next(lines), next(lines)]  # the first says only what the columns are
        taken = time.perf_counter() - began
        lines.close()
    if not all(found):
        raise Refused(f"{path}: nothing was exported")
    return Visit(path, 1000 * taken, len(asked))


def models() -> dict[str, type[Model]]:
    """What admin looks after, by the model's label."""
    return {f"{model._meta.app_label}.{model._meta.model_name}": model
            for model in admin.site._registry}  # fmt: skip


def pages_of(label: str, client: Client) -> list[str]:
    """The addresses of a model's list in every way it can be narrowed and sorted, and of rows."""
    plain = list_url(label)
    changelist = visit(client, plain)[1].context_data.get("cl")
    found = [plain, *_searches(label), *_rows(label)]
    if changelist:
        found += [plain + query for query in _queries(changelist)]
    return list(dict.fromkeys(path.removesuffix("?") for path in found))


def other_pages() -> list[str]:
    """The pages that belong to no model's list, and lists as other pages link to them."""
    learner = User.objects.filter(email="learner77@example.org").get()
    opening = SlotOpening.objects.select_related("slot").latest("id")
    slot = opening.slot
    by_place = {"email": learner.email, "center": slot.center_id, "date": slot.date,
                "time": slot.time, "test_type": slot.test_type}  # fmt: skip
    why = reverse("admin:alerts_useralert_why")
    return [
        reverse("admin:index"),
        *(reverse("admin:app_list", args=[app]) for app in ("accounts", "alerts", "slots")),
        f"{why}?{urlencode({'email': learner.email, 'opening': opening.pk})}",
        f"{why}?{urlencode(by_place)}",
        *_offered("slots", "slot"),
        *_offered("centers", "centeralias"),
        reverse("admin:centers_center_export"),
        reverse("admin:centers_center_import"),
        reverse("admin:audit_systemconfig_set", args=["alerts.coalesce_seconds"]),
        *(list_url(label, user=learner.pk) for label in OF_A_USER),
        *_audited(learner),
    ]


OF_A_USER = ("accounts.savedsearch", "alerts.useralert", "audit.auditlog")


def _offered(app: str, model: str) -> Iterator[str]:
    """What is asked while a centre's name is typed."""
    for term in ("", "center 7", "nowhere"):
        asked = {"app_label": app, "model_name": model, "field_name": "center", "term": term}
        yield f"{reverse('admin:autocomplete')}?{urlencode(asked)}"


def _audited(learner: User) -> Iterator[str]:
    """The audit log by day, and by two things at once."""
    for back in DAYS_BACK:
        day = timezone.localdate() - timedelta(days=back)
        days = urlencode({"from": day, "until": day})
        for narrowed in ("", *AUDITED, f"user={learner.pk}"):
            yield f"{list_url('audit.auditlog')}?{days}&{narrowed}"
    yield f"{list_url('audit.auditlog')}?{AUDITED[0]}&user={learner.pk}"


def _searches(label: str) -> list[str]:
    return [list_url(label, q=word) for word in WORDS.get(label, ())]


def _queries(changelist: ChangeList) -> Iterator[str]:
    """Each choice of each filter, each order, and the last page."""
    for spec in changelist.filter_specs:
        yield from (str(each["query_string"]) for each in spec.choices(changelist)
                    if "query_string" in each)  # fmt: skip
    for column, name in zip(count(), changelist.list_display, strict=False):
        sortable = changelist.sortable_by is None or name in changelist.sortable_by
        if sortable and changelist.get_ordering_field(name):
            yield f"?o=-{column}"
    yield f"?p={changelist.paginator.num_pages}"


def _rows(label: str) -> Iterator[str]:
    """The pages of the first and the last row, and what was done to them."""
    model = models()[label]
    name = f"admin:{label.replace('.', '_')}"
    if label == "audit.systemconfig":
        return
    rows = model._base_manager.order_by("pk")
    for row in filter(None, (rows.first(), rows.last())):
        for page in ("change", "history"):
            yield reverse(f"{name}_{page}", args=[row.pk])
