"""One row of everything, most of it learner A's, and clients for everybody who knocks."""

import base64
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from accounts.models import Booking, Breaker, MailRefusal, OutboxMail, Role, SavedSearch, User
from alerts.messages import links
from alerts.models import Companion, Delivery, Notification, PushSubscription, UserAlert, Webhook
from alerts.searches.feeds import make_feed
from alerts.webhooks import add_webhook
from audit.models import SystemConfig
from audit.trail import record
from centers.models import Center, CenterAlias, NearestCenter, PostcodeArea, Rule
from slots.ingestion.batches import Covers
from slots.models import FeedBatch, Slot, SlotOpening, Source
from slots.tokens import make_token
from tests.access.rules import Person
from tests.alerts.world import make_center, make_opening, make_search, make_slot
from tests.passkeys import make_passkey
from tests.people import PASSWORD, learner
from tests.staff import make_staff, signed_in

# Nothing of learner A's looks like anything of anybody else's.
MARK = "zebracrossing"


@dataclass
class World:
    """What addresses are made of, and the plain text of the source's token."""

    owner: User
    stranger: User
    manager: User
    auditor: User
    admin: User
    rows: dict[type[Model], Model]
    token: str
    sessions: dict[Person, str] = field(default_factory=dict)
    password: str = PASSWORD

    def row(self, model: type[Model]) -> Any:
        """The world's row of a model."""
        return self.rows[model]

    def values(self, name: str) -> Any:
        """What a route's argument of this name stands for; a model's label for its row's id."""
        if "." in name:
            return self.row(apps.get_model(name)).pk
        return {
            "center": lambda: self.row(Center).pk,
            "search": lambda: self.row(SavedSearch).pk,
            "test_type": lambda: self.row(Booking).test_type,
            "alert": lambda: self.row(UserAlert).pk,
            "device": lambda: self.row(PushSubscription).pk,
            "passkey": lambda: self.row(Authenticator).pk,
            "source_name": lambda: self.row(Source).name,
            "batch": lambda: self.row(FeedBatch).pk,
            "alert_link": lambda: _token(links.alert_page_url(self.row(Notification).pk)),
            "unsubscribe_link": lambda: _token(
                links.unsubscribe_url(user_id=self.owner.pk, search_ids=[self.row(SavedSearch).pk])
            ),
            "pause_link": lambda: _token(
                links.pause_url(user_id=self.owner.pk, search_ids=[self.row(SavedSearch).pk])
            ),
            "not_for_me_link": lambda: _token(links.not_for_me_url(self.row(UserAlert).pk)),
            "companion_link": lambda: _token(links.companion_url(self.row(Companion).pk)),
            "companion": lambda: self.row(Companion).pk,
            "webhook": lambda: self.row(Webhook).pk,
            "got_a_test_link": lambda: _token(links.got_a_test_url(user_id=self.owner.pk)),
            "feed_secret": lambda: make_feed(search=self.row(SavedSearch)),
            "kind": lambda: ContentType.objects.get_for_model(SavedSearch).pk,
            "app": lambda: "slots",
            "setting": lambda: self.row(SystemConfig).key,
            "reset_uid": lambda: user_pk_to_url_str(self.owner),
            "reset_key": lambda: default_token_generator.make_token(self.owner),
        }[name]()

    @property
    def center_of_a_slot(self) -> str:
        """What admin's form of a slot asks while a centre's name is typed."""
        return "app_label=slots&model_name=slot&field_name=center&term=a"

    @property
    def asked_why(self) -> str:
        """A learner and an opening."""
        return urlencode({"email": self.owner.email, "opening": self.row(SlotOpening).pk})

    @property
    def answer(self) -> dict[str, str]:
        """What a learner says became of the slot of their alert."""
        return {"alert": str(self.row(UserAlert).pk), "answer": "gone"}

    @property
    def push_keys(self) -> dict[str, str]:
        """What a browser of the learner's sends to be woken."""
        return _push_keys("second")

    def client(self, person: Person, **options: Any) -> Client:
        """A client of that person's own, signed in when it is first asked for."""
        if person == Person.TOKEN:
            options["headers"] = {"authorization": f"Bearer {self.token}"}
        client = Client(**options)
        if person not in (Person.NOBODY, Person.TOKEN):
            client.cookies[settings.SESSION_COOKIE_NAME] = self._session_key(person)
        return client

    def _session_key(self, person: Person) -> str:
        if person not in self.sessions:
            session = signed_in(self.user(person)).session
            self.sessions[person] = str(session.session_key)
        return self.sessions[person]

    def user(self, person: Person) -> User:
        """The user that a person is."""
        name = {Person.OWNER: "owner", Person.STRANGER: "stranger"}.get(person, person.value)
        return getattr(self, name)


def make_world() -> World:
    """Learner A with something of everything, learner B with nothing, and the staff."""
    owner = learner(f"{MARK}@example.org")
    source = Source.objects.create(name="harbour", url=None)
    _, token = make_token(source=source, label=None, actor=None)
    world = World(
        owner=owner,
        stranger=learner("stranger@example.org"),
        manager=make_staff(Role.CENTER_MANAGER),
        auditor=make_staff(Role.AUDITOR),
        admin=make_staff(Role.ADMIN),
        rows={},
        token=token,
    )
    for row in (source, source.tokens.get(), *_slots(source), *_staff_rows(), *_learners(owner)):
        world.rows[type(row)] = row
    world.rows |= _alerts_of(owner, world.rows)
    return world


def _slots(source: Source) -> list[Model]:
    center = make_center()
    PostcodeArea.objects.create(kind="sector", area="IG3 9", latitude=51.56, longitude=0.1)
    slot = make_slot(center, source=source)
    batch = FeedBatch.objects.create(
        source=source,
        sequence=1,
        status="held",
        observed_at=timezone.now(),
        digest="0" * 64,
        complete=True,
        covers=Covers((), ("practical",)).as_json(),
        known_centers=[center.pk],
    )
    alias = CenterAlias.objects.create(center=center, alias="The Pier", folded="pier")
    nearest = NearestCenter.objects.create(center=make_center(latitude=51.6), other=center, rank=1)
    return [center, alias, nearest, slot, make_opening(slot), batch]


def _staff_rows() -> list[Model]:
    entry = record("test.done", actor=None, subject=None)
    return [
        SystemConfig.objects.create(key="alerts.max_searches", value="20"),
        entry,
        Role.objects.get(role_name=Role.USER),
        Rule.objects.earliest("pk"),
    ]


def _learners(owner: User) -> list[Model]:
    endpoint = PushSubscription.objects.create(user=owner, label=MARK, **_push_keys(MARK))
    booking = Booking.objects.create(
        user=owner, test_type="practical", date=timezone.localdate() + timedelta(days=60)
    )
    passkey = make_passkey(owner, name=MARK)
    return [make_search(owner, name=MARK), booking, endpoint, passkey, owner]


def _alerts_of(owner: User, rows: dict[type[Model], Any]) -> dict[type[Model], Model]:
    message = Notification.objects.create(user=owner, method="email", due_at=timezone.now())
    alert = UserAlert.objects.create(
        user=owner,
        slot=rows[Slot],
        opening=rows[SlotOpening],
        preference=rows[SavedSearch],
        notification=message,
        state="waiting",
    )
    delivery = Delivery.objects.create(
        notification=message, channel="email", provider="smtp", next_attempt_at=timezone.now()
    )
    return {
        Breaker: Breaker.objects.create(provider="smtp"),
        MailRefusal: MailRefusal.objects.create(user=owner, address="old@example.org"),
        OutboxMail: OutboxMail.objects.create(
            to="old@example.org",
            kind="login_code",
            subject="",
            text="",
            expires_at=timezone.now() + timedelta(minutes=10),
        ),
        Companion: Companion.objects.create(
            user=owner, place=1, email="mum@example.org", learner_name="Ada"
        ),
        Webhook: add_webhook(user=owner, url=f"https://{MARK}.example.org/hook")[0],
        Notification: message,
        UserAlert: alert,
        Delivery: delivery,
    }


def _push_keys(name: str) -> dict[str, str]:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = public.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    text = base64.urlsafe_b64encode(point).rstrip(b"=").decode()
    return {
        "endpoint": f"https://fcm.googleapis.com/{name}",
        "p256dh": text,
        "auth": "AAAAAAAAAAAAAAAAAAAAAA",
    }


def _token(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]
