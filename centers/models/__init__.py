"""Test centres, the postcodes that place them and their learners, and what the tests' rules are."""

from centers.models.centers import Center, CenterAlias, NearestCenter
from centers.models.postcodes import Postcode, PostcodeArea
from centers.models.rules import Rule

__all__ = ["Center", "CenterAlias", "NearestCenter", "Postcode", "PostcodeArea", "Rule"]
