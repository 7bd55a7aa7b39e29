"""The pages of test centres: finding one, and what it is like there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from audit.clock import database_now
from centers.forms import CenterSearchForm
from centers.models import Center
from slots.center_pages import pictures
from slots.center_pages.history import read_history
from slots.models import Slot
from slots.searching.browsing import by_day, by_letter, count_open, map_of, near
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
        name = form.cleaned_data["q"]
        centers = Center.objects.open()
        context["letters"] = by_letter(centers.named(name) if name else centers)
    return render(request, "centers/list.html", context)


@require_safe
def center_detail(request: HttpRequest, center_id: int) -> HttpResponse:
    """One centre: where it is, what is open there, and how slots come up there."""
    center = get_object_or_404(Center, pk=center_id)
    now = database_now()
    search = SlotSearch(centers=(center.pk,), center_names=(center.name,))
    page = read_page(search, now=now)
    open_slots = count_open(Slot.objects.matching(search, now)).get(center.pk, 0)
    history = read_history(center, now=now)
    context = {
        "center": center,
        "search": search,
        "open": open_slots,
        "nearest": center.nearest.open(),
        "days": by_day(page.slots, now=now),
        "more": page.next is not None,
        "map": map_of(center, open_slots),
        "history": history,
        "weeks": pictures.weeks(history),
        "hours": pictures.hours(history),
        "notice": pictures.notice(history),
    }
    return render(request, "centers/detail.html", context)
