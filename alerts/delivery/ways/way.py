"""What a channel does at each stage, where channels differ."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from accounts.mail import breakers
from accounts.mail.results import Never, Result, TryLater
from alerts.delivery.claim import Claimed
from alerts.messages.content import Content
from alerts.messages.reasons import Reason
from alerts.models import UnsentReason
from alerts.taking import Follows

Message = TypeVar("Message")


class Way(ABC, Generic[Message]):
    """One channel's own part in the stages, in their order.

    For `gather`, two pieces of SQL: `targets` is where the deliveries of the notifications that are
    `due` come from, each with its `target` if there is one, and `provider` whose failing concerns
    them. `says_why` is whether its messages name the searches that they are for.
    """

    targets: ClassVar[str]
    provider: ClassVar[str]
    says_why: ClassVar[bool] = True

    def values(self) -> dict[str, Any]:
        """What its `targets` bind by name."""
        return {}

    def read_targets(self, ids: Collection[int]) -> Mapping[int, Any]:
        """What a chunk goes to, by id, without what someone is changing at this moment."""
        return {}

    def refusal(self, content: Content) -> UnsentReason | None:
        """Why this target gets no message, if it gets none."""
        return None

    @abstractmethod
    def compose(
        self,
        claimed: Claimed,
        content: Content,
        *,
        follows: Sequence[Follows],
        reasons: Mapping[int, Reason],
    ) -> Message:
        """The message, ready to go out."""

    @abstractmethod
    def transmit(self, message: Message, *, seconds: float) -> Result:
        """Use the network, for at most so many seconds. No transaction may be open."""

    def accept(self, claimed: Claimed) -> None:
        """Do what follows for its target when a message was accepted."""

    def refuse(self, claimed: Claimed, refusal: Never) -> None:
        """Do what follows for its target when a message was refused for good."""

    @abstractmethod
    def put_off(self, claimed: Claimed, later: TryLater) -> None:
        """Do what follows for its target and its provider when a message has to wait."""


def target_of(claimed: Claimed) -> int:
    """The id of what it goes to, for a channel that has targets; the database sees to it."""
    if claimed.target_id is None:
        raise ValueError(f"delivery {claimed.id} has no target")
    return claimed.target_id


def note_worked(claimed: Claimed) -> None:
    """A provider that was failing has answered."""
    if claimed.provider_failures:
        breakers.worked(claimed.provider)
