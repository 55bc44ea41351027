"""What a browser sends of a form: the three encodings of the HTML standard.

aiohttp's FormData is no browser: it has no text/plain, fails at a character that the
page's encoding lacks (a browser sends a character reference) and at a line end in a
name, leaves other line ends as they are, and names a charset in the content type.
"""

import re
from secrets import token_hex
from urllib.parse import urlencode

MULTIPART = "multipart/form-data"
PLAIN = "text/plain"
URL_ENCODED = "application/x-www-form-urlencoded"

type Entries = list[tuple[str, str]]
"""Names and values, in the form's order."""


def as_query(entries: Entries, *, encoding: str) -> str:
    """Return the entries as they stand in an address."""
    return urlencode(
        [
            (_normalize_newlines(name), _normalize_newlines(value))
            for name, value in entries
        ],
        encoding=encoding,
        errors="xmlcharrefreplace",
    )


def as_body(
    entries: Entries, *, encoding_type: str, encoding: str
) -> tuple[bytes, str]:
    """Return the entries as a body, and its content type."""
    if encoding_type == MULTIPART:
        boundary = token_hex(16)
        parts = "".join(
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="{_escape_name(name)}"\r\n\r\n'
            f"{_normalize_newlines(value)}\r\n"
            for name, value in entries
        )
        body, content_type = (
            f"{parts}--{boundary}--\r\n",
            f"{MULTIPART}; boundary={boundary}",
        )
    elif encoding_type == PLAIN:
        body = "".join(
            f"{name}={_normalize_newlines(value)}\r\n" for name, value in entries
        )
        content_type = PLAIN
    else:
        body, content_type = as_query(entries, encoding=encoding), URL_ENCODED
    return body.encode(encoding, errors="xmlcharrefreplace"), content_type


def _escape_name(name: str) -> str:
    return _normalize_newlines(name).replace("\r\n", "%0D%0A").replace('"', "%22")


def _normalize_newlines(text: str) -> str:
    """Return a text with the line ends that are sent."""
    return re.sub(r"\r\n|\r|\n", "\r\n", text)
