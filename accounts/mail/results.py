"""What a channel answers about one message."""

from dataclasses import dataclass, field

from accounts.mail.refusals import Fault


@dataclass(frozen=True)
class Accepted:
    """The provider has taken the message over; `words` are a mail server's own."""

    words: str = field(default="", compare=False)


@dataclass(frozen=True)
class TryLater:
    """Not now. `after_seconds` is the provider's own wish, where it has one.

    `provider_failed` says that it isn't this message's fault; `of_one` that it may mean this
    message alone all the same, as the others are answered for themselves; `in_doubt` that the
    whole message was handed over and no answer came, so that nobody knows whether it was taken.
    `fault` is set when a mail server has said so, `status` is a push service's, where it answered.
    """

    error: str
    provider_failed: bool = False
    in_doubt: bool = False
    after_seconds: float | None = None
    of_one: bool = False
    fault: Fault | None = None
    status: int | None = None


@dataclass(frozen=True)
class Never:
    """A refusal for good; `target_gone` when it means the address, not this message,
    `key_gone` when we no longer have the key that a subscription was made with.

    `fault` is set when a mail server has said so, `status` is a push service's, where it answered.
    """

    error: str
    target_gone: bool = False
    key_gone: bool = False
    fault: Fault | None = None
    status: int | None = None


Result = Accepted | TryLater | Never
