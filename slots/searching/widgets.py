"""Checkboxes as links to results have them."""

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict


class Checkboxes(forms.CheckboxSelectMultiple):
    """Checkboxes of which a link may also name none by an empty value (`weekday=`)."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name, [])
        return [value for value in values if value]
