"""What the API answers, and what its description says of that."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from centers.models import Center
from slots.models import FeedBatch
from slots.searching.paging import FoundSlot

WALL_CLOCK = {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$"}


@extend_schema_field(WALL_CLOCK)
class WallClockField(serializers.TimeField):
    """A time of day in Europe/London, to the minute."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", **options)


class CenterSerializer(serializers.ModelSerializer):
    """A test centre and where it is, in WGS 84 degrees."""

    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)

    class Meta:
        model = Center
        fields = ("id", "code", "name", "postcode", "town", "latitude", "longitude")


class CentersSerializer(serializers.Serializer):
    """All open centres, by name."""

    results = CenterSerializer(many=True)


class SlotCenterSerializer(serializers.Serializer):
    """The centre of a slot."""

    id = serializers.IntegerField(source="center_id")
    code = serializers.CharField(source="center_code", allow_null=True)
    name = serializers.CharField(source="center_name")
    postcode = serializers.CharField(source="center_postcode")


class SlotSerializer(serializers.Serializer):
    """An open slot; date and time are Europe/London wall-clock."""

    id = serializers.IntegerField()
    center = SlotCenterSerializer(source="*")
    test_type = serializers.CharField()
    date = serializers.DateField()
    time = WallClockField()
    miles = serializers.SerializerMethodField(help_text="null without a postcode or position")
    source = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    opened_at = serializers.DateTimeField(
        allow_null=True,
        help_text="null where nobody saw it open: it was open when it was first seen",
    )
    first_seen_at = serializers.DateTimeField(
        allow_null=True, help_text="when the present opening was first seen"
    )
    last_seen_at = serializers.DateTimeField(allow_null=True)

    def get_miles(self, slot: FoundSlot) -> float | None:
        """Statute miles to 2 decimals."""
        return round(slot.miles, 2) if self.context.get("has_origin") else None


class SlotsSerializer(serializers.Serializer):
    """One page of slots, and the link to the next."""

    results = SlotSerializer(many=True)
    next = serializers.URLField(allow_null=True)


class RejectedSerializer(serializers.Serializer):
    """A row that was left out."""

    row = serializers.IntegerField(help_text="its position, from 1")
    reason = serializers.CharField()


class OutcomeSerializer(serializers.ModelSerializer):
    """What became of a batch; `url` is where to ask again."""

    batch = serializers.IntegerField(source="id")
    rejected = RejectedSerializer(many=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = FeedBatch
        fields = (
            "batch", "sequence", "observed_at", "status", "reason",
            "opened", "closed", "unchanged", "past", "rejected", "url",
        )  # fmt: skip

    def get_url(self, batch: FeedBatch) -> str:
        """The address of this outcome."""
        return str(self.context["url"](batch))
