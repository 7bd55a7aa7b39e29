"""A mail's words once more as HTML."""

from django.template.loader import render_to_string


def as_html(text: str, *, subject: str, code: str | None = None) -> str:
    """The paragraphs of a mail's text, its links to be followed, and a code in large letters."""
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    page = {"paragraphs": paragraphs, "subject": subject, "code": code}
    return render_to_string("account/email/message.html", page)
