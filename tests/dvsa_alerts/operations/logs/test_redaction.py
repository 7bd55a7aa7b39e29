"""What may stand in no log is taken out of it; what an operator needs stays."""

import pytest

from dvsa_alerts.operations.logs.redaction import redact

ENDPOINT = "https://fcm.googleapis.com/fcm/send/c8Yx1Zxq0aE:APA91bHun4MxP5egoKMwt2KZFBaFUH-1RYqx"
SECRETS = [
    ("ada@example.org", "Key (email)=(ada@example.org) already exists."),
    ("ada@example.org", "550 <ada@example.org>: no such user"),
    ("ada%40example.org", "GET /accounts/login/?login=ada%40example.org"),
    ("IG3 9UZ", "Failing row contains (4, 25, email, IG3 9UZ, null)."),
    ("ig39uz", "unknown postcode 'ig39uz'"),
    ("SW1A+1AA", "/slots/?postcode=SW1A+1AA&radius=25"),
    ("SW1A%201AA", "/slots/?postcode=SW1A%201AA"),
    ("c8Yx1Zxq0aE", f"no answer from {ENDPOINT}"),
    ("APA91bHun4MxP5egoKMwt2KZFBaFUH", "url: /send/c8Yx1Zxq0aE:APA91bHun4MxP5egoKMwt2KZFBaFUH"),
    ("src_", "Bearer src_kJ3dQ0Zx7yN1w8bT5vR2mL9pS4cA6hE0gF3iU7oY1qk"),
    ("kJ3dQ0Zx7yN1w8bT5vR2", "token src_kJ3dQ0Zx7yN1w8bT5vR2mL9pS4cA6hE0gF3iU7oY1qk is unknown"),
    ("WzEsWzJdXQ", "Not Found: /unsubscribe/WzEsWzJdXQ:5nHqgq3PzF0-vW8mCkKfWj1n0B2eQ1s6yV/"),
    (
        "kJ3dQ0Zx7yN1w8bT5vR2mL9pS4cA6hE0gF3iU7oY1qk",
        "Not Found: /feeds/kJ3dQ0Zx7yN1w8bT5vR2mL9pS4cA6hE0gF3iU7oY1qk.atom",
    ),
    ("c8wgwq-5d1d4a1b", "/accounts/password/reset/key/2s-c8wgwq-5d1d4a1bd53e2b2b04ac0d4c1a2b3c4d/"),
    ("h7y0d3k2q9w8e1r5t6u4i0o2p3a7s8d9", "session h7y0d3k2q9w8e1r5t6u4i0o2p3a7s8d9"),
    ("tBHItJI5svbpez7KI4CCXg", "auth=tBHItJI5svbpez7KI4CCXg"),
    ("BNcRdreALRFXTkOOUHK1EtK2wt", "p256dh BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUl"),
    ("hunter2", "postgis://app:hunter2@db.example.org/app refused"),
    ("hunter2", "password='hunter2'"),
    ("51.5623", "POINT (0.0712345 51.5623456)"),
    ("0.0712", "near=51.562345,0.071234"),
    ("0101000020E6100000", "Failing row (0101000020E610000000000000000000C0DDB4D0CEA2C74940)."),
]  # fmt: skip
NEEDED = [
    "audit sealed=3 head=1204:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "Task alerts.tasks.match[5c9f2b1e-0c1a-4a57-9d4e-2f6f6f0a1b2c] raised unexpected",
    'File "dvsa_alerts/migrations/0002_erased_users_leave_their_entries.py", line 12, in forwards',
    "psycopg.errors.UniqueViolation: duplicate key value violates unique constraint alert_once",
    "alerts are not what they should be: missing: opening 41, user 7",
    "polled demo-feed: applied, 12 opened, 3 closed in 0.412 s",
    "p95 2ms, 3 of 12 workers, 10.0.0.12:5432",
    "GET slots/ 200, 12 ms",
]


@pytest.mark.parametrize(("secret", "text"), SECRETS)
def test_what_may_stand_in_no_log_is_taken_out(secret, text):
    assert secret in text
    assert secret not in redact(text)


@pytest.mark.parametrize("text", NEEDED)
def test_what_an_operator_needs_stays_as_it_is(text):
    assert redact(text) == text


def test_of_a_link_the_host_stays():
    assert redact(f"no answer from {ENDPOINT}.") == "no answer from https://fcm.googleapis.com/…"


def test_a_place_keeps_three_decimals():
    assert redact("POINT (-0.0712345 51.5623456)") == "POINT (-0.071 51.562)"
