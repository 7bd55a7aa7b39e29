"""Routes of the bookings of learners."""

from django.urls import path

from accounts import booking_pages

urlpatterns = [
    path("bookings/", booking_pages.bookings, name="bookings"),
    path("bookings/<int:pk>.ics", booking_pages.booking_calendar, name="booking_calendar"),
    path("bookings/<str:test_type>/", booking_pages.booking_edit, name="booking_edit"),
    path("bookings/<str:test_type>/remove/", booking_pages.booking_remove, name="booking_remove"),
]
