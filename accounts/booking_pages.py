"""The pages where a learner says what they have booked, and reads what follows from it."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.booking_calendar import calendar_of
from accounts.booking_forms import BookingForm, TestDatesForm
from accounts.bookings import (
    facts_of,
    remove_booking,
    retake_from,
    save_booking,
    set_test_dates,
    theory_ends,
)
from accounts.models import Booking, User
from accounts.staffing import acting_user
from audit.clock import database_now, database_today
from centers.models import Rule
from centers.rules import Rulebook


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def bookings(request: HttpRequest) -> HttpResponse:
    """The tests that are booked, what was passed and failed, and what that means."""
    user, today = acting_user(request), database_today()
    names = ("theory_passed_on", "last_failed_on")
    start = {name: getattr(user, name) for name in names}
    form = TestDatesForm(_posted(request), today=today, initial=start)
    if not form.is_valid():
        return render(request, "accounts/bookings.html", {"form": form, **_shown(user, today)})
    set_test_dates(user=user, **form.cleaned_data)
    messages.success(request, "Your dates are saved.")
    return redirect("bookings")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def booking_edit(request: HttpRequest, test_type: str) -> HttpResponse:
    """Say of one's practical or theory test as much as one likes."""
    if test_type not in Booking.TestType.values:
        raise Http404
    user, today = acting_user(request), database_today()
    booking = Booking.objects.of(user).filter(test_type=test_type).first()
    form = BookingForm(
        _posted(request),
        booking=booking or Booking(user=user, test_type=test_type),
        most_changes=Rulebook.read().number(Rule.Key.CHANGES, today),
        today=today,
    )
    if not form.is_valid():
        context = {"form": form, "test_type": test_type, "booking": booking}
        return render(request, "accounts/booking_form.html", context)
    save_booking(user=user, test_type=test_type, **form.said)
    messages.success(request, f"Your {test_type} test is saved.")
    return redirect("bookings")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def booking_remove(request: HttpRequest, test_type: str) -> HttpResponse:
    """Ask, then forget a booking."""
    own = Booking.objects.of(acting_user(request))
    booking = get_object_or_404(own, test_type=test_type)
    if request.method != "POST":
        return render(request, "accounts/booking_remove.html", {"booking": booking})
    remove_booking(booking=booking)
    messages.success(request, f"We’ve forgotten your {test_type} test.")
    return redirect("bookings")


@require_safe
@login_required
def booking_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """A booking that says its day, with its deadlines, as a file for a calendar."""
    user, now = acting_user(request), database_now()
    today = timezone.localdate(now)
    booking = get_object_or_404(Booking.objects.of(user), pk=pk, date__isnull=False)
    rules = Rulebook.read()
    ends = theory_ends(user, rules, today) if booking.needs_theory_pass else None
    facts = facts_of(booking, rules, today)
    file = calendar_of(facts, theory_ends=ends, now=now)
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{booking.test_type}-test.ics"'
    return response


def _posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, nothing at all included; None where the page is only read."""
    return request.POST if request.method == "POST" else None


def _shown(user: User, today: date) -> dict[str, object]:
    rules = Rulebook.read()
    booked = [facts_of(booking, rules, today) for booking in Booking.objects.of(user)]
    kinds = {facts.booking.test_type for facts in booked}
    ends = theory_ends(user, rules, today)
    return {
        "booked": booked,
        "missing": [kind for kind in Booking.TestType if kind not in kinds],
        "theory_ends": ends,
        "theory_is_over": ends is not None and ends < today,
        "retake_from": retake_from(user, rules, today),
    }
