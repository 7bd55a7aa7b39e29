"""Whatever is typed, a page answers with a sentence beside the field, or as if it weren't there."""

import re
from datetime import date, time, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from slots.searching.search import Cursor, Order
from tests.people import learner
from tests.slots.places import make_center, make_postcode, open_slot

pytestmark = pytest.mark.django_db

LONG = "x" * 10_000
CAR, RIGHT_TO_LEFT = "\U0001f697", "\u202e\u05e9\u05dc\u05d5\u05dd"
TOMORROW = date.today() + timedelta(days=1)  # noqa: DTZ011 - whichever zone, it is to come
WRONG = {
    "postcode": ["BT1 1AA", "ZZ99 9ZZ", "nonsense", CAR, RIGHT_TO_LEFT, LONG, "<b>", "'--"],
    "radius": ["0", "-1", "10000", "ten", "1e3", LONG, CAR, "9" * 400],
    "date_to": ["2020-01-01", "yesterday", "31/02/2030", LONG, CAR],
    "date_from": ["2031-13-01", "x", LONG],
    "time_from": ["25:00", "noon", LONG],
    "time_until": ["8.5.3", RIGHT_TO_LEFT],
    "weekday": ["0", "8", "Monday", LONG, "9" * 400],
    "test_type": ["motorbike", LONG, CAR],
    "center": ["0", "-1", "x", "9" * 400, CAR],
}
CASES = [(name, value) for name, values in WRONG.items() for value in values]
RESULTS_ONLY = [
    ("order", "cheapest"), ("cursor", "forged"), ("cursor", "_____"), ("cursor", LONG),
    pytest.param(
        "cursor", str(Cursor(Order.NEAREST, 1.0, TOMORROW, time(9), 1)), id="another order's"
    ),
]  # fmt: skip
SEARCH = {"postcode": "IG3 9UZ"}


@pytest.fixture(autouse=True)
def place(db):
    make_postcode()
    open_slot(make_center("Near"), TOMORROW)


@pytest.fixture
def ada(client: Client) -> Client:
    client.force_login(learner())
    return client


def marked_wrong(client: Client, path: str, query: dict[str, str]) -> str:
    """The page, which has to say what is wrong, and where."""
    response = client.get(f"{path}?{urlencode(SEARCH | query)}")
    text = response.content.decode()
    assert response.status_code == 200
    assert "There is a problem" in text
    assert "<title>Error" in text
    return text


def shows_beside(text: str, name: str) -> bool:
    return bool(re.search(rf'id="id_{name}_error"', text))


@pytest.mark.parametrize(("name", "value"), CASES)
def test_results_say_what_is_wrong_beside_the_field(client, name, value):
    text = marked_wrong(client, "/slots/", {name: value})
    assert shows_beside(text, name)
    assert 'class="slot__time"' not in text


@pytest.mark.parametrize(("name", "value"), RESULTS_ONLY)
def test_a_tampered_order_or_cursor_is_said(client, name, value):
    assert 'class="slot__time"' not in marked_wrong(client, "/slots/", {name: value})


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_saved_search_says_what_is_wrong_beside_the_field(ada, name, value):
    assert shows_beside(marked_wrong(ada, "/searches/new/", {name: value}), name)


@pytest.mark.parametrize(("name", "value"), [*CASES, *RESULTS_ONLY])
def test_the_api_and_the_map_name_the_field(client, name, value):
    query = urlencode(SEARCH | {name: value})
    assert client.get(f"/api/v1/slots/?{query}").status_code == 400
    assert name in client.get(f"/slots/map/?{query}").json()["errors"]


@pytest.mark.parametrize("text", ["BT1 1AA", "ZZ99 9ZZ", "7", LONG, f"{LONG}9", f"{CAR}1"])
def test_the_list_of_centres_says_what_is_wrong_beside_its_box(client, text):
    page = client.get(f"/centers/?{urlencode({'q': text})}").content.decode()
    assert "There is a problem" in page
    assert shows_beside(page, "q")


@pytest.mark.parametrize("text", [CAR, RIGHT_TO_LEFT, "%", "_", "\\", "<script>"])
def test_a_centre_that_is_not_there_is_said_to_be_none(client, text):
    page = client.get(f"/centers/?{urlencode({'q': text})}").content.decode()
    assert "No test centre is called that" in page
    assert "<script>" not in page.split("<main")[1].split("</main")[0]


@pytest.mark.parametrize("path", ["/", "/centers/", "/slots/", "/privacy/", "/searches/new/"])
def test_unknown_parameters_are_left_alone(client, path):
    query = urlencode({"utm_source": CAR, "x[]": LONG, "": "", **SEARCH})
    page = client.get(f"{path}?{query}")
    assert page.status_code == 200
    assert "There is a problem" not in page.content.decode()


@pytest.mark.parametrize("path", [
    "/centers/99999999999999999999/", "/centers/0/", "/searches/99999999999/edit/",
    "/alerts/99999999999999999999/not-for-me/", "/alerts/?before=" + "9" * 400, f"/alerts/{CAR}/",
    f"/unsubscribe/{CAR}/", f"/got-a-test/{LONG[:500]}/", "/accounts/password/reset/key/%01-x/",
])  # fmt: skip
def test_an_address_of_nothing_is_a_page_that_says_so(ada, path):
    response = ada.get(path, follow=True)
    assert response.status_code in {200, 404}
    assert "<h1" in response.content.decode()


@pytest.mark.parametrize("value", ["", CAR, LONG, "a@b", f"{LONG}@example.org"])
def test_an_address_that_is_none_is_said_beside_its_field(client, value):
    for path, name, others in (
        ("/accounts/signup/", "email", {}),
        ("/accounts/login/", "login", {"password": "x"}),
        ("/accounts/password/reset/", "email", {}),
    ):
        page = client.post(path, {name: value, **others})
        assert page.status_code == 200
        assert "There is a problem" in page.content.decode()
