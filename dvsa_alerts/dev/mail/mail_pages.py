"""`/dev/mail/`: what the site has sent, to be read in development. Not routed anywhere else."""

from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, register_converter
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from dvsa_alerts.dev.mail import mailbox

# New tabs only: a message in a frame runs nothing and can't take the page's place.
SANDBOX = ["allow-popups", "allow-popups-to-escape-sandbox"]


class MailName:
    """A kept message's name in an address."""

    regex = r"\d{10,25}-[0-9a-f]{8}"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """The latest messages, newest first."""
    return render(request, "pages/dev_mail.html", {"mails": mailbox.newest(_folder())})


@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # it knows of no view with arguments
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    """One message: headers, text, and its HTML in a frame."""
    return render(request, "pages/dev_mail_one.html", {"mail": _mail(name)})


@require_safe
@xframe_options_sameorigin
@csp(  # type: ignore[arg-type]
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [SELF],
        "sandbox": SANDBOX,
    }
)
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """A message's HTML part alone; its links open in a new tab."""
    return HttpResponse(f'<base target="_blank">{_mail(name).html}')


def urls_if_wanted() -> list[URLPattern]:
    """The routes, in development with a mail folder; none anywhere else."""
    return list(urlpatterns) if settings.DEBUG and settings.DEV_MAIL_DIR else []


def _folder() -> Path:
    return Path(settings.DEV_MAIL_DIR)


def _mail(name: str) -> mailbox.KeptMail:
    try:
        return mailbox.read(_folder(), name)
    except FileNotFoundError as error:
        raise Http404 from error


register_converter(MailName, "mail_name")
urlpatterns = [
    path("", mail_list, name="dev_mail"),
    path("<mail_name:name>/", mail_detail, name="dev_mail_one"),
    path("<mail_name:name>/html/", mail_html, name="dev_mail_html"),
]
