"""Whose fault each answer of a mail server is."""

import pytest

from accounts.mail.refusals import Fault, Phase, read_enhanced, whose_fault

ANSWERS = {
    Fault.ADDRESS: [
        (Phase.RCPT, "550 5.1.0 Address rejected"),
        (Phase.RCPT, "550 #5.1.0 Address rejected"),
        (Phase.RCPT, "550 5.1.1 User unknown"),
        (Phase.RCPT, "511 5.1.1 Bad destination mailbox"),
        (Phase.RCPT, "550 5.1.2 Bad destination system"),
        (Phase.RCPT, "553 5.1.3 Bad address syntax"),
        (Phase.RCPT, "551 5.1.6 Mailbox has moved"),
        (Phase.RCPT, "556 5.1.10 Null MX"),
        (Phase.RCPT, "550 5.2.1 Mailbox disabled"),
        (Phase.RCPT, "554 (5.1.1) Recipient not found"),
        (Phase.DATA, "550 5.1.1 User unknown"),
    ],
    Fault.MAILBOX: [
        (Phase.RCPT, "450 4.2.0 Greylisted"),
        (Phase.RCPT, "451 later"),
        (Phase.RCPT, "451 4.7.1 Greylisting in action"),
        (Phase.RCPT, "452 4.2.2 Mailbox full"),
        (Phase.RCPT, "450 5.1.1 Not known here yet"),
        (Phase.RCPT, "552 5.2.2 Mailbox full"),
        (Phase.RCPT, "550 5.2.2 Mailbox full"),
        (Phase.RCPT, "552 Mailbox full"),
        (Phase.RCPT, "550 4.2.2 Mailbox full"),
        (Phase.DATA, "452 Out of space"),
        (Phase.DATA, "552 Mailbox full"),
    ],
    Fault.US: [
        (Phase.MAIL, "550 Not from you"),
        (Phase.MAIL, "451 4.3.0 Later"),
        (Phase.MAIL, "550 5.1.1 Nobody was named yet"),
        (Phase.MAIL, "530 5.7.0 Authentication required"),
        (Phase.RCPT, "554 5.7.1 Blocked by a blocklist"),
        (Phase.RCPT, "550 5.7.26 Not authenticated"),
        (Phase.RCPT, "550 5.3.0 Other mail system problem"),
        (Phase.RCPT, "550 5.4.4 Unable to route"),
        (Phase.RCPT, "550 5.4.1 Access denied"),
        (Phase.RCPT, "554 5.5.0 Other protocol status"),
        (Phase.RCPT, "550 5.1.8 Bad sender's domain"),
        (Phase.RCPT, "500 What?"),
        (Phase.RCPT, "503 Need MAIL first"),
        (Phase.RCPT, "504 Parameter not implemented"),
        (Phase.RCPT, "535 Login refused"),
        (Phase.RCPT, "421 Closing"),
        (Phase.RCPT, "421 4.7.0 Too many connections"),
        (Phase.RCPT, "252 Can't say"),
        (Phase.DATA, "550 5.7.1 Looks like spam"),
        (Phase.DATA, "554 5.5.1 No valid recipients"),
        (Phase.DATA, "552 5.3.4 Too big for the system"),
        (Phase.DATA, "503 No recipient"),
        (Phase.DATA, "421 Closing"),
    ],
    Fault.UNSAID: [
        (Phase.RCPT, "550 User unknown"),
        (Phase.RCPT, "550"),
        (Phase.RCPT, "554 Transaction failed"),
        (Phase.RCPT, "550 5.0.0 Refused"),
        (Phase.RCPT, "553 Not here"),
        (Phase.RCPT, "550 5.7.1.2 is on a list"),
    ],
    Fault.MESSAGE: [
        (Phase.DATA, "554 Not this"),
        (Phase.DATA, "550 Content refused"),
        (Phase.DATA, "554 5.6.0 Malformed"),
        (Phase.RCPT, "550 5.2.3 Too long for the mailbox"),
        (Phase.DATA, "554 5.0.0 Refused"),
    ],
}  # fmt: skip
TABLE = [(*answer, fault) for fault, answers in ANSWERS.items() for answer in answers]


@pytest.mark.parametrize(("phase", "answer", "fault"), TABLE)
def test_each_answer_says_whose_fault_it_is(phase, answer, fault):
    code, _, words = answer.partition(" ")
    assert whose_fault(phase, int(code), read_enhanced(words)) == fault
