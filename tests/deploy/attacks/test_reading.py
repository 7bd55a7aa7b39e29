"""Attacks 4, 6, 7 and some of 10: what is hidden, who has an account, what was on a screen."""

import re

from accounts.models import OutboxMail
from slots.models import Source
from tests.deploy.attacks.conftest import Comer
from tests.deploy.visitor import Answer, Visitor

TAKEN, FREE = "ada@example.org", "free@example.org"
PEOPLE = "/admin/accounts/user/"
SIGNED_IN_PAGES = (
    "/account/", "/searches/", "/alerts/", "/push/", "/accounts/sessions/",
    "/accounts/2fa/", "/accounts/2fa/recovery-codes/", "/accounts/2fa/recovery-codes/download/",
    "/accounts/email/", "/admin/", PEOPLE,
)  # fmt: skip


HIDDEN = ("password__startswith", "password__regex", "authenticator__data__contains")


def test_an_auditor_reads_no_password_a_character_at_a_time(staff):
    auditor = staff("auditor")
    for lookup in HIDDEN:
        address = f"{PEOPLE}?email__exact=auditor@example.org&{lookup}=argon2"
        assert auditor.get(address).status == 400, lookup
    assert auditor.get(f"{PEOPLE}?q=auditor").status == 200


def shown(answer: Answer, email: str) -> tuple[object, ...]:
    """All of an answer but what is random, and the address itself."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.text)
    kept = ("x-request-id", "content-length", "date", "expires", "set-cookie")
    headers = {n: v for n, v in answer.headers.items() if n.lower() not in kept}
    cookies = [line.partition("=")[0] for line in answer.headers.get_all("Set-Cookie") or []]
    return answer.status, headers, sorted(cookies), text.replace(email, "ADDRESS")


def steps_of_signing_up(visitor: Visitor, email: str) -> list[tuple[object, ...]]:
    """From the form to the last try at the code."""
    page = "/accounts/confirm-email/"
    answers = [
        visitor.post("/accounts/signup/", email=email),
        visitor.get(page),
        *(visitor.post(page, code="WRONG1") for _ in range(5)),
        visitor.get(page),
    ]
    return [shown(answer, email) for answer in answers]


def test_signing_up_tells_nobody_who_has_an_account(ada, comer: Comer):
    taken = steps_of_signing_up(comer("127.2.2.2"), TAKEN)
    free = steps_of_signing_up(comer("127.3.3.3"), FREE)
    assert taken == free
    assert set(OutboxMail.objects.values_list("to", flat=True)) == {TAKEN, FREE}


def test_neither_does_a_sign_up_that_was_let_go_of(ada, comer: Comer):
    answers = []
    for address, email in (("127.2.2.3", TAKEN), ("127.3.3.4", FREE)):
        visitor = comer(address)
        visitor.post("/accounts/signup/", email=email)
        visitor.post("/accounts/logout/")
        answers.append(shown(visitor.get("/accounts/confirm-email/"), email))
    assert answers[0] == answers[1]


def test_neither_does_a_forgotten_password(ada, comer: Comer):
    taken, free = (
        shown(comer(f"127.4.4.{n}").post("/accounts/password/reset/", email=email), email)
        for n, email in enumerate((TAKEN, FREE), 1)
    )
    assert taken == free


def test_nothing_stays_in_the_browser_once_somebody_signs_out(staff):
    boss = staff("admin")
    kept = {page: boss.get(page).headers["Cache-Control"] for page in SIGNED_IN_PAGES}
    assert kept == dict.fromkeys(SIGNED_IN_PAGES, "no-store")
    out = boss.post("/accounts/logout/")
    assert (out.headers["Clear-Site-Data"], out.headers["Cache-Control"]) == ('"cache"', "no-store")
    assert boss.get("/account/").status == 302


def test_a_center_manager_reads_no_feeds_key(staff):
    source = Source.objects.create(name="feed", url="https://feeds.example.org/slots?key=s3cret")
    manager = staff("center_manager")
    pages = [manager.get(f"/admin/slots/source/{path}") for path in ("", f"{source.pk}/change/")]
    assert [page.status for page in pages] == [200, 200]
    assert [page.text for page in pages if "s3cret" in page.text] == []
    assert "feeds.example.org" in pages[1].text
