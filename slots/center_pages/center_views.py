"""The pages of test centres: finding one, and what it is like there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from audit.clock import database_now
from centers.forms import CenterSearchForm
from centers.models import Center
from slots.center_pages import pictures
from slots.center_pages.history import read_history
from slots.center_pages.plot import plot
from slots.center_pages.waits import WaitOrder, by_letter, read_waits
from slots.models import Slot
from slots.searching.browsing import by_day, count_open, map_of, near
from slots.searching.paging import read_page
from slots.searching.search import SlotSearch


@require_safe
def center_list(request: HttpRequest) -> HttpResponse:
    """Centres around a place with their open slots, or by name, or all of them by letter."""
    form = CenterSearchForm(request.GET)
    context: dict[str, object] = {"form": form}
    if form.is_valid() and form.origin:
        context["near"] = near(form.origin, form.cleaned_data["radius"], now=database_now())
    elif form.is_valid():
        context |= _list_waits(form.cleaned_data["q"], request.GET.get("order", ""))
    return render(request, "centers/list.html", context)


def _list_waits(name: str, order: str) -> dict[str, object]:
    """In an order that there is, else by name."""
    chosen = WaitOrder(order) if order in WaitOrder else WaitOrder.NAME
    centers = Center.objects.open()
    found = centers.named(name) if name else centers
    waits = read_waits(found, chosen, now=database_now())
    by_name = chosen == WaitOrder.NAME
    return {
        "letters": by_letter(waits) if by_name else [("", waits)] if waits else [],
        "columns": list(WaitOrder),
        "order": chosen,
        "by_name": by_name,
    }


@require_safe
def center_detail(request: HttpRequest, center_id: int) -> HttpResponse:
    """One centre: where it is, what is open there, and how slots come up there."""
    center = get_object_or_404(Center, pk=center_id)
    now = database_now()
    search = SlotSearch(centers=(center.pk,), center_names=(center.name,))
    page = read_page(search, now=now)
    open_slots = count_open(Slot.objects.matching(search, now)).get(center.pk, 0)
    history = read_history(center, now=now)
    nearest = [each.other_id for each in center.nearest.open()]
    waits = read_waits(Center.objects.filter(pk__in=[center.pk, *nearest]), now=now)
    wait_at = {each.center.pk: each for each in waits}
    wait = wait_at[center.pk]
    context = {
        "center": center,
        "search": search,
        "open": open_slots,
        "nearest": [wait_at[pk] for pk in nearest],
        "days": by_day(page.slots, now=now),
        "more": page.next is not None,
        "map": map_of(center, open_slots),
        "wait": wait,
        "plot": wait.seen and plot(wait.seen),
        "history": history,
        "weeks": pictures.weeks(history),
        "hours": pictures.hours(history),
        "notice": pictures.notice(history),
    }
    return render(request, "centers/detail.html", context)
