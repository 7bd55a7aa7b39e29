"""What else sources call a centre, in admin."""

from django import forms
from django.contrib import admin

from audit.recorded_admin import RecordedAdmin
from centers.aliases import AliasTakenError, check_alias
from centers.models import CenterAlias


class CenterAliasForm(forms.ModelForm):
    """An alias is unique as it is compared, not as it is typed."""

    class Meta:
        model = CenterAlias
        fields = ("alias", "center")

    def clean_alias(self) -> str:
        """Refuse what another centre is called already."""
        alias: str = self.cleaned_data["alias"]
        try:
            self.instance.folded = check_alias(alias, besides=self.instance.pk)
        except AliasTakenError as error:
            raise forms.ValidationError(str(error)) from error
        return alias


@admin.register(CenterAlias)
class CenterAliasAdmin(RecordedAdmin):
    """Other names; a rejected row's name arrives here filled in."""

    form = CenterAliasForm
    list_display = ("alias", "center")
    list_select_related = ("center",)
    search_fields = ("alias", "center__name", "center__code")
    autocomplete_fields = ("center",)
