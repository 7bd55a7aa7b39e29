"""Reading a JSON object a member and an element at a time, however long its arrays are."""

import codecs
import json
import re
from collections.abc import Iterator
from json.decoder import JSONDecodeError
from typing import IO, Any, NoReturn

from slots.ingestion.batch_rows import BadBatch

# No single value of a batch is longer than this but the array that is read by element.
LONGEST_VALUE = 256 * 1024
_CHUNK = 512 * 1024
_SPACE = re.compile(r"[ \t\n\r]*")


def _refuse_constant(name: str) -> NoReturn:
    raise BadBatch(f"{name} is not JSON")


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise BadBatch("a field appears twice in one object")
    return members


_decoder = json.JSONDecoder(parse_constant=_refuse_constant, object_pairs_hook=_members_once)


class JsonStream:
    """A cursor over UTF-8 JSON text that holds a few megabytes of it at most.

    Every method raises BadBatch at what is not JSON, and at more than `most_bytes`.
    """

    def __init__(self, stream: IO[bytes], *, most_bytes: int) -> None:
        self._stream = stream
        self._left = most_bytes
        self._most = most_bytes
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._at = 0
        self._ended = False

    def members(self) -> Iterator[str]:
        """The names of an object's members; the caller reads its value before the next."""
        self._take("{")
        if self._next() == "}":
            return self._take("}")
        while True:
            yield self._name()
            if self._next() != ",":
                return self._take("}")
            self._take(",")

    def elements(self) -> Iterator[Any]:
        """An array's elements, each decoded as a whole."""
        self._take("[")
        if self._next() == "]":
            return self._take("]")
        many = True
        while True:
            found = self._objects() if many else []
            many = bool(found)  # or each that fails would read the same again and again
            yield from found or [self.value()]
            if self._next() != ",":
                return self._take("]")
            self._take(",")

    def _objects(self) -> list[Any]:
        """Many objects decoded at once, up to a place that looks like the end of one.

        JSON is read from the left in one way only: what is whole up to there is so in truth.
        Empty where it isn't.
        """
        self._next()
        end = self._text.rfind("},", self._at, self._at + LONGEST_VALUE) + 1
        if end == 0 or self._text[self._at] != "{":
            return []
        try:
            found = _decoder.decode(f"[{self._text[self._at : end]}]")
        except (ValueError, RecursionError):
            return []
        self._at = end
        return found

    def value(self) -> Any:
        """One value of at most LONGEST_VALUE characters."""
        self._next()
        try:
            value, end = _decoder.raw_decode(self._text, self._at)
        except BadBatch:
            raise
        except RecursionError:
            raise BadBatch("not a batch: nested too deeply") from None
        except JSONDecodeError as error:
            raise BadBatch(f"not JSON: {error.msg} in {self._here()}") from None
        except ValueError:  # a number of thousands of digits
            raise BadBatch(f"not JSON: a number is too long in {self._here()}") from None
        if end - self._at > LONGEST_VALUE:
            raise BadBatch(f"a value is longer than {LONGEST_VALUE:,} characters")
        self._at = end
        return value

    def end(self) -> None:
        """Nothing but space may follow."""
        if self._next():
            raise BadBatch(f"not JSON: something follows its end: {self._here()}")

    def _name(self) -> str:
        name = self.value() if self._next() == '"' else None
        if not isinstance(name, str):
            raise BadBatch(f"not JSON: a field's name is missing in {self._here()}")
        self._take(":")
        return name

    def _take(self, sign: str) -> None:
        if self._next() != sign:
            raise BadBatch(f"not JSON: {sign} is missing in {self._here()}")
        self._at += 1

    def _next(self) -> str:
        """The next sign that is no space, "" at the end; a whole value lies in reach after it."""
        while True:
            if len(self._text) - self._at <= LONGEST_VALUE and not self._ended:
                self._fill()
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._ended or len(self._text) - self._at > LONGEST_VALUE:
                return self._text[self._at : self._at + 1]

    def _fill(self) -> None:
        chunk = self._stream.read(_CHUNK)
        self._left -= len(chunk)
        if self._left < 0:
            raise BadBatch(f"larger than {self._most / 1024 / 1024:,.0f} MB")
        self._ended = not chunk
        try:
            self._text = self._text[self._at :] + self._utf8.decode(chunk, final=self._ended)
        except UnicodeDecodeError:
            raise BadBatch("not UTF-8 text") from None
        self._at = 0

    def _here(self) -> str:
        around = self._text[max(self._at - 20, 0) : self._at + 20]
        return "“" + "".join(sign if sign.isprintable() else " " for sign in around) + "”"
