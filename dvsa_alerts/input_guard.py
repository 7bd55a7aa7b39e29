"""What nobody types and no column can hold is refused here, whatever route it is sent to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.http.request import UnreadablePostError
from django.shortcuts import render

from audit.text import is_storable, printable
from slots.api.problems import problem_response

API = "/api/"
# A server before us takes about as much (nginx: 8 KiB for each of a request's lines).
LONGEST_PATH, LONGEST_QUERY, LONGEST_HEADER = 2_048, 16_384, 16_384
UTF_8 = {"utf-8", "utf8", "us-ascii", "ascii"}


@dataclass(frozen=True)
class Fault:
    """What can't be taken, in a sentence, and the field that holds it where there is one."""

    says: str
    field: str | None = None


class InputGuardMiddleware:
    """Refuses NULs, halves of characters and endless lines with 400, before any view sees them.

    What is merely wrong or too long for its field is the form's or the serializer's to say. Of the
    API only addresses and headers are looked at: it reads its bodies itself, piece by piece.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        fault = _in_headers(request) or _in_address(request)
        return _refuse(request, fault) if fault else self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Forms are read before the view is asked, as the check against forgery does anyway."""
        if request.path_info.startswith(API):
            return None
        fault = _in_form(request)
        return _refuse(request, fault) if fault else None


def _in_headers(request: HttpRequest) -> Fault | None:
    for name, value in request.META.items():
        if name.startswith("HTTP_"):
            if len(value) > LONGEST_HEADER:
                return Fault(f"The header {_title(name)} is too long.")
            if not is_storable(value):
                return Fault(f"The header {_title(name)} holds a NUL.")
    # In quotes, a cookie may write any sign by its number.
    if "\\" in request.META.get("HTTP_COOKIE", ""):
        return _among(request.COOKIES.items(), "cookie")
    return _in_charset(request)


def _in_charset(request: HttpRequest) -> Fault | None:
    """Query strings and forms are UTF-8, whatever a header says."""
    if request.encoding is None or request.encoding.lower() in UTF_8:
        return None
    request.encoding = "utf-8"
    is_api = request.path_info.startswith(API)
    return None if is_api else Fault("It has to be sent in UTF-8.")


def _in_address(request: HttpRequest) -> Fault | None:
    if len(request.path_info) > LONGEST_PATH:
        return Fault("The address is too long.")
    if not is_storable(request.path_info):
        return Fault("The address holds a NUL.")
    query = request.META.get("QUERY_STRING", "")
    if len(query) > LONGEST_QUERY:
        return Fault("The address is too long.")
    return _among(_pairs(request.GET), "field") if "%00" in query or "\0" in query else None


def _in_form(request: HttpRequest) -> Fault | None:
    try:
        form, files = request.POST, request.FILES
    except UnreadablePostError:
        return Fault("The connection broke off.")
    return _among(_pairs(form), "field") or _among(((name, "") for name in files), "field")


def _pairs(query: QueryDict) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, values in query.lists() for value in [*values, ""])


def _among(pairs: Iterable[tuple[str, str]], what: str) -> Fault | None:
    for name, value in pairs:
        if not (is_storable(name) and is_storable(value)):
            said = (
                f"The {what} “{printable(name)}” holds a sign that can't be stored, such as a NUL."
            )
            return Fault(said, printable(name))
    return None


def _title(name: str) -> str:
    return name.removeprefix("HTTP_").replace("_", "-").title()


def _refuse(request: HttpRequest, fault: Fault) -> HttpResponseBase:
    if request.path_info.startswith(API):
        errors = [{"field": fault.field, "detail": fault.says}] if fault.field else []
        return problem_response(HTTPStatus.BAD_REQUEST, fault.says, errors=errors)
    return render(request, "400.html", {"fault": fault.says}, status=HTTPStatus.BAD_REQUEST)
