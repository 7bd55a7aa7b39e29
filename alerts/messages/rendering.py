"""The text of mails, from templates/alerts/mail/, which are Jinja's and not Django's."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.template.loader import get_template

# A new process sees a template's change; looking one up each time takes a tenth of rendering it.
_kept_template = cache(get_template)


def render(name: str, context: Mapping[str, Any]) -> str:
    """The template of that name with these values, which all but plain text escapes."""
    return _kept_template(f"alerts/mail/{name}", using="mail").render(dict(context))
