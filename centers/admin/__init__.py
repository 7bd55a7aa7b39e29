"""Test centres, what they are called and near to, and the rules of driving tests, in admin."""

from centers.admin.aliases import CenterAliasAdmin
from centers.admin.centers import CenterAdmin
from centers.admin.nearest import NearestCenterAdmin
from centers.admin.rules import RuleAdmin

__all__ = ["CenterAdmin", "CenterAliasAdmin", "NearestCenterAdmin", "RuleAdmin"]
