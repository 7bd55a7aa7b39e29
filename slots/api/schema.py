"""What the API's own description says beyond what the serializers do."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from slots.api.problems import MEDIA_TYPE, ProblemSerializer
from slots.api.serializers import OutcomeSerializer
from slots.ingestion.batches import HIGHEST_SEQUENCE
from slots.searching.search import DEFAULT_RADIUS, MAX_RADIUS, Order

Responses = dict[Any, Any]

_WHY = {
    HTTPStatus.BAD_REQUEST: "the parameters or the body can't be read",
    HTTPStatus.UNAUTHORIZED: "no token, or an unknown or revoked one",
    HTTPStatus.FORBIDDEN: "a token of another source, or the source is switched off",
    HTTPStatus.NOT_FOUND: "there is no such thing",
    HTTPStatus.CONFLICT: "this sequence was used with other content",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "more than 32 MB, as sent or unpacked",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "neither JSON in UTF-8, plain or gzip",
    HTTPStatus.UNPROCESSABLE_ENTITY: "the batch breaks a rule; `errors` say where",
    HTTPStatus.TOO_MANY_REQUESTS: "too many requests; Retry-After says for how many seconds",
}


def problems(*statuses: HTTPStatus) -> Responses:
    """The description of these errors."""
    return {
        (status.value, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, _WHY[status])
        for status in (*statuses, HTTPStatus.TOO_MANY_REQUESTS)
    }


def reading(serializer: Any) -> Responses:
    """The answers of a view without parameters."""
    return {200: serializer} | problems()


def searching(serializer: Any) -> Responses:
    """The answers of a view with parameters."""
    return {200: serializer} | problems(HTTPStatus.BAD_REQUEST)


def _parameter(name: str, says: str, schema: dict[str, Any] | type = str) -> OpenApiParameter:
    many = isinstance(schema, dict) and schema.get("type") == "array"
    return OpenApiParameter(name, schema, description=says, explode=True if many else None)


def _each(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_DAY = {"type": "string", "format": "date"}
_CLOCK = {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}

SEARCH_PARAMETERS = [
    _parameter(
        "postcode",
        "a full postcode or its first half, such as IG3 9UZ; or a town with a test centre",
    ),
    _parameter("near", "latitude,longitude instead, such as 51.563,0.105"),
    _parameter(
        "radius",
        "statute miles",
        {"type": "integer", "minimum": 1, "maximum": MAX_RADIUS, "default": DEFAULT_RADIUS},
    ),
    _parameter(
        "test_type", "none: both", _each({"type": "string", "enum": ["practical", "theory"]})
    ),
    _parameter("date_from", "the first day", _DAY),
    _parameter("date_to", "the last day", _DAY),
    _parameter(
        "weekday", "1 is Monday; none: all", _each({"type": "integer", "minimum": 1, "maximum": 7})
    ),
    _parameter("time_from", "the earliest start, Europe/London", _CLOCK),
    _parameter("time_until", "the latest start, Europe/London", _CLOCK),
    _parameter("center", "ids of centres, instead of the radius", _each({"type": "integer"})),
    _parameter("order", "what comes first", {"type": "string", "enum": list(Order.values)}),
    _parameter("cursor", "as in the link `next`"),
]

_TEST_TYPE = {"type": "string", "enum": ["practical", "theory"]}
_CENTER = {"type": "string", "minLength": 1, "maxLength": 255, "description": "code, name or alias"}
_SLOT = {
    "type": "object",
    "required": ["center", "test_type", "date", "time"],
    "properties": {
        "center": _CENTER,
        "test_type": _TEST_TYPE,
        "date": _DAY,
        "time": _CLOCK | {"description": "Europe/London, to the minute"},
    },
}
_COVERS = {
    "type": "object",
    "description": "what a complete batch speaks for; a date left out leaves that side open",
    "required": ["centers", "test_types"],
    "additionalProperties": False,
    "properties": {
        "centers": _each(_CENTER),
        "test_types": _each(_TEST_TYPE),
        "date_from": _DAY,
        "date_to": _DAY,
    },
}
BATCH = {
    "application/json": {
        "type": "object",
        "description": "what a source says at one time",
        "required": ["sequence", "observed_at", "slots"],
        "additionalProperties": False,
        "properties": {
            "sequence": {"type": "integer", "minimum": 0, "maximum": HIGHEST_SEQUENCE},
            "observed_at": {
                "type": "string",
                "format": "date-time",
                "description": "at most a year ago and 5 minutes ahead",
            },
            "complete": {"type": "boolean", "default": False},
            "covers": _COVERS,
            "slots": _each(_SLOT),
        },
    }
}
_TOKEN = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)

POSTING = {
    200: OpenApiResponse(OutcomeSerializer, "sent before, or observed before a newer one"),
    201: OpenApiResponse(OutcomeSerializer, "applied"),
    202: OpenApiResponse(OutcomeSerializer, "held until staff decide or the next batch agrees"),
} | problems(
    HTTPStatus.BAD_REQUEST,
    *_TOKEN,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
ASKING = {200: OpenApiResponse(OutcomeSerializer, "as it is now")} | problems(
    *_TOKEN, HTTPStatus.NOT_FOUND
)
