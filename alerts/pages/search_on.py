"""Where saving a new search ends: it is on, and what the learner may do next."""

from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.code_pages import SignUpCodeView as CodeView
from accounts.learners import read_learner
from accounts.models import SavedSearch, User
from alerts import wording
from alerts.channels.vapid import public_key
from alerts.models import PushSubscription
from alerts.pages.composing import with_defaults
from alerts.pages.searches import LearnerRequest, own_search
from alerts.searches import saving
from alerts.searches.form import SavedSearchForm
from alerts.searches.resting import why_resting
from audit.clock import database_today


@require_safe
@login_required
def search_on(request: LearnerRequest, pk: int) -> HttpResponse:
    """A search that was saved just now, and turning on notifications as the next step."""
    search = own_search(request, pk)
    prefetch_related_objects([search], "centers")
    learner = read_learner(request.user, today=database_today())
    context = {
        "search": search,
        "promise": wording.promise_of(search, learner),
        "resting": why_resting(search, learner, search.centers.all()),
        "devices": PushSubscription.objects.live_of(request.user),
        "push_key": public_key(),
    }
    return render(request, "alerts/search_on.html", context)


class SignUpCodeView(CodeView):
    """The code of a new account, which also saves the search that someone signed up for."""

    def way_on(self, user: User, url: str) -> str:
        """To the saved search; on to the review of one that has to be looked at again."""
        asked = urlsplit(url)
        if asked.path != reverse("search_new"):
            return super().way_on(user, url)
        search = _save_asked(user, QueryDict(asked.query))
        return reverse("search_on", args=[search.pk]) if search else url


def _save_asked(user: User, query: QueryDict) -> SavedSearch | None:
    """Save what a link to the review says; None where that has first to be looked at again."""
    learner = read_learner(user, today=database_today())
    form = SavedSearchForm(with_defaults(query), learner=learner)
    if not form.is_valid():
        return None
    try:
        return saving.save_search(user=user, wish=form.wish, centers=form.chosen_centers)
    except saving.TooManySearches:
        return None
