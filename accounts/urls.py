"""Signing in and how: allauth's routes, with ours in the place of those that do more than its."""

from django.urls import include, path

from accounts.code_pages import AskCodeAgainView, CodeAgainView, SignInCodeView
from accounts.credential_pages import ChangeEmailView, SetPasswordView
from accounts.passkeys.pages import AddPasskeyView, PasskeyAgainView, SignInByPasskeyView
from accounts.session_list import SessionListView

urlpatterns = [
    path("sessions/", SessionListView.as_view(), name="usersessions_list"),
    path("login/code/confirm/", SignInCodeView.as_view(), name="account_confirm_login_code"),
    path(
        "reauthenticate/code/",
        AskCodeAgainView.as_view(),
        name="account_request_reauthentication_code",
    ),
    path(
        "reauthenticate/code/confirm/",
        CodeAgainView.as_view(),
        name="account_confirm_reauthentication_code",
    ),
    path("email/", ChangeEmailView.as_view(), name="account_email"),
    path("password/set/", SetPasswordView.as_view(), name="account_set_password"),
    path("2fa/webauthn/add/", AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", SignInByPasskeyView.as_view(), name="mfa_login_webauthn"),
    path(
        "2fa/webauthn/reauthenticate/",
        PasskeyAgainView.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
    path("", include("allauth.urls")),
]
