"""The page of settings: every declared key, what it is for, what it takes and what counts now."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator

from audit import config
from audit.config_changes import change_setting
from audit.models import SystemConfig
from audit.recorded_admin import ReadOnlyAdmin


class SettingForm(forms.Form):
    """One setting's value; the key's own declaration says whether it fits."""

    value = forms.CharField(required=False, strip=True)

    def __init__(self, data: Any, *, setting: config.Setting, key: config.AnyKey) -> None:
        """Show what counts now, in a field of the key's kind."""
        super().__init__(data, initial={"value": setting.text})
        self.key = key
        if isinstance(key.default, bool):
            choices = [("true", "On"), ("false", "Off")]
            self.fields["value"].widget = forms.RadioSelect(choices=choices)
        elif isinstance(key.default, int):
            self.fields["value"].widget.attrs |= {"inputmode": "numeric", "class": "vIntegerField"}

    def clean_value(self) -> str:
        """Say what the key takes when the value doesn't fit."""
        text = str(self.cleaned_data["value"])
        try:
            self.key.parse(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return text


@admin.register(SystemConfig)
class SystemConfigAdmin(ReadOnlyAdmin):
    """The settings that staff may change while the site runs."""

    def get_urls(self) -> list[URLPattern]:
        """A page for each key, whether or not anything is stored for it."""
        page = self.admin_site.admin_view(self.setting_view)
        own = path("<str:name>/set/", page, name="audit_systemconfig_set")
        return [own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """All settings, those that don't count first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        settings = sorted(config.read_settings(), key=lambda each: each.fault is None)
        context = {
            **self.admin_site.each_context(request),
            "title": "Settings",
            "settings": [each for each in settings if each.key],
            "unknown": [each for each in settings if not each.key],
            "may_change": self._may_set(request),
            "seconds": config.CACHE_SECONDS,
        }
        return TemplateResponse(request, "admin/audit/systemconfig/settings.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Where links to a stored row lead."""
        if request.method == "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        known = row.key in config.registry
        return redirect(*(["admin:audit_systemconfig_set", row.key] if known else [LIST]))

    @method_decorator(reauthentication_required)
    def setting_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Change one setting, or go back to its default."""
        if not self._may_set(request):
            raise PermissionDenied
        key = config.registry.get(name)
        if key is None:
            raise Http404
        setting = next(each for each in config.read_settings() if each.name == name)
        form = SettingForm(request.POST or None, setting=setting, key=key)
        if request.method == "POST" and "default" in request.POST:
            return self._changed(request, key, None)
        if form.is_valid():
            return self._changed(request, key, form.cleaned_data["value"])
        context = {
            **self.admin_site.each_context(request),
            "title": key.name,
            "setting": setting,
            "form": form,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/audit/systemconfig/setting.html", context)

    def _changed(self, request: HttpRequest, key: config.AnyKey, text: str | None) -> HttpResponse:
        changed = change_setting(key=key, text=text, actor=request.user)
        shown = key.default_text if text is None else text
        words = f"{key.name} is {shown} now." if changed else f"{key.name} was {shown} already."
        self.message_user(request, words)
        return redirect(LIST)

    def _may_set(self, request: HttpRequest) -> bool:
        return request.user.has_perm("audit.change_systemconfig")


LIST = "admin:audit_systemconfig_changelist"
