"""Saying of each centre what follows from its postcode."""

from centers.models import Center, Postcode
from centers.nations import nations_of_area


def fill_nations() -> int:
    """Give each centre the nation of its postcode: the directory's, else its area's if it has one.

    Returns the number of centres that got another; three queries at most.
    """
    centers = list(Center.objects.only("postcode", "nation"))
    postcodes = {center.postcode for center in centers}
    known = Postcode.objects.filter(pk__in=postcodes, nation__isnull=False)
    nations: dict[str, str | None] = dict(known.values_list("postcode", "nation"))
    changed = []
    for center in centers:
        nation = nations.get(center.postcode) or _nation_of_area(center.postcode)
        if nation != center.nation:
            center.nation = nation
            changed.append(center)
    return Center.objects.bulk_update(changed, ["nation"])


def _nation_of_area(postcode: str) -> str | None:
    nations = nations_of_area(postcode)
    return min(nations).value if len(nations) == 1 else None
