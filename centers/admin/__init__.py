"""Test centres, their other names, and lists of them, in admin."""

from centers.admin.aliases import CenterAliasAdmin
from centers.admin.centers import CenterAdmin

__all__ = ["CenterAdmin", "CenterAliasAdmin"]
