"""The development mail sink: a real socket, real files, real pages."""

import smtplib
import socket
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings

from dvsa_alerts.dev.mail import mail_pages, mailbox


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="module")
def port(folder):
    command = [sys.executable, "manage.py", "dev_mail", "--port", "0", "--dir", str(folder)]
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        yield int(process.stdout.readline().rsplit(":", 1)[1])
        process.terminate()


@pytest.fixture
def mail_page(client, settings, folder, db):
    settings.DEV_MAIL_DIR = str(folder)
    return client


def send(port: int, subject: str, text: str = "Hello", html: str = "") -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = (
        subject,
        "us@example.org",
        "ada@example.org",
    )
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.send_message(message)


def kept(folder: Path, subject: str) -> mailbox.KeptMail:
    return next(mail for mail in mailbox.newest(folder) if mail.subject == subject)


def test_a_message_is_kept_with_its_recipient(port, folder):
    send(port, "First")
    assert kept(folder, "First").recipient == "ada@example.org"


def test_lines_that_begin_with_a_dot_arrive_as_they_were(port, folder):
    send(port, "Dots", text="one\n.\n..two\n.three\n")
    assert kept(folder, "Dots").text == "one\n.\n..two\n.three\n"


def test_text_beyond_ascii_arrives_as_it_was(port, folder):
    send(port, "Größe", text="Tschüß – 12 £\n")
    assert kept(folder, "Größe").text == "Tschüß – 12 £\n"


def test_commands_sent_in_one_go_are_answered_one_by_one(port, folder):
    script = (
        b"EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n"
        b"Subject: Piped\r\n\r\nbody\r\n.\r\nNOOP\r\nRSET\r\nQUIT\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(script)
        answers = connection.makefile("rb").read().splitlines()
    codes = [answer[:3] for answer in answers]
    assert codes == [b"220", *[b"250"] * 4, b"250", b"250", b"354", b"250", b"250", b"250", b"221"]
    assert kept(folder, "Piped").recipient == "d@e.f"


def test_a_message_without_a_recipient_is_refused(port):
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.ehlo()
        client.mail("a@b.c")
        assert client.docmd("DATA")[0] == 503


def test_a_connection_lost_in_the_middle_keeps_nothing(port, folder):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\nSubject: Half\r\n")
        connection.recv(1024)
    send(port, "After half")
    assert "Half" not in [mail.subject for mail in mailbox.newest(folder)]


@pytest.mark.urls("dvsa_alerts.dev.mail.mail_pages")
def test_the_list_shows_the_newest_message_first(mail_page, port):
    send(port, "Older")
    send(port, "Newer")
    page = mail_page.get("/").content.decode()
    assert page.index("Newer") < page.index("Older")


@pytest.mark.urls("dvsa_alerts.dev.mail.mail_pages")
def test_a_script_in_a_message_can_not_run(mail_page, port, folder):
    send(port, "Script", html="<p>Hi</p><script>alert(1)</script>")
    name = kept(folder, "Script").name
    page = mail_page.get(f"/{name}/")
    assert b"<script>alert" not in page.content
    policy = mail_page.get(f"/{name}/html/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script" not in policy.replace("allow-scripts", "script")


@pytest.mark.urls("dvsa_alerts.dev.mail.mail_pages")
def test_a_message_that_is_not_there_is_not_found(mail_page):
    assert mail_page.get("/1234567890-abcdef01/").status_code == 404


@pytest.mark.parametrize(
    ("debug", "folder", "routed"), [(True, "mail", True), (False, "mail", False), (True, "", False)]
)
def test_the_pages_are_routed_in_development_alone(settings, debug, folder, routed):
    settings.DEBUG, settings.DEV_MAIL_DIR = debug, folder
    assert bool(mail_pages.urls_if_wanted()) is routed
