"""The colours of the charts can be told apart, light and dark, by WCAG 2.2's contrast ratio."""

import re
from itertools import pairwise

import pytest
from django.conf import settings

TOKENS = settings.BASE_DIR / "static" / "css" / "tokens.css"
TOKEN = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
SHADES = ("heat-1", "heat-2", "heat-3")
# Against what a mark lies on (success criterion 1.4.11), and against the next shade: three shades
# can't all be 3 to 1 apart between paper and black; their sizes differ too.
AGAINST_GROUND, BETWEEN_SHADES = 3, 2


def colours(look: str) -> dict[str, str]:
    """The tokens of a look; dark ones stand in place of light ones."""
    light, dark = TOKENS.read_text().split("@media (prefers-color-scheme: dark)")
    found = dict(TOKEN.findall(light))
    return found | (dict(TOKEN.findall(dark)) if look == "dark" else {})


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_twenty_one_to_one():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("look", ["light", "dark"])
class TestCharts:
    @pytest.mark.parametrize("mark", [*SHADES, "brand"])
    def test_a_mark_stands_out_from_its_card(self, look, mark):
        tokens = colours(look)
        assert contrast(tokens[mark], tokens["surface"]) >= AGAINST_GROUND

    @pytest.mark.parametrize(("one", "other"), [("line", "heat-1"), *pairwise(SHADES)])
    def test_neighbouring_shades_can_be_told_apart(self, look, one, other):
        tokens = colours(look)
        assert contrast(tokens[one], tokens[other]) >= BETWEEN_SHADES

    def test_more_is_always_further_from_the_card(self, look):
        tokens = colours(look)
        found = [contrast(tokens[shade], tokens["surface"]) for shade in SHADES]
        assert found == sorted(found)
