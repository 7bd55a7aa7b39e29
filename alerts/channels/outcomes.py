"""What a channel answers about one message."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Accepted:
    """The provider has taken the message over."""


@dataclass(frozen=True)
class TryLater:
    """Not now. `after_seconds` is the provider's own wish, where it has one.

    `provider_failed` says that it isn't this message's fault; `in_doubt` that the whole
    message was handed over and no answer came, so that nobody knows whether it was taken.
    `status` is a push service's, where it answered.
    """

    error: str
    provider_failed: bool = False
    in_doubt: bool = False
    after_seconds: float | None = None
    status: int | None = None


@dataclass(frozen=True)
class Never:
    """A refusal for good; `target_gone` when it means the address, not this message.

    `status` is a push service's, where it answered.
    """

    error: str
    target_gone: bool = False
    status: int | None = None


Outcome = Accepted | TryLater | Never
