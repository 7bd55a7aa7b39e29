"""The page of the rules."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit.clock import database_today
from centers.rule_words import told


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Each rule that we go by, since when it holds, and who says so."""
    return render(request, "centers/rules.html", {"themes": list(told(database_today()))})
