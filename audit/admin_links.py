"""Links from one page of admin to another's list."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString


def list_url(label: str, **query: str | int) -> str:
    """The address of a model's list (`app.model`), narrowed by a search or filters."""
    page = reverse(f"admin:{label.replace('.', '_')}_changelist")
    return f"{page}?{urlencode(query)}" if query else page


def list_link(label: str, text: object, **query: str | int) -> SafeString:
    """A link to a model's list."""
    return format_html('<a href="{}">{}</a>', list_url(label, **query), text)
