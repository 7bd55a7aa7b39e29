"""The `slots` app's registration with Django."""

from django.apps import AppConfig


class SlotsConfig(AppConfig):
    """What Django needs to know of the app."""

    name = "slots"
    default_auto_field = "django.db.models.AutoField"
    # To decide on a held batch is to change it.
    center_managers_may = (
        "view_slot", "add_slot", "change_slot", "delete_slot",
        "view_source", "view_feedbatch", "change_feedbatch", "view_slotopening",
    )  # fmt: skip
