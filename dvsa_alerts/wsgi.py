"""The WSGI entry point that gunicorn serves."""

import codecs
import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dvsa_alerts.settings")

# As Python calls them. Django would decode a query with whatever a header names, zip too.
CHARSETS = {"utf-8", "ascii", "iso8859-1", "cp1252"}

site = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The site; 400 for a Content-Type at which Django fails before any middleware is asked."""
    if is_readable(environ.get("CONTENT_TYPE", "")):
        return site(environ, start_response)
    start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"The header Content-Type can't be read.\n"]


def is_readable(content_type: str) -> bool:
    """Whether its parameters can be told apart, and its character set reads any bytes as text."""
    if ";" not in content_type:
        return True
    try:
        _, parameters = parse_header_parameters(content_type)
        return codecs.lookup(parameters.get("charset", "utf-8")).name in CHARSETS
    except LookupError:  # Django takes UTF-8 then
        return True
    except ValueError:
        return False
