"""Every route of the site and every page and action of admin, and to whom each is open.

To add a route: one line in ROUTES, under the name that it has in its `urls.py`. To add a model
to admin: one line in MODELS, and a row of it in `world.py`. A route of admin beside those that
Django makes for each model stands in ROUTES, as `admin:<name>`.
"""

from datetime import timedelta

from django.utils import timezone

from alerts.models import Companion
from tests.access.rules import (
    ADMINS,
    ALL_STAFF,
    ANYBODY,
    HOLDER,
    MANAGERS,
    NO_METHOD,
    NOT_FOUND,
    OWNER,
    READERS,
    SIGNED_IN,
    Outcome,
    Pages,
    Person,
    Route,
    let_in,
    missing,
    refused,
    rule,
    staff,
)

# A page of another site; the real caller proves itself by the old endpoint.
ELSEWHERE = rule(Outcome.FORBIDDEN)
SECRET = rule(Outcome.UNAUTHORIZED)
BEFORE_ADMIN = SIGNED_IN | {Person.OWNER: Outcome.FORBIDDEN, Person.STRANGER: Outcome.FORBIDDEN}
HELD_FOR_READING = rule(Outcome.UNAUTHORIZED, token=Outcome.NO_METHOD)

READ_ONLY = rule(Outcome.NO_METHOD, nobody=Outcome.DOOR, token=Outcome.DOOR)
# The staff have a second factor, learners have none, and nobody has recovery codes.
NO_CODES = rule(Outcome.MISSING, nobody=Outcome.DOOR, token=Outcome.DOOR)
WITH_SECOND_FACTOR = NO_CODES | let_in(*ALL_STAFF)

SEARCH_WISH = {"postcode": "IG3 9UZ", "radius": "10", "method": "email"}

ROUTES: dict[str, Route] = {
    # Everybody's
    "home": Route(),
    "slots": Route(),
    "slots_map": Route(),
    "center_list": Route(),
    "center_detail": Route(args=("center",)),
    "coastline": Route(),
    "rules": Route(),
    "fairness": Route(),
    "privacy": Route(),
    "accessibility": Route(),
    "contact": Route(),
    "healthz": Route(),
    "robots": Route(),
    "security": Route(),
    # Trusted networks, where tests come from too
    "readyz": Route(),
    "metrics": Route(),
    "manifest": Route(),
    "service_worker": Route(),
    # Whoever holds a link from a mail
    "alert_page": Route(
        post=ANYBODY, args=("alert_link",), csrf=False, form=lambda world: world.answer
    ),
    "unsubscribe": Route(post=ANYBODY, args=("unsubscribe_link",), csrf=False),
    "pause": Route(post=ANYBODY, args=("pause_link",), csrf=False),
    "not_for_me": Route(post=ANYBODY, args=("not_for_me_link",), csrf=False),
    "companion": Route(
        post=ANYBODY,
        args=("companion_link",),
        csrf=False,
        form=lambda world: {"yes": world.row(Companion).pk},
    ),
    "got_a_test": Route(post=ANYBODY, args=("got_a_test_link",), csrf=False),
    "feed": Route(args=("feed_secret",)),
    # Whoever holds the shared secret
    "bounces": Route(get=NO_METHOD, post=SECRET, csrf=False),
    # A learner's own
    "search_list": Route(SIGNED_IN),
    "search_new": Route(post=ANYBODY, form=lambda world: SEARCH_WISH),
    "search_edit": Route(OWNER, OWNER, args=("search",), form=lambda world: SEARCH_WISH),
    "search_on": Route(OWNER, args=("search",)),
    "search_pause": Route(
        OWNER,
        OWNER,
        args=("search",),
        form=lambda world: {"until": timezone.localdate() + timedelta(days=30)},
    ),
    "search_resume": Route(NO_METHOD, OWNER, args=("search",), form=lambda world: {}),
    "search_delete": Route(OWNER, OWNER, args=("search",)),
    "search_feed": Route(OWNER, OWNER, args=("search",), form=lambda world: {}),
    "search_feed_end": Route(NO_METHOD, OWNER, args=("search",)),
    "search_trial": Route(NO_METHOD, OWNER, args=("search",)),
    "bookings": Route(SIGNED_IN, SIGNED_IN, form=lambda world: {"theory_passed_on": "2026-05-21"}),
    "booking_edit": Route(
        SIGNED_IN, SIGNED_IN, args=("test_type",), form=lambda world: {"changes_used": "1"}
    ),
    "booking_calendar": Route(OWNER, args=("accounts.booking",)),
    "booking_remove": Route(OWNER, OWNER, args=("test_type",)),
    "alert_list": Route(SIGNED_IN),
    "alert_missed": Route(SIGNED_IN),
    "alert_narrow": Route(OWNER, args=("alert",)),
    "alert_answer": Route(NO_METHOD, OWNER, args=("alert",), form=lambda world: world.answer),
    "companions": Route(
        SIGNED_IN,
        SIGNED_IN,
        form=lambda world: {"email": "dad@example.org", "learner_name": "Ada"},
    ),
    "companion_end": Route(NO_METHOD, OWNER, args=("companion",)),
    "webhooks": Route(
        SIGNED_IN, SIGNED_IN, form=lambda world: {"url": "https://example.org/second"}
    ),
    "webhook_end": Route(OWNER, OWNER, args=("webhook",)),
    "webhook_test": Route(NO_METHOD, OWNER, args=("webhook",)),
    "push": Route(SIGNED_IN, SIGNED_IN, form=lambda world: world.push_keys),
    "push_end": Route(NO_METHOD, OWNER, args=("device",)),
    "push_test": Route(NO_METHOD, OWNER, args=("device",)),
    "push_renew": Route(NO_METHOD, ELSEWHERE, csrf=False),
    "account": Route(
        SIGNED_IN, SIGNED_IN, form=lambda world: {"quiet_from": "22:00", "quiet_until": "07:00"}
    ),
    "mail_again": Route(SIGNED_IN, SIGNED_IN),
    "mail_again_send": Route(NO_METHOD, SIGNED_IN),
    "account_data": Route(NO_METHOD, SIGNED_IN),
    "account_erase": Route(SIGNED_IN, SIGNED_IN),
    # The API
    "api_centers": Route(),
    "api_slots": Route(),
    "api_batches": Route(HELD_FOR_READING, HOLDER, args=("source_name",), csrf=False),
    "api_batch": Route(HOLDER, HELD_FOR_READING, args=("source_name", "batch")),
    "api_schema": Route(),
    "api_docs": Route(),
    "api/": Route(NOT_FOUND, NOT_FOUND, csrf=False),
    # Signing in, and how
    "account_login": Route(
        post=ANYBODY, form=lambda world: {"login": world.owner.email, "password": world.password}
    ),
    "account_logout": Route(post=ANYBODY),
    "account_inactive": Route(),
    "account_signup": Route(
        post=ANYBODY,
        form=lambda world: {"email": "new@example.org"},
    ),
    "account_reauthenticate": Route(
        SIGNED_IN, SIGNED_IN, form=lambda world: {"password": world.password}
    ),
    "account_request_reauthentication_code": Route(SIGNED_IN, SIGNED_IN),
    "account_confirm_reauthentication_code": Route(SIGNED_IN, SIGNED_IN),
    "account_email": Route(
        SIGNED_IN, SIGNED_IN, form=lambda world: {"email": "other@example.org", "action_add": ""}
    ),
    "account_email_verification_sent": Route(SIGNED_IN, SIGNED_IN),
    "account_change_password": Route(
        SIGNED_IN,
        SIGNED_IN,
        form=lambda world: {
            "oldpassword": world.password,
            "password1": "four quiet otters",
        },
    ),
    "account_set_password": Route(SIGNED_IN, SIGNED_IN),
    "account_reset_password": Route(post=ANYBODY, form=lambda world: {"email": world.owner.email}),
    "account_confirm_login_code": Route(SIGNED_IN, SIGNED_IN),
    "account_reset_password_done": Route(),
    "account_reset_password_from_key": Route(post=ANYBODY, args=("reset_uid", "reset_key")),
    "account_reset_password_from_key_done": Route(),
    "mfa_index": Route(SIGNED_IN, READ_ONLY),
    "mfa_authenticate": Route(SIGNED_IN, SIGNED_IN),
    "mfa_reauthenticate": Route(SIGNED_IN, SIGNED_IN),
    "mfa_activate_totp": Route(SIGNED_IN, SIGNED_IN),
    "mfa_deactivate_totp": Route(WITH_SECOND_FACTOR, WITH_SECOND_FACTOR),
    "mfa_view_recovery_codes": Route(NO_CODES, READ_ONLY),
    "mfa_generate_recovery_codes": Route(SIGNED_IN, SIGNED_IN),
    "mfa_download_recovery_codes": Route(NO_CODES, NO_CODES),
    "mfa_list_webauthn": Route(SIGNED_IN, READ_ONLY),
    "mfa_add_webauthn": Route(SIGNED_IN, SIGNED_IN),
    "mfa_login_webauthn": Route(SIGNED_IN, SIGNED_IN),
    "mfa_reauthenticate_webauthn": Route(SIGNED_IN, SIGNED_IN),
    "mfa_edit_webauthn": Route(
        OWNER, OWNER, args=("passkey",), form=lambda world: {"name": "Old phone"}
    ),
    "mfa_remove_webauthn": Route(OWNER, OWNER, args=("passkey",)),
    "usersessions_list": Route(SIGNED_IN, SIGNED_IN),
    # Admin, beside its models
    "admin:index": Route(staff(*ALL_STAFF), staff(*ALL_STAFF)),
    "admin:login": Route(BEFORE_ADMIN, BEFORE_ADMIN),
    "admin:logout": Route(ANYBODY | refused(*ALL_STAFF), ANYBODY),
    "admin:password_change": Route(staff(*ALL_STAFF), staff(*ALL_STAFF)),
    "admin:password_change_done": Route(staff(*ALL_STAFF), staff() | refused(*ALL_STAFF)),
    "admin:autocomplete": Route(
        staff(*ALL_STAFF), staff() | refused(*ALL_STAFF), query="center_of_a_slot"
    ),
    "admin:jsi18n": Route(staff(*ALL_STAFF), staff() | refused(*ALL_STAFF)),
    "admin:view_on_site": Route(
        staff() | missing(*ALL_STAFF), staff() | missing(*ALL_STAFF), args=("kind", "search")
    ),
    "admin:audit_systemconfig_set": Route(
        staff(*ADMINS), staff(*ADMINS), args=("setting",), form=lambda world: {"value": "21"}
    ),
    "admin:centers_center_export": Route(staff(*ALL_STAFF), staff() | refused(*ALL_STAFF)),
    "admin:centers_center_locate": Route(staff(*ALL_STAFF), staff() | refused(*ALL_STAFF)),
    "admin:centers_center_import": Route(staff(*MANAGERS), staff(*MANAGERS)),
    "admin:alerts_useralert_why": Route(staff(*READERS), staff(*READERS), query="asked_why"),
    "admin:app_list": Route(staff(*ALL_STAFF), staff(*ALL_STAFF), args=("app",)),
    "admin/(?P<url>.*)$": Route(staff() | missing(*ALL_STAFF), staff() | missing(*ALL_STAFF)),
}

MODELS: dict[str, Pages] = {
    "audit.auditlog": Pages(view=READERS, actions={"export": READERS}),
    "audit.systemconfig": Pages(view=READERS),
    "centers.center": Pages(
        view=ALL_STAFF,
        add=MANAGERS,
        change=MANAGERS,
        actions={"close": MANAGERS, "reopen": MANAGERS},
    ),
    "centers.centeralias": Pages(
        view=ALL_STAFF,
        add=MANAGERS,
        change=MANAGERS,
        delete=MANAGERS,
        actions={"delete_selected": MANAGERS},
    ),
    "centers.nearestcenter": Pages(
        view=ALL_STAFF,
        add=MANAGERS,
        change=MANAGERS,
        delete=MANAGERS,
        actions={"delete_selected": MANAGERS},
    ),
    "centers.rule": Pages(
        view=READERS,
        add=ADMINS,
        change=ADMINS,
        delete=ADMINS,
        actions={"delete_selected": ADMINS},
    ),
    "accounts.user": Pages(
        view=READERS,
        change=ADMINS,
        actions={
            "disable": ADMINS,
            "enable": ADMINS,
            "end_sessions": ADMINS,
            "send_reset": ADMINS,
            "reset_second_factor": ADMINS,
        },
    ),
    "accounts.role": Pages(view=READERS, change=ADMINS),
    "accounts.savedsearch": Pages(view=READERS),
    "accounts.booking": Pages(view=READERS),
    "slots.source": Pages(view=ALL_STAFF, add=ADMINS, change=ADMINS),
    "slots.sourcetoken": Pages(view=READERS, add=ADMINS, actions={"revoke": ADMINS}),
    "slots.feedbatch": Pages(view=ALL_STAFF, actions={"release": MANAGERS, "drop": MANAGERS}),
    "slots.slot": Pages(
        view=ALL_STAFF, add=MANAGERS, change=MANAGERS, actions={"open": MANAGERS, "close": MANAGERS}
    ),
    "slots.slotopening": Pages(view=ALL_STAFF),
    "alerts.useralert": Pages(view=READERS),
    "alerts.webhook": Pages(view=READERS),
    "alerts.delivery": Pages(view=READERS),
    "accounts.mailrefusal": Pages(view=READERS, actions={"lift": ADMINS}),
    "accounts.breaker": Pages(view=READERS),
    "accounts.outboxmail": Pages(view=READERS),
}
