"""In which nation of Great Britain a place is: public holidays differ, and deadlines with them."""

import re

from django.db import models


class Nation(models.TextChoices):
    """The nations, by their codes of ISO 3166-2:GB."""

    ENGLAND = "ENG", "England"
    SCOTLAND = "SCT", "Scotland"
    WALES = "WLS", "Wales"


ALL = frozenset(Nation)
SCOTTISH = frozenset(
    ("AB", "DD", "EH", "FK", "G", "HS", "IV", "KA", "KW", "KY", "ML", "PA", "PH", "ZE")
)
WELSH = frozenset(("CF", "SA"))
# Areas that reach over a border.
BORDER = dict.fromkeys(("DG", "TD"), frozenset({Nation.ENGLAND, Nation.SCOTLAND})) | dict.fromkeys(
    ("CH", "HR", "LD", "LL", "NP", "SY"), frozenset({Nation.ENGLAND, Nation.WALES})
)

# All that a centre's nations can be.
SETS = frozenset({ALL, *(frozenset({each}) for each in Nation), *BORDER.values()})


def nations_of_area(postcode: str) -> frozenset[Nation]:
    """The nation of a postcode's area (its first letters), or both of an area that has two.

    All of them for what doesn't begin with a letter.
    """
    found = re.match(r"\s*([A-Za-z]{1,2})", postcode)
    if not found:
        return ALL
    area = found[1].upper()
    if area in BORDER:
        return BORDER[area]
    if area in SCOTTISH:
        return frozenset({Nation.SCOTLAND})
    return frozenset({Nation.WALES if area in WELSH else Nation.ENGLAND})
