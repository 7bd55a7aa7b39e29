"""What a mail is on the line, and that its reader finds what was written."""

import email
import random
import string
import textwrap
from email.message import EmailMessage
from email.policy import default

import pytest
from django.core.mail import BadHeaderError

from accounts.mail.mime import address, alternatives, header

ALPHABET = string.printable + "äöü–’✓€😀=?."


def read(headers: dict[str, str], *, text: str = "text", html: str = "<p>html</p>") -> EmailMessage:
    """As any mail program reads it."""
    message = email.message_from_bytes(alternatives(headers, text=text, html=html), policy=default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def part(message: EmailMessage, kind: str) -> str:
    (found,) = [each for each in message.iter_parts() if each.get_content_subtype() == kind]
    return found.get_content()


def lines(text: str) -> str:
    """Line breaks are one kind on the line, whatever they were."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("seed", range(20))
def test_any_text_arrives_as_it_was_written(seed):
    rng = random.Random(seed)
    text, html = ("".join(rng.choices(ALPHABET, k=rng.randrange(3000))) for _ in range(2))
    message = read({}, text=text, html=html)
    assert lines(part(message, "plain")) == lines(text)
    assert lines(part(message, "html")) == lines(html)


def test_all_of_it_is_seven_bits_in_short_lines():
    content = alternatives({"Subject": "ü" * 200}, text="ü" * 5000, html="x" * 5000)
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 78


def test_no_part_can_end_the_message_early():
    text = "before\r\n--=_alternative--\r\nafter"
    assert "after" in part(read({}, text=text), "plain")


@pytest.mark.parametrize(
    "subject", ["plain", "a long one " * 30, "Llandrindod – Ŵŷ " * 12, "=?utf-8?q?no_word?="]
)
def test_a_subject_reads_as_it_was_written(subject):
    assert read({"Subject": subject.strip()})["Subject"] == subject.strip()


def test_a_link_is_never_folded():
    link = f"<https://example.org/unsubscribe/{'x' * 200}/>"
    assert f"List-Unsubscribe: {link}" == header("List-Unsubscribe", link)


@pytest.mark.parametrize("seed", range(20))
def test_a_long_header_is_folded_as_textwrap_would(seed):
    rng = random.Random(seed)
    for _ in range(200):
        words = ["x" * rng.choice([1, 5, 9, 66, 67, 68, 69, 75, 76, 77, 78, 90]) for _ in range(9)]
        value = "".join(word + " " * rng.choice([1, 1, 1, 2, 3]) for word in words)
        expected = textwrap.wrap(
            value, 78, initial_indent="Subject: ", subsequent_indent=" ",
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
        assert header("Subject", value).split("\r\n") == expected


@pytest.mark.parametrize("value", ["a\nBcc: eve@example.org", "a\rb", "a\r\n b", "x" * 999])
def test_no_header_holds_a_line_break_or_too_long_a_line(value):
    with pytest.raises(BadHeaderError):
        header("Subject", value)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("ada@example.org", "ada@example.org"),
        ("Slot Alerts <alerts@example.org>", "Slot Alerts <alerts@example.org>"),
        ("ada@exämple.org", "ada@xn--exmple-cua.org"),
    ],
)
def test_an_address_is_written_in_ascii(text, written):
    assert address(text) == written


def test_an_address_with_a_line_break_is_refused():
    with pytest.raises(ValueError, match="Invalid address"):
        address("ada@example.org\r\nBcc: eve@example.org")
