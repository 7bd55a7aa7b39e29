"""Every error of the API as problem JSON (RFC 9457) that names the field or row."""

import math
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, JsonResponse
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from audit.statement_time import is_too_slow

TOO_SLOW = "This took too long. Ask for less at once, or try again in a minute."
MEDIA_TYPE = "application/problem+json"


class Problem(exceptions.APIException):
    """An error whose answer is settled where it is noticed.

    `errors` are objects with a `field` or a `row` (1-based) and a `detail`.
    """

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        errors: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.status_code = status
        self.errors = errors or []
        self.headers = headers or {}
        super().__init__(detail)


def problem_of_form(form: BaseForm) -> Problem:
    """What is wrong with the parameters of an address, field by field."""
    errors = [
        {"field": field, "detail": detail}
        for field, details in form.errors.items()
        for detail in details
    ]
    return Problem(HTTPStatus.BAD_REQUEST, "The parameters can't be used.", errors=errors)


def answer_with_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: None for what is a fault of our own, which Django then logs."""
    known = _as_api_exception(error)
    if known is None:
        return None
    set_rollback()
    status = HTTPStatus(known.status_code)
    body = _body(status, str(known.detail), getattr(known, "errors", []))
    return Response(body, status.value, headers=_headers(known), content_type=MEDIA_TYPE)


def problem_response(
    status: HTTPStatus, detail: str, *, errors: list[dict[str, Any]]
) -> JsonResponse:
    """The answer to what never reaches a view of the API; `errors` are as a Problem's."""
    return JsonResponse(_body(status, detail, errors), status=status, content_type=MEDIA_TYPE)


def _body(status: HTTPStatus, detail: str, errors: list[dict[str, Any]]) -> dict[str, Any]:
    body: dict[str, Any] = {"type": "about:blank", "title": status.phrase, "status": status.value}
    return body | {"detail": detail, "errors": errors}


def _as_api_exception(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.APIException):
        return error
    if is_too_slow(error):
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, TOO_SLOW, headers={"Retry-After": "60"})
    if isinstance(error, Http404):
        return exceptions.NotFound()
    return exceptions.PermissionDenied() if isinstance(error, PermissionDenied) else None


def _headers(error: exceptions.APIException) -> dict[str, str]:
    if isinstance(error, Problem):
        return error.headers
    wait = getattr(error, "wait", None)
    return {"Retry-After": str(math.ceil(wait))} if wait else {}


class ErrorSerializer(serializers.Serializer):
    """One thing that is wrong, and where."""

    field = serializers.CharField(required=False, help_text="the parameter or member")
    row = serializers.IntegerField(required=False, help_text="the slot's position, from 1")
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """An error, as RFC 9457 has it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = ErrorSerializer(many=True)  # type: ignore[assignment]
