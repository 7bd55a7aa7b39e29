"""Pages of the admin site beside Django's own, in its looks."""

from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.template.response import TemplateResponse


def page(
    model_admin: ModelAdmin, request: HttpRequest, template: str, *, title: str, **context: Any
) -> TemplateResponse:
    """A page that belongs to a model; what it shows is in `context`."""
    shown = {**model_admin.admin_site.each_context(request), "opts": model_admin.opts}
    return TemplateResponse(request, template, {**shown, "title": title, **context})


def form_page(
    model_admin: ModelAdmin,
    request: HttpRequest,
    form: forms.BaseForm,
    *,
    title: str,
    button: str,
    template: str = "admin/form_page.html",
    **context: Any,
) -> TemplateResponse:
    """A page with a form in Django's own fieldset, and one button."""
    fields = [(None, {"fields": list(form.fields)})]
    adminform = AdminForm(form, fields, {})  # type: ignore[arg-type]  # any form has what it asks
    shown = {"adminform": adminform, "media": model_admin.media + form.media, "button": button}
    return page(model_admin, request, template, title=title, **shown, **context)


def offered(form: type[forms.Form], query: QueryDict) -> dict[str, str]:
    """What a link says of a form's fields, without what they would not take."""
    said = {name: value for name, value in query.items() if isinstance(value, str)}
    return {
        name: said[name]
        for name, field in form.base_fields.items()
        if name in said and _takes(field, said[name])
    }


def _takes(field: forms.Field, value: str) -> bool:
    try:
        field.clean(value)
    except ValidationError:
        return False
    return True
