"""JSON from the network: no longer than a meter would ever send, and as it should be."""

import json
from typing import Any

from aiohttp import StreamReader
import voluptuous as vol

from . import MeterResponseError

MAX_BODY_SIZE = 16 * 1024
"""Bytes. A sample of three phases is well under one kilobyte."""


async def read_json(content: StreamReader) -> object:
    """Return the document in a body; raise MeterResponseError if there is none."""
    return parse_json(await read_text(content))


async def read_text(content: StreamReader) -> str:
    """Return the text of a body; raise MeterResponseError if it is none."""
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > MAX_BODY_SIZE:
            raise MeterResponseError("far too long")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise MeterResponseError("not text") from error


def parse_json(text: str) -> object:
    """Return the document in a text; raise MeterResponseError if there is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MeterResponseError("not JSON") from error


def validate(schema: vol.Schema, document: object) -> dict[str, Any]:
    """Return the document by its schema; raise MeterResponseError if it breaks it."""
    try:
        valid: dict[str, Any] = schema(document)
    except vol.Invalid as error:
        field = ".".join(map(str, error.path)) or "the document"
        raise MeterResponseError(f"{field}: {error.msg}") from error
    return valid


def number(value: object) -> float:
    """Return a value that is a number in JSON; for a schema."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise vol.Invalid("is no number")
    return value
