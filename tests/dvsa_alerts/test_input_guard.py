"""What nobody types is refused with 400, in words; what is merely wrong is left to the form."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import MailRefusal
from alerts.models import PushSubscription
from dvsa_alerts.input_guard import LONGEST_HEADER, LONGEST_PATH, LONGEST_QUERY
from dvsa_alerts.wsgi import application
from slots.sources import add_source
from slots.tokens import make_token
from tests.people import learner
from tests.slots.feeds import make_centers

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


def refused(response) -> str:
    """The page, which has to say that the request can't be answered."""
    assert response.status_code == 400
    page = response.content.decode()
    assert "<h1>This request can't be answered</h1>" in page
    assert "\0" not in page
    return page


@pytest.mark.parametrize(
    "path", ["/slots/?postcode=%00", "/centers/?q=a%00b", "/?utm=%00", "/?%00=1"]
)
def test_a_nul_in_a_query_is_refused(client, path):
    assert "can&#x27;t be stored" in refused(client.get(path))


def test_the_page_names_the_field(client):
    assert "“postcode”" in refused(client.get("/slots/?radius=5&postcode=a%00b"))


def test_the_page_has_the_headers_of_every_other(client):
    response = client.get("/slots/?postcode=%00")
    assert "Content-Security-Policy" in response.headers
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/centers/%00/", "/unsubscribe/a%00b/", "/static/%00.css", "/%00"]
)
def test_a_nul_in_a_path_is_refused(client, path):
    refused(client.get(path))


def test_an_endless_line_is_refused(client):
    refused(client.get("/" + "x" * LONGEST_PATH))
    refused(client.get("/?" + "x" * (LONGEST_QUERY + 1)))
    refused(client.get("/", headers={"Referer": "x" * (LONGEST_HEADER + 1)}))


def test_a_nul_in_a_header_or_a_cookie_is_refused(client):
    refused(client.get("/", headers={"User-Agent": "a\0b"}))
    client.cookies[settings.SESSION_COOKIE_NAME] = "x"
    client.cookies[settings.SESSION_COOKIE_NAME].set("x", "x", r'"a\000b"')
    refused(client.get("/"))


def test_a_nul_in_a_form_is_refused_and_nothing_is_kept(client):
    client.force_login(learner())
    page = refused(client.post("/push/", {"label": "x\0", "endpoint": "https://example.org/"}))
    assert "“label”" in page
    assert not PushSubscription.objects.exists()


def test_a_nul_in_a_form_that_needs_no_cookie_is_refused(client):
    origin = {"Origin": settings.SITE_URL}
    refused(client.post("/push/renew/", {"old_endpoint": "x\0"}, headers=origin))


@pytest.mark.parametrize(
    "disposition",
    [b'form-data; name="a\0b"; filename="a.csv"', b"form-data; name*=UTF-8''a%00b; filename=a.csv"],
)
def test_a_nul_in_the_name_of_a_files_field_is_refused(client, disposition):
    body = b"--x\r\nContent-Disposition: %s\r\n\r\na\r\n--x--\r\n" % disposition
    refused(client.post("/searches/new/", body, content_type="multipart/form-data; boundary=x"))


def test_a_files_own_name_comes_without_what_cant_be_printed(rf):
    file = SimpleUploadedFile("a\0b.csv", b"a")
    file.name = "a\0b.csv"
    assert rf.post("/", {"file": file}).FILES["file"].name == "ab.csv"


def test_a_form_that_is_not_in_utf_8_is_refused(client):
    refused(client.post("/searches/new/", b"a=b", content_type=f"{FORM}; charset=latin-1"))
    refused(client.get("/?q=x", headers={"Content-Type": "text/html; charset=latin-1"}))


@pytest.mark.parametrize("query", [{"postcode": "\x01"}, {"postcode": "x" * 10_000}])
def test_what_is_merely_wrong_is_said_beside_its_field(client, query):
    page = client.get(f"/slots/?{urlencode(query)}")
    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()


def test_a_file_of_a_form_is_read_once(admin_upload):
    assert admin_upload.read() == b"code,name\n"


@pytest.fixture
def admin_upload(rf) -> Any:
    """A file as a view gets it behind the guard."""
    from dvsa_alerts.input_guard import InputGuardMiddleware

    request = rf.post("/admin/", {"file": SimpleUploadedFile("a.csv", b"code,name\n")})
    assert InputGuardMiddleware(lambda request: None).process_view(request, None, (), {}) is None
    return request.FILES["file"]


class TestTheApi:
    @pytest.mark.parametrize("query", ["postcode=%00", "postcode=IG3+9UZ&weekday=%00"])
    def test_a_nul_is_a_problem_that_names_the_field(self, client, query):
        response = client.get(f"/api/v1/slots/?{query}")
        assert response.status_code == 400
        assert response["Content-Type"] == "application/problem+json"
        field = query.partition("&")[2] or query
        assert response.json()["errors"][0]["field"] == field.partition("=")[0]

    def test_a_nul_in_an_address_is_a_problem(self, client):
        address = "/api/v1/sources/%00/batches/"
        response = client.post(address, "{}", content_type="application/json")
        assert response.status_code == 400
        assert response["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize(
        "body",
        [
            '{"\\ud800": 1, "slots": []}', '{"a\\u0000": 1}', '{"covers": {"\\udfff": 1}}',
            '{"observed_at": "\\ud800"}', '{"sequence": "\\u0000", "slots": []}',
        ],
    )  # fmt: skip
    def test_half_a_character_or_a_nul_in_a_batch_is_a_problem(self, client, body):
        source = add_source(name="feed", actor=None)
        _, token = make_token(source=source, label=None, actor=None)
        response = client.post(
            "/api/v1/sources/feed/batches/", body, content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert response.status_code == 422
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["detail"].isprintable()

    def test_half_a_character_in_a_row_rejects_the_row(self, client):
        make_centers("A")
        source = add_source(name="feed", actor=None)
        _, token = make_token(source=source, label=None, actor=None)
        row = {"center": "A\ud800", "test_type": "\0", "date": "\ud800", "\ud800": 1}
        said = {"sequence": 1, "observed_at": timezone.now().isoformat(), "slots": [row]}
        response = client.post(
            "/api/v1/sources/feed/batches/", json.dumps(said), content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert response.status_code in (200, 201)
        assert response.json()["rejected"][0]["row"] == 1


@pytest.mark.parametrize(
    "body",
    [
        '{"address": "a\\u0000b@example.org"}', '{"address": "a@example.org", "reason": "\\u0000"}',
        '{"address": "a\\ud800@example.org"}', "[" * 50_000, b"\xff",
    ],
)  # fmt: skip
def test_a_bounce_that_cant_be_stored_is_refused(client, settings, body):
    settings.BOUNCE_SECRET = "s"
    response = client.post(
        "/bounces/", body, content_type="application/json", headers={"Authorization": "Bearer s"}
    )
    assert response.status_code == 400
    assert not MailRefusal.objects.exists()


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("text/html; charset*=nonsense''x", "400 Bad Request"),
        ("text/html; charset=a\0b", "400 Bad Request"),
        ("text/html; charset=hex", "400 Bad Request"),
        ("text/html; charset=unicode_escape", "400 Bad Request"),
        ("text/html; charset=idna", "400 Bad Request"),
        ("text/html; charset=nonsense", "200 OK"),
        ("text/html; charset=utf-8", "200 OK"),
        ("", "200 OK"),
    ],
)
def test_a_content_type_that_django_cant_read_is_refused(rf, content_type, status):
    said: list[str] = []
    environ = rf.get("/healthz").environ | {"CONTENT_TYPE": content_type}
    b"".join(application(environ, lambda line, headers: said.append(line)))
    assert said == [status]
