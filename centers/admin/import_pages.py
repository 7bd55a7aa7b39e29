"""Importing a list of centres in admin: what it would change, its faulty rows fixed, and done."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from audit.admin_pages import form_page, page
from centers.files import BadFile
from centers.importing.changes import Plan, apply_plan
from centers.importing.files import read_rows
from centers.importing.review import MENDED_FIELDS, Review

CHECK = "Show what would change"
# So many are fixed in the page; with more, fix the file.
MENDED_AT_MOST = 50
ROWS_SHOWN = 200


class ImportForm(forms.Form):
    """Which list, and whether it counts for more than what staff have edited."""

    file = forms.FileField(
        label="List of centres",
        help_text="DVSA’s own CSV, or one with the columns "
        "code,name,postcode[,latitude,longitude,address,town]",
    )
    overwrite = forms.BooleanField(
        label="Replace what staff have edited too", required=False,
        help_text="Otherwise a field that someone changed here stays as it is",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Read the rows, or say at the file why not."""
        values = self.cleaned_data
        if "file" in values:
            try:
                rows = tuple(read_rows(values["file"].file))
                values["review"] = Review(rows, overwrite=values["overwrite"])
            except BadFile as error:
                self.add_error("file", str(error))
        return values


class CenterImportPages(admin.ModelAdmin):
    """Choose a file, look at the plan, fix it, apply: the same plan as `import_centers` makes."""

    def get_urls(self) -> list[URLPattern]:
        """One address for all of it."""
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name="centers_center_import"), *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """The page that the request asks for."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        if "review" in request.POST:
            return self._go_on(request)
        form = ImportForm(request.POST or None, request.FILES or None)
        if form.is_valid():
            return self._show(request, form.cleaned_data["review"])
        return form_page(self, request, form, title="Import test centres", button=CHECK)

    def _go_on(self, request: HttpRequest) -> HttpResponse:
        """Import what was shown; whatever was not is shown first."""
        try:
            review = Review.opened(request.POST["review"])
        except BadFile as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect("admin:centers_center_import")
        corrected = review.corrected(request.POST.dict())
        if "import" in request.POST and corrected == review:
            return self._import(request, review)
        return self._show(request, corrected)

    def _import(self, request: HttpRequest, review: Review) -> HttpResponse:
        with transaction.atomic():
            plan = review.plan()
            if review.fits(plan):
                apply_plan(plan, actor=request.user)
                self.message_user(request, _said(plan), messages.SUCCESS)
                return redirect("admin:centers_center_changelist")
        self.message_user(
            request, "Centres have changed meanwhile: please look once more.", messages.WARNING
        )
        return self._show(request, review)

    def _show(self, request: HttpRequest, review: Review) -> HttpResponse:
        plan = review.plan()
        return page(
            self,
            request,
            "admin/centers/center/import_preview.html",
            title="What this list would change",
            plan=plan,
            counts=plan.counts(),
            review=review.shown(plan).sealed(),
            faulty=_faulty(review, plan),
            most=MENDED_AT_MOST,
            rows_shown=f":{ROWS_SHOWN}",
        )


def _faulty(review: Review, plan: Plan) -> list[dict[str, Any]]:
    """The first rejected rows: line, reason, and each cell's name, label and text."""
    rows = {row.line: row for row in review.rows}
    return [
        {
            "line": note.line,
            "reason": note.reason,
            "cells": [
                (f"{note.line}-{name}", name, getattr(rows[note.line], name))
                for name in MENDED_FIELDS
            ],
        }
        for note in plan.rejected[:MENDED_AT_MOST]
    ]


def _said(plan: Plan) -> str:
    counts = plan.counts()
    left = f" Left out: {counts['rejected']} faulty." if plan.rejected else ""
    return f"Imported: {counts['created']} new, {counts['changed']} changed.{left}"
