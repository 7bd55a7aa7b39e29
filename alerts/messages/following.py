"""What follows from taking what a message tells: read for many at once, put into words for each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from accounts.learners import Learner, read_learners
from alerts.messages.content import Content, Listing
from alerts.taking import Follows, SlotToTake, follows
from audit.clock import database_today
from centers.models import Center


@dataclass(frozen=True)
class Known:
    """Learners and centres by their ids, as far as some messages need them."""

    learners: Mapping[int, Learner]
    centers: Mapping[int, Center]
    for_anyone: dict[SlotToTake, Follows] = field(default_factory=dict)

    def follows(self, content: Content) -> list[Follows]:
        """For each of a message's slots, in their order."""
        learner = self.learners[content.recipient.user_id]
        return [self._follows(learner, self._slot(each)) for each in content.listings]

    def _follows(self, learner: Learner, slot: SlotToTake) -> Follows:
        """For those who have said nothing of their tests, nearly everybody, it is the same."""
        if learner.has_said_something:
            return follows(learner, slot)
        if slot not in self.for_anyone:
            self.for_anyone[slot] = follows(learner, slot)
        return self.for_anyone[slot]

    def _slot(self, listing: Listing) -> SlotToTake:
        center = self.centers[listing.center_id]
        return SlotToTake(listing.test_type, listing.date, listing.time, center)


def read_known(contents: Collection[Content]) -> Known:
    """In five statements, however many messages there are; none where there is none."""
    if not contents:
        return Known({}, {})
    centers = {each.center_id for content in contents for each in content.listings}
    return Known(
        read_learners({each.recipient.user_id for each in contents}, today=database_today()),
        Center.objects.only("name", "nation", "postcode").in_bulk(centers),
    )


def general(found: Sequence[Follows]) -> list[str]:
    """What follows from taking any of a message's slots, each sentence once."""
    return list(dict.fromkeys(sentence for each in found for sentence in each.of_any))
