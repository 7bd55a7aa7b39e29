"""What may be a webhook's address, and how a message is signed."""

import base64

import pytest

from accounts.mail.results import Never
from alerts.channels.webhook import (
    BadAddressError,
    Hook,
    check_address,
    make_secret,
    sign,
    webhook_sender,
)


def test_a_message_is_signed_as_the_specifications_own_example():
    hook = Hook(
        "https://example.org/",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
    )
    assert sign(hook, 1614265330) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_secret_is_another_of_32_random_bytes():
    first, second = make_secret(), make_secret()
    assert first != second
    assert first.startswith("whsec_")
    assert len(base64.b64decode(first.removeprefix("whsec_"), validate=True)) == 32


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "example.org/hook",
        "https:///hook",
        "https://[::1/hook",
        "https://ada:secret@example.org/hook",
        "https://example.org:8443/hook",
        "https://example.org:notaport/hook",
        "https://example.org/hook#part",
        "https://example.org/a hook",
        "https://exämple.org/hook",
        "https://example.org/\nhook",
        "https://example.org/" + "a" * 1000,
        "",
    ],
)
def test_what_is_no_plain_https_address_is_refused_with_a_sentence(url):
    with pytest.raises(BadAddressError, match=r"^(Enter|This)"):
        check_address(url)


@pytest.mark.parametrize(
    "url", ["https://example.org", "https://example.org:443/hook?key=1", "https://10.0.0.1/hook"]
)
def test_an_https_address_is_read(url):
    assert check_address(url).scheme == "https"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]", "[fd00::1]"]
)
def test_a_host_that_is_not_public_is_never_spoken_to(host):
    hook = Hook(f"https://{host}/hook", make_secret(), "msg_1", b"{}")
    result = webhook_sender().send(hook, seconds=5)
    assert isinstance(result, Never)
    assert "no public address" in result.error
