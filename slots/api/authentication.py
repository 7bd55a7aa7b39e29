"""Who may post to a source: those who hold one of its live tokens."""

from http import HTTPStatus
from typing import Any, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from slots.api.problems import Problem
from slots.models import SourceToken
from slots.tokens import find_token, note_use

CHALLENGE = 'Bearer realm="sources"'
REFUSED = f'{CHALLENGE}, error="invalid_token"'
ELSEWHERE = f'{CHALLENGE}, error="insufficient_scope"'


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>` (RFC 6750); nobody is signed in by it."""

    def authenticate(self, request: Request) -> tuple[None, SourceToken]:
        """The live token of the request, as `request.auth`; else 401."""
        scheme, _, plain = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not plain.strip():
            raise _unauthorized("A token is needed: Authorization: Bearer <token>.", CHALLENGE)
        token = find_token(plain.strip())
        if token is None:
            raise _unauthorized("This token is unknown or has been revoked.", REFUSED)
        note_use(token)
        return None, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return CHALLENGE


class OwnSource(BasePermission):
    """A token opens its own source alone; whether another one exists is not told."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True, or the 403 itself."""
        source = cast("SourceToken", request.auth).source
        if source.name != view.kwargs["name"]:
            raise _forbidden("This token is for another source.")
        if not source.is_active:
            raise _forbidden(f"The source {source.name} has been switched off.")
        return True


def _unauthorized(detail: str, challenge: str) -> Problem:
    return Problem(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": challenge})


def _forbidden(detail: str) -> Problem:
    return Problem(HTTPStatus.FORBIDDEN, detail, headers={"WWW-Authenticate": ELSEWHERE})


class _TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the tokens in the schema (drf-spectacular finds it by its being defined)."""

    target_class = TokenAuthentication
    name = "sourceToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
