"""People who come while the engine is in trouble: the pages have to work without it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from django.test import Client, override_settings

from accounts.models import User
from alerts.hints import hint_matching
from tests.brokers import broker_at
from tests.servers import OwnRedis
from tests.smtp_sink import Sink

_numbers = count(1)


@contextmanager
def pages(sink: Sink, redis: OwnRedis) -> Iterator[Client]:
    """The site, with the mail server and the Redis of the drill."""
    mail = override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=sink.port)
    with mail, broker_at(redis.url):
        yield Client()


def sign_up_and_search(site: Client) -> None:
    """Search, sign up, save a search; and a batch comes in, whose hint may be lost."""
    site.logout()
    assert site.get("/slots/", {"near": "51.500,0.000", "radius": 25}).status_code == 200
    email = f"newcomer{next(_numbers)}@example.org"
    answer = site.post("/accounts/signup/", {"email": email})
    assert answer.status_code == 302, answer.content
    user = User.objects.get(email=email)
    site.force_login(user)
    wish = {"near": "51.500,0.000", "radius": 10, "method": "email"}
    assert site.post("/searches/new/", wish).status_code == 302
    assert user.searches.count() == 1
    hint_matching()
