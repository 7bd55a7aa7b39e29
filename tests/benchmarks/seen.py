"""What a sink has taken: how many messages, and one number for all of them, in any order."""

import hashlib


class Seen:
    """What has been taken since the last question."""

    def __init__(self) -> None:
        self._count = self._digests = 0

    def add(self, *told: bytes) -> None:
        """One message, by what tells it from the others: whom it is for, and its number."""
        digest = hashlib.blake2b(b"\n".join(told), digest_size=8).digest()
        self._count += 1
        self._digests = (self._digests + int.from_bytes(digest)) % 2**64

    def answer(self) -> bytes:
        """How many, and the sum of their digests; then it begins again."""
        said = f"{self._count} {self._digests}"
        self._count = self._digests = 0
        return said.encode()


def read_answer(said: bytes) -> tuple[int, int]:
    """The count and the sum that a sink has answered."""
    count, digests = said.split()
    return int(count), int(digests)
