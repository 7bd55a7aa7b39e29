"""Where: at the chosen centres, or so many miles around."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from accounts.models import SavedSearch
from alerts.criteria.criterion import Booked, Change, Criterion, Seen
from centers.models import Center
from centers.querysets import BORDER_METRES, METRES_PER_MILE
from slots.wording import listed, miles

# More than anybody picks; so wide a search is narrowed by its miles.
MOST_CHOSEN = 50


class Place(Criterion):
    """Among the chosen centres, or where there are none within the radius.

    For stored searches Reach holds the answer; `fits` is for all others, and needs `center`, the
    centre's row, and `search.centers`, the ids of those that were chosen.
    """

    name = "place"
    columns = ("notification_radius", "postcode", "location")
    fits = f"""
    CASE WHEN cardinality(search.centers) > 0 THEN center.center_id = ANY (search.centers)
         ELSE ST_DWithin(center.location, search.location,
                         search.notification_radius * {METRES_PER_MILE} + {BORDER_METRES}) END
    """
    rule = "The centre is near enough, or one of those chosen"

    @property
    def told_from(self) -> Sequence[str]:
        """A location costs much to read, and is only named where there is no postcode."""
        without_postcode = "coalesce(search.postcode, '') = ''"
        location = f"CASE WHEN {without_postcode} THEN search.location END AS location"
        return ["search.notification_radius", "search.postcode", location]

    def from_form(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """A town has no location: its centres are chosen."""
        place = values["place"]
        return {
            "notification_radius": values["radius"],
            "postcode": place.get("postcode"),
            "location": place.get("origin"),
        }

    def to_form(self, search: SavedSearch) -> dict[str, Any]:
        """The position only where there is no postcode, to about 100 metres."""
        location = search.location
        near = "" if search.postcode or location is None else f"{location.y:.3f},{location.x:.3f}"
        return {
            "postcode": search.postcode or "",
            "near": near,
            "radius": search.notification_radius,
            "center": [center.pk for center in search.centers.all()],
        }

    def clause(self, search: SavedSearch, centers: Sequence[str], booked: Booked) -> str:
        """The chosen centres stand instead of the radius."""
        return self.where(search, centers)

    def where(self, search: SavedSearch, centers: Sequence[str]) -> str:
        """Where a search looks that has chosen centres of these names."""
        if centers:
            return f"at {listed(centers, 'or')}"
        where = search.postcode or ("your location" if search.location else "nowhere")
        return f"within {miles(search.notification_radius)} of {where}"

    def evidence(self, search: SavedSearch, seen: Seen) -> str:
        """The miles, or the centres that were chosen."""
        chosen = [center.name for center in search.centers.all()]
        if chosen:
            return f"chosen: {', '.join(chosen)}"
        if seen.miles is None:
            return "the search or the centre has no place"
        return f"{seen.miles:.1f} miles; wanted: at most {search.notification_radius}"

    def narrower(self, search: SavedSearch, seen: Seen) -> Iterator[Change]:
        """The largest whole number of miles that is less than the way; the other centres."""
        if seen.miles is not None and seen.miles > 1:
            radius = int(seen.miles) - int(seen.miles == int(seen.miles))
            yield f"Only within {miles(radius)}", {"radius": radius, "center": []}
        if 0 < len(others := _others(search, seen.slot.center)) <= MOST_CHOSEN:
            yield f"Not at {seen.slot.center.name}", {"center": others}


def _others(search: SavedSearch, center: Center) -> list[int]:
    """The ids of the centres that a search looks at beside this one."""
    looked_at = search.centers.all()
    if not looked_at and search.location:
        open_now = Center.objects.open()
        looked_at = open_now.within_miles(search.location, search.notification_radius)
    return sorted(each.pk for each in looked_at if each.pk != center.pk)
