"""The admin site: for staff only, behind a second factor, in sessions that end early."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.second_factor import has_given_second_factor, has_second_factor
from accounts.staffing import acting_user
from audit.clock import database_now
from dvsa_alerts.staff import staff_sessions
from dvsa_alerts.staff.attention import concerns


class StaffAdminSite(AdminSite):
    """Django's admin with our door in front of it."""

    site_header = "Slot Alerts: staff"
    site_title = "Slot Alerts staff"
    index_title = "What would you like to look after?"

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff who gave a second factor in this session, which has not ended."""
        allowed = is_staff_with_second_factor(request) and not staff_sessions.has_ended(request)
        if allowed:
            staff_sessions.touch(request)
        return allowed

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """First what needs attention, then all that there is to look after."""
        found = concerns(acting_user(request), database_now())
        return super().index(request, {**(extra_context or {}), "concerns": found})

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Every page of admin; what is neither read nor posted reaches none of them."""
        return require_http_methods(["GET", "HEAD", "POST"])(super().admin_view(view, cacheable))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The page that everybody changes their password on: it tells by mail, and is recorded."""
        return redirect("account_change_password")

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send everyone who may not come in to where they can put that right."""
        after = request.GET.get("next") or reverse("admin:index")
        if self.has_permission(request):
            return redirect("admin:index")
        if not isinstance(request.user, User):
            return redirect_to_login(after)
        if not request.user.is_staff:
            raise PermissionDenied
        return _way_in(request, after)


def is_staff_with_second_factor(request: HttpRequest) -> bool:
    """Whether the role opens the admin site and this session has given a second factor."""
    user = request.user
    return isinstance(user, User) and user.is_staff and has_given_second_factor(request)


def _way_in(request: HttpRequest, after: str) -> HttpResponse:
    """What staff who may not come in yet do next; nothing is changed by asking."""
    if staff_sessions.has_ended(request):
        return TemplateResponse(
            request, "accounts/session_ended.html", {"after": after}, status=403
        )
    user = acting_user(request)
    page = reverse("mfa_activate_totp")
    if has_second_factor(user):
        page = get_adapter(request).get_reauthentication_methods(user)[0]["url"]
    return redirect(f"{page}?{urlencode({'next': after})}")
