"""The `centers` app's registration with Django."""

from django.apps import AppConfig


class CentersConfig(AppConfig):
    """What Django needs to know of the app."""

    name = "centers"
    verbose_name = "Test centres"
    default_auto_field = "django.db.models.AutoField"
    # Read by accounts.roles, as every app's.
    center_managers_may = tuple(
        f"{action}_{model}"
        for model in ("center", "centeralias", "nearestcenter")
        for action in ("view", "add", "change", "delete")
    )
