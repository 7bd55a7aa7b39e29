"""Learners who are told by push, and the services of their browsers."""

from pathlib import Path

from allauth.account.models import EmailAddress
from django.contrib.gis.geos import Point

from accounts.models import SavedSearch, User
from alerts.models import PushSubscription
from tests.drills.senders import QUEUES, Program, beat, worker
from tests.drills.town import Town
from tests.push_endpoint import Browser, PushService


class Subscribers:
    """Learners whose only browser is at one push service."""

    def __init__(self, folder: Path, name: str, town: Town, count: int) -> None:
        folder.mkdir()
        self.name, self.host = name, f"{name}.push.test"
        self.service = PushService(folder, self.host)
        self.browsers: dict[str, Browser] = {}
        for number in range(count):
            self._subscribe(f"{name}{number}@example.org", f"/{number}", town)

    def _subscribe(self, email: str, path: str, town: Town) -> None:
        user = User.objects.create(email=email, password="x")
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
        center = town.centers[0]
        SavedSearch.objects.create(
            user=user, notification_radius=60, notification_method="push",
            location=Point(float(center.longitude), float(center.latitude), srid=4326),
        )  # fmt: skip
        self.browsers[email] = browser = Browser(path)
        PushSubscription.objects.create(
            user=user, endpoint=self.service.url(path), p256dh=browser.p256dh, auth=browser.auth
        )

    def pushed(self) -> dict[str, int]:
        """How many slots each learner's browser was told of."""
        return {
            email: sum(
                browser.decrypt(each.body)["notification"]["body"].count("\n") + 1
                for each in self.service.accepted(browser.path)
            )
            for email, browser in self.browsers.items()
        }

    def subscriptions_live(self) -> bool:
        found = PushSubscription.objects.filter(endpoint__startswith=f"https://{self.host}")
        return all(each.ended_at is None for each in found)


def trust(services: list[PushService], folder: Path) -> dict[str, str]:
    """The environment of programs that reach these services on this machine, and trust them."""
    bundle = folder / "bundle.pem"
    bundle.write_bytes(b"".join(each.certificate.read_bytes() for each in services))
    return {
        "SSL_CERT_FILE": str(bundle),
        "DJANGO_SETTINGS_MODULE": "tests.drills.loopback_settings",
    }


def workers(
    logs: Path, redis: str, environment: dict[str, str], *, senders: int = 1
) -> list[Program]:
    """A worker of so many processes for each queue, and beat; of one: sent one after the other."""
    one = [
        worker(logs / queue, queues=queue, processes=senders, redis=redis, **environment)
        for queue in QUEUES.split(",")
    ]
    return [*one, beat(logs / "beat", redis=redis)]
