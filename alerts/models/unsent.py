"""Why an alert or a delivery ended without being sent."""

from django.db.models import Q, TextChoices


class UnsentReason(TextChoices):
    """The codes that are stored, with staff's words; a learner's are in `pages.history`."""

    TOLD_ENOUGH = "told_enough", "told of this slot 3 times in 24 hours"
    OVER_LIMIT = "over_limit", "over the daily limit"
    SLOT_CLOSED = "slot_closed", "the slot was no longer open"
    SEARCH_DELETED = "search_deleted", "the search was deleted"
    SEARCH_ENDED = "search_ended", "the search was ended"
    SEARCH_PAUSED = "search_paused", "the search was paused"
    SEARCH_CHANGED = "search_changed", "the search was changed, and no longer asks for it"
    NOT_BOOKABLE = "not_bookable", "the learner can no longer take it"
    ACCOUNT_DISABLED = "account_disabled", "the account is disabled"
    ADDRESS_REFUSES = "address_refuses", "the address refuses mail"
    REFUSED = "refused", "refused for good"
    RETRIES_USED_UP = "retries_used_up", "retries used up"
    NOT_MADE = "not_made", "its message could not be made"
    MAYBE_SENT = "maybe_sent", "it may have been sent before the service was restored"
    # Of deliveries alone: their alerts went another way, or ended for reasons of their own.
    MAILED_INSTEAD = "mailed_instead", "went by email instead"
    NONE_OPEN = "none_open", "no slot in it was still open"
    NONE_LEFT = "none_left", "all that it was to tell has been told or ended"
    DEVICE_ENDED = "device_ended", "the device was ended"
    DEVICE_REMOVED = "device_removed", "the device was removed"
    COMPANION_ENDED = "companion_ended", "the companion gets no more mail"
    WEBHOOK_ENDED = "webhook_ended", "the webhook gets no more messages"


def is_reason(field: str) -> Q:
    """What a CHECK asks of a column: a code, or a sentence of a release that stored those.

    The sentences go with the alerts that have them; until then the release before may run too.
    """
    return Q(**{f"{field}__in": UnsentReason.values}) | Q(**{f"{field}__contains": " "})
