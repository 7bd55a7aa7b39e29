"""The audit log and the settings in admin."""

from audit.admin.log import AuditLogAdmin
from audit.admin.settings import SystemConfigAdmin

__all__ = ["AuditLogAdmin", "SystemConfigAdmin"]
