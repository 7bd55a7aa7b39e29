"""The text of mails, from templates/alerts/mail/, which are Jinja's and not Django's."""

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string


def render(name: str, context: Mapping[str, Any]) -> str:
    """The template of that name with these values, which all but plain text escapes."""
    return render_to_string(f"alerts/mail/{name}", dict(context), using="mail")
