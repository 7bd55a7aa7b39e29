"""The forms of the learner's pages."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.addresses import check_address
from accounts.date_inputs import WRONG_DATE, DateInput, TimeInput
from alerts.channels.webhook import LONGEST_URL
from alerts.models import UserAlert
from alerts.models.companions import check_name
from audit.clock import database_today

_TIME = "Enter a time such as 22:00"


class AnswerForm(forms.Form):
    """What became of the slot of an alert; `answer` is None once it is taken back."""

    UNDO = "undo"

    alert = forms.IntegerField()
    answer = forms.TypedChoiceField(
        choices=[*UserAlert.Answer.choices, (UNDO, "Undo")],
        coerce=lambda said: None if said == AnswerForm.UNDO else UserAlert.Answer(said),
    )


class PauseForm(forms.Form):
    """Until when a search rests."""

    until = forms.DateField(
        label="Pause until", widget=DateInput,
        error_messages={
            "invalid": WRONG_DATE, "required": "Enter the day on which alerts start again",
        },
    )  # fmt: skip

    def clean_until(self) -> date:
        """A day that is still to come."""
        day: date = self.cleaned_data["until"]
        if day <= database_today():
            raise ValidationError("Choose a day after today")
        return day


class QuietHoursForm(forms.Form):
    """The hours in which no message goes out; both empty for none."""

    labels_say_optional = False

    quiet_from = forms.TimeField(
        label="From", required=False, widget=TimeInput, error_messages={"invalid": _TIME}
    )
    quiet_until = forms.TimeField(
        label="Until", required=False, widget=TimeInput, error_messages={"invalid": _TIME}
    )

    def clean(self) -> dict[str, Any]:
        """Both or neither, and not the same."""
        values = self.cleaned_data
        start, end = values.get("quiet_from"), values.get("quiet_until")
        if not self.errors and (start is None) != (end is None):
            missing = "quiet_from" if start is None else "quiet_until"
            self.add_error(missing, "Enter both times, or leave both empty")
        if start is not None and start == end:
            self.add_error("quiet_until", "Until must be another time than From")
        return values


class CompanionForm(forms.Form):
    """Someone who is to get the same alerts, and the learner as they know them."""

    email = forms.CharField(
        label="Their email address", validators=[check_address],
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter their email address"},
    )  # fmt: skip
    learner_name = forms.CharField(
        label="What they call you", max_length=40, validators=[check_name],
        error_messages={"required": "Enter your name, as they know you"},
        help_text="We use it in their emails, so that they know who it’s about",
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )  # fmt: skip


class WebhookForm(forms.Form):
    """An address that is to get the alerts; what makes it one is checked when it is added."""

    url = forms.CharField(
        label="Address", max_length=LONGEST_URL, strip=True,
        help_text="It begins with https:// and can be reached from the internet",
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter the address that your alerts are to go to"},
    )  # fmt: skip


class SignOutForm(forms.Form):
    """What becomes of the notifications in a browser where somebody signs out."""

    OFF, KEEP = "off", "keep"

    notifications = forms.ChoiceField(
        label="Keep alerts on this device?", initial=OFF, widget=forms.RadioSelect,
        choices=[
            (OFF, "No, turn them off here: other people use this device"),
            (KEEP, "Yes, keep them on: only I use this device"),
        ],
    )  # fmt: skip
