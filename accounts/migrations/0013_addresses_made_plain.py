"""Addresses that were let in before and can't stay: given their ASCII form, or put out of use.

An address with other letters in its domain alone has an ASCII form, which reaches the same
mailbox. Any other could not be written to, so its account was never confirmed.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from email_validator import EmailNotValidError, validate_email

from accounts.addresses import PLAIN_ADDRESS, is_plain


def make_plain(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    User = apps.get_model("accounts", "User")
    EmailAddress = apps.get_model("account", "EmailAddress")
    for user in User.objects.exclude(email__regex=PLAIN_ADDRESS):
        plain, reachable = plain_form(user.email), {}
        if plain is None or User.objects.filter(email__iexact=plain).exists():
            plain, reachable = out_of_use(user.pk), {"verified": False}
        # A trigger writes to the user as soon as an address changes, so the user goes first.
        User.objects.filter(pk=user.pk).update(email=plain)
        address = EmailAddress.objects.filter(user_id=user.pk, email=user.email)
        address.update(email=plain, **reachable)
    # What is left are addresses of nobody's account: asked for and never confirmed.
    EmailAddress.objects.exclude(email__regex=PLAIN_ADDRESS).delete()


def plain_form(address: str) -> str | None:
    try:
        plain = validate_email(address, check_deliverability=False).ascii_email
    except EmailNotValidError:
        return None
    return plain.lower() if plain and is_plain(plain) else None


def out_of_use(pk: int) -> str:
    """Of the domain that RFC 2606 keeps from ever being anyone's."""
    return f"out-of-use-{pk}@address.invalid"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_addresses_are_plain")]

    operations = [migrations.RunPython(make_plain, migrations.RunPython.noop)]
