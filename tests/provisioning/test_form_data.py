"""A form in each of its encodings is what a server reads from it."""

from email import message_from_bytes, policy
from urllib.parse import parse_qsl

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.provisioning.form_data import (
    MULTIPART,
    PLAIN,
    as_body,
    as_query,
)

TEXT = st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f")
)
ENTRIES = st.lists(st.tuples(TEXT.filter(bool), TEXT))
ENCODINGS = st.sampled_from(["utf-8", "iso8859-1"])


@given(ENTRIES, ENCODINGS)
def test_url_encoded(entries: list, encoding: str) -> None:
    body, content_type = as_body(entries, encoding_type="", encoding=encoding)
    assert content_type == "application/x-www-form-urlencoded"
    assert body.decode("ascii") == as_query(entries, encoding=encoding)
    assert (
        parse_qsl(body.decode(), keep_blank_values=True, encoding=encoding) == entries
    )


@given(st.lists(st.tuples(st.sampled_from("abc"), TEXT), min_size=1), ENCODINGS)
def test_multipart(entries: list, encoding: str) -> None:
    body, content_type = as_body(entries, encoding_type=MULTIPART, encoding=encoding)
    message = message_from_bytes(
        f"Content-Type: {content_type}\r\n\r\n".encode() + body, policy=policy.HTTP
    )
    assert [
        (
            part.get_param("name", header="Content-Disposition"),
            part.get_payload(decode=True).decode(encoding),
        )
        for part in message.iter_parts()
    ] == entries


def test_plain() -> None:
    entries = [("a", "b"), ("c", "d e")]
    body, content_type = as_body(entries, encoding_type=PLAIN, encoding="utf-8")
    assert (body, content_type) == (b"a=b\r\nc=d e\r\n", "text/plain")


@pytest.mark.parametrize("encoding_type", ["", MULTIPART, PLAIN])
def test_what_the_page_cannot_say(encoding_type: str) -> None:
    entries = [("a", "€")]
    body, _ = as_body(entries, encoding_type=encoding_type, encoding="iso8859-1")
    assert b"&#8364;" in body or b"%26%238364%3B" in body


def test_line_ends_and_quotes_are_sent_as_a_browser_sends_them() -> None:
    assert as_query([("a", "1\n2\r3\r\n4")], encoding="utf-8") == (
        "a=1%0D%0A2%0D%0A3%0D%0A4"
    )
    body, _ = as_body([('a"\n', "1")], encoding_type=MULTIPART, encoding="utf-8")
    assert b'name="a%22%0D%0A"' in body
