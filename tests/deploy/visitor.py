"""A client of the deployed site, from an address of its own, that keeps the cookies it is given."""

import secrets
from dataclasses import dataclass, field
from email.message import Message
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.deploy.front import NAME, Front
from tests.people import PASSWORD
from tests.staff import TOTP_SECRET, totp_code

LOGIN, CODE, AGAIN = (
    "/accounts/login/", "/accounts/2fa/authenticate/", "/accounts/2fa/reauthenticate/",
)  # fmt: skip
CSRF = "__Host-csrftoken"
SESSION = "__Host-sessionid"


@dataclass(frozen=True)
class Answer:
    """What the site answered."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        """The body as somebody reads it."""
        return unescape(self.body.decode())

    @property
    def location(self) -> str:
        """Where it sends on to; empty for nowhere."""
        return str(self.headers.get("Location", ""))


@dataclass
class Visitor:
    """A browser without scripts, at an address that is not among TRUSTED_NETWORKS."""

    front: Front
    address: str = "127.7.7.7"
    cookies: dict[str, str] = field(default_factory=dict)
    sends: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request; the cookies of its answer are kept."""
        told = {"Origin": f"https://{NAME}"} | self.sends | headers
        if self.cookies:
            told["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = Answer(*self.front.ask(method, path, body, told, self.address))
        for line in answer.headers.get_all("Set-Cookie") or []:
            self._keep(line)
        return answer

    def _keep(self, line: str) -> None:
        for name, cookie in SimpleCookie(line).items():
            self.cookies.pop(name, None)
            if cookie.value:
                self.cookies[name] = cookie.value

    def get(self, path: str) -> Answer:
        """A page."""
        return self.ask("GET", path)

    def post(self, path: str, **form: str) -> Answer:
        """A form, as the page that it stands on would send it."""
        body = urlencode({"csrfmiddlewaretoken": self._token(), **form}).encode()
        return self.ask("POST", path, body, **{"Content-Type": FORM})

    def upload(self, path: str, name: str, content: bytes) -> Answer:
        """A form with a file."""
        mark = secrets.token_hex(8)
        said = f"--{mark}\r\nContent-Disposition: form-data; name="
        token = f'{said}"csrfmiddlewaretoken"\r\n\r\n{self._token()}\r\n'
        head = f'{token}{said}"{name}"; filename="f"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        kind = f"multipart/form-data; boundary={mark}"
        return self.ask("POST", path, body, **{"Content-Type": kind})

    def _token(self) -> str:
        if CSRF not in self.cookies:
            self.get(LOGIN)
        return self.cookies[CSRF]

    def sign_in(self, email: str, password: str = PASSWORD) -> Answer:
        """The first step."""
        return self.post(LOGIN, login=email, password=password)

    def sign_in_as_staff(self, email: str, secret: str = TOTP_SECRET) -> Answer:
        """Both steps."""
        self.sign_in(email)
        return self.post(CODE, code=totp_code(secret))


FORM = "application/x-www-form-urlencoded"


def is_in(answer: Answer) -> bool:
    """Whether a sign-in's step was taken."""
    return answer.status == 302
