"""JSON from the network: no longer than a meter would ever send, and JSON indeed."""

import json

from aiohttp import StreamReader

from . import MeterResponseError

MAX_BODY_SIZE = 16 * 1024
"""Bytes. A sample of three phases is well under one kilobyte."""


async def read_json(content: StreamReader) -> object:
    """Return the document in a body; raise MeterResponseError if there is none."""
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > MAX_BODY_SIZE:
            raise MeterResponseError("far too long")
    return parse_json(bytes(body))


def parse_json(text: str | bytes) -> object:
    """Return the document in a text; raise MeterResponseError if there is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MeterResponseError("not JSON") from error
