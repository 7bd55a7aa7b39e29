"""Admin's lists of tables that grow large: counted by estimate, found by what an index answers."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.estimated_paging import EstimatingPaginator

LONGEST_NUMBER = len(str(2**63))
Found = tuple[QuerySet[Any], bool]


class LargeList(ChangeList):
    """Offers the way back to all rows only to those who have left it."""

    def get_results(self, request: HttpRequest) -> None:
        """Without a search or a filter, what is found is all that there is."""
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count


class LargeListAdmin(admin.ModelAdmin):
    """A list that neither counts, sorts nor searches by reading the whole table.

    A subclass says in `sortable_by` which columns have an index.
    """

    paginator = EstimatingPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list's own class."""
        return LargeList

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], *, most: int, what: str
    ) -> list[Any]:
        """What an action was asked for; nothing, and that is said, where it is more than `most`.

        "Select all" means the whole table, which nobody can have looked at.
        """
        found = list(queryset[: most + 1])
        if len(found) <= most:
            return found
        sentence = f"Nothing was changed: these are more than {most:,} {what}. Choose fewer."
        self.message_user(request, sentence, messages.ERROR)
        return []


class FoundByUserAdmin(LargeListAdmin):
    """Rows of users: found by the user's whole email address, or by the row's number."""

    search_fields = ("pk",)
    search_help_text = "A whole email address, or a number from this list"
    user_field = "user"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> Found:
        """Nothing is found by a part of an address: only all of it has an index."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if term.isdecimal():
            return queryset.filter(pk=number(term)), False
        return queryset.filter(**{self.user_field: user_id_of(term)}), False


def number(term: str) -> int:
    """The number that is typed; one longer than any key has is the number of nothing."""
    return int(term) if len(term) <= LONGEST_NUMBER else 0


def user_id_of(email: str) -> int | None:
    """The number of the user with an email address, in whatever case; None for nobody."""
    found = get_user_model().objects.filter(email__iexact=email)
    return found.values_list("pk", flat=True).first()
