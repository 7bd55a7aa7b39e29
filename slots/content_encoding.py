"""What a `Content-Encoding` says, also where it says what belongs elsewhere."""

# Those of IANA's registry of content codings that change what is sent (RFC 9110, 8.4.1). Some
# servers name others that encode nothing: a character set, "none", nothing at all.
_CODINGS = frozenset(
    ("aes128gcm", "br", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "pack200-gzip", "zstd")
)


def read_codings(header: str) -> list[str]:
    """The codings that have been applied, in order and in lower case, `x-gzip` being `gzip`."""
    named = [name.strip().lower().removeprefix("x-") for name in header.split(",")]
    return [name for name in named if name in _CODINGS]
