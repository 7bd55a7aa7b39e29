"""The site's routes as its URL resolver has them, whatever any table says."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import ModelAdmin
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

from dvsa_alerts.dev.mail import mail_pages


def _walk(
    patterns: list[URLPattern | URLResolver], prefix: str, namespace: str
) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        whole = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, whole, inner)
        else:
            yield f"{namespace}{pattern.name}" if pattern.name else whole, pattern.callback


_ARGUMENT = re.compile(r"<[^>]*>|\(\?P<\w+>[^()]*\)")


def addresses(argument: str) -> Iterator[str]:
    """Each route that takes arguments, with this in the place of every one of them."""
    for pattern in _patterns(get_resolver().url_patterns, ""):
        plain = re.sub(r"[\^$\\]", "", pattern)
        if _ARGUMENT.search(plain):
            yield "/" + _ARGUMENT.sub(lambda _: argument, plain)


def _patterns(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        whole = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, whole)
        else:
            yield whole


# Routed in development alone, where there is nobody to keep out.
IN_DEVELOPMENT = {name for name, _ in _walk(mail_pages.urlpatterns, "", "")}


def names() -> list[str]:
    """Each route of a live site by its name, with its namespace; a nameless one by its pattern."""
    found = {name for name, _ in _walk(get_resolver().url_patterns, "", "")}
    return sorted(found - IN_DEVELOPMENT)


def registered() -> dict[str, tuple[type[Model], ModelAdmin]]:
    """What admin looks after, by the model's label."""
    return {
        model._meta.label_lower: (model, pages) for model, pages in admin.site._registry.items()
    }


def actions(pages: ModelAdmin) -> set[str]:
    """The actions of a model's list; deleting is one only where somebody may delete."""
    names = {name for _, name, _ in pages._get_base_actions()}
    deletes = type(pages).has_delete_permission is ModelAdmin.has_delete_permission
    return names if deletes else names - {"delete_selected"}
