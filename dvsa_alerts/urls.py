"""Every route of the site."""

from django.contrib import admin
from django.urls import include, path

from alerts.pages.search_on import SignUpCodeView
from alerts.pages.sign_out import SignOutView
from centers.rules_page import rules
from dvsa_alerts import pages
from dvsa_alerts.dev.mail import mail_pages
from dvsa_alerts.operations.monitoring import probes

urlpatterns = [
    path("", include("accounts.booking_urls")),
    path("", include("slots.urls")),
    path("", include("alerts.urls")),
    path("api/", include("slots.api.urls")),
    path(
        "accounts/confirm-email/",
        SignUpCodeView.as_view(),
        name="account_email_verification_sent",
    ),
    path("accounts/logout/", SignOutView.as_view(), name="account_logout"),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("rules/", rules, name="rules"),
    path("privacy/", pages.privacy, name="privacy"),
    path("contact/", pages.contact, name="contact"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.metrics, name="metrics"),
    path("robots.txt", pages.robots, name="robots"),
    path(".well-known/security.txt", pages.security, name="security"),
    path("manifest.webmanifest", pages.manifest, name="manifest"),
    path("dev/mail/", include(mail_pages.urls_if_wanted())),
]
