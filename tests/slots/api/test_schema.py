"""The API keeps to its own description, whatever is asked of it."""

import json
from collections import Counter

import pytest
import schemathesis
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis.strategies import booleans, integers
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from audit import config
from audit.models import SystemConfig
from centers.models import Center
from dvsa_alerts.wsgi import application
from slots.models import Source
from slots.sources import add_source
from slots.tokens import make_token

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
BOUNDED = settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


def described():
    """Every operation of the schema by its method and path."""
    raw = SchemaGenerator().get_schema(request=None, public=True)
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(raw)))
    schema.app = application
    operations = [found.ok() for found in schema.get_all_operations()]
    return {operation.label: operation for operation in operations}


OPERATIONS = described()
RIGHT, WRONG = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
# There is no wrong way to ask for all centres.
ASKED = [
    pytest.param(label, mode, id=f"{label} {mode.value}")
    for label in sorted(OPERATIONS)
    for mode in (RIGHT, WRONG)
    if (label, mode) != ("GET /api/v1/centers/", WRONG)
]
POSTING = "POST /api/v1/sources/{name}/batches/"
BY_SOURCES = [each for each in ASKED if "sources" in each.id]


@pytest.fixture
def token(transactional_db):
    """A source's token; limits are set so that they aren't reached."""
    for name in ("slots.api_reads_per_minute", "slots.api_posts_per_minute"):
        SystemConfig.objects.create(key=name, value="100000")
    config.forget_cached()
    Center.objects.create(
        name="Goodmayes", postcode="IG3 9UZ", code="482", latitude="51.563", longitude="0.105"
    )
    source = add_source(name="northern", actor=None)
    return make_token(source=source, label=None, actor=None)[1]


@pytest.mark.parametrize(("label", "mode"), ASKED)
def test_nobody_gets_an_answer_that_is_not_described(token, label, mode):
    @BOUNDED
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    def ask(case):
        case.headers.pop("Host", None)  # a wrong one is refused before the API is reached
        case.call_and_validate(checks=CHECKS)

    ask()


@pytest.mark.parametrize(("label", "mode"), BY_SOURCES)
def test_a_source_gets_no_answer_that_is_not_described(token, label, mode):
    @BOUNDED
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    def ask(case):
        case.headers.pop("Host", None)
        case.path_parameters["name"] = "northern"
        case.headers["Authorization"] = f"Bearer {token}"
        case.call_and_validate(checks=CHECKS)

    ask()


def test_a_batch_of_the_present_gets_no_answer_that_is_not_described(token):
    answers = Counter()

    @BOUNDED
    @given(case=OPERATIONS[POSTING].as_strategy(), number=integers(1, 30), known=booleans())
    def ask(case, number, known):
        assume(isinstance(case.body, dict))
        now = timezone.now().isoformat()
        case.path_parameters["name"] = "northern"
        case.headers["Authorization"] = f"Bearer {token}"
        case.body = case.body | {"observed_at": now, "sequence": number}
        case.body["slots"] = [
            row | ({"center": "482"} if known else {}) for row in case.body["slots"]
        ]
        answers[case.call_and_validate(checks=CHECKS).status_code] += 1

    ask()
    assert {201, 409, 422} <= set(answers)


def test_the_description_is_served_as_json_and_names_every_address(client):
    described = json.loads(client.get("/api/schema/?format=json").content)
    assert set(described["paths"]) == {
        "/api/v1/centers/",
        "/api/v1/slots/",
        "/api/v1/sources/{name}/batches/",
        "/api/v1/sources/{name}/batches/{batch_id}/",
    }


def test_the_description_has_no_warnings(capsys):
    from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats

    reset_generator_stats()
    SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS


def test_the_page_of_the_description_says_that_slots_are_simulated(client, token):
    assert "Simulated data" not in client.get("/api/docs/").text
    Source.objects.create(name="simulated", is_simulated=True, heard_at=timezone.now())
    assert "Simulated data" in client.get("/api/docs/").text


def test_the_page_of_the_description_has_nothing_inline(client):
    page = client.get("/api/docs/").content.decode()
    assert "<script>" not in page
    assert "<style" not in page
    assert " style=" not in page
    assert client.get("/api/docs/?script=")["Content-Type"].startswith("application/javascript")
