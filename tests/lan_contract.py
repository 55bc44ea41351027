"""Both sides of docs/lan-interface.md, told once more: as one would write it by the page.

A `Reader` is a client of a meter; a `Proving` is what a meter's double needs.
"""

from dataclasses import dataclass, field
import hashlib
import hmac
import json
import secrets
from typing import Self

import aiohttp
from aiohttp import web

PREFIX = "/amp-guard/v2"
PIN = "12345678"


def key_of(pin: str, serial_number: str) -> bytes:
    salt = f"amp-guard:{serial_number}".encode()
    return hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, 100_000)


def sign(key: bytes, *said: str) -> str:
    return hmac.new(key, "\n".join(said).encode(), hashlib.sha256).hexdigest()


def opened(message: str, key: bytes, *about: str) -> object:
    """Return the document of a message that is proved."""
    given, _, text = message.partition("\n")
    assert given == sign(key, *about, text), message
    return json.loads(text)


@dataclass(kw_only=True)
class Proving:
    """A meter's side: whom it has agreed with, and how it signs."""

    pin: str = PIN
    sessions: dict[str, bytes] = field(default_factory=dict)

    def identity(self, request: web.Request, identity: object) -> web.Response:
        """Return the answer to who it is."""
        asked = request.query.get("challenge")
        if asked is None or not isinstance(identity, dict):
            return web.json_response(identity)
        challenge = secrets.token_hex(16)
        text = json.dumps({"challenge": challenge} | identity)
        key = key_of(self.pin, str(identity.get("serial_number")))
        session = sign(key, "session", asked, challenge)
        self.sessions[challenge] = bytes.fromhex(session)
        return web.Response(text=f"{sign(key, 'identity', asked, text)}\n{text}")

    def agreed(self, request: web.Request) -> tuple[bytes, str] | None:
        """Return the session's key and what is asked; None of one without the PIN."""
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        challenge, asked, shown = (*given.split(":"), "", "")[:3]
        key = self.sessions.get(challenge)
        if scheme != "Amp-Guard" or key is None or shown != sign(key, "client", asked):
            return None
        return key, asked

    @staticmethod
    def sample(agreed: tuple[bytes, str], number: int, text: str) -> str:
        key, asked = agreed
        return f"{sign(key, 'sample', asked, str(number), text)}\n{text}"


class Reader:
    """A client of a meter at an address, which has proved itself."""

    def __init__(self, session: aiohttp.ClientSession, host: str) -> None:
        self._session = session
        self._url = f"http://{host}{PREFIX}"
        self.key = b""
        self._challenge = ""

    @classmethod
    async def of(
        cls, session: aiohttp.ClientSession, host: str, *, pin: str = PIN
    ) -> Self:
        reader, asked = cls(session, host), secrets.token_hex(16)
        url = f"{reader._url}/identity?challenge={asked}"
        async with session.get(url) as response:
            message = await response.text()
        serial_number = json.loads(message.partition("\n")[2])["serial_number"]
        key = key_of(pin, serial_number)
        reader.identity = opened(message, key, "identity", asked)
        reader._challenge = reader.identity["challenge"]
        reader.key = bytes.fromhex(sign(key, "session", asked, reader._challenge))
        return reader

    def asking(self, *, key: bytes | None = None) -> tuple[str, dict[str, str]]:
        """Return a new challenge, and the headers of a request that asks it."""
        asked = secrets.token_hex(16)
        shown = sign(key or self.key, "client", asked)
        given = f"Amp-Guard {self._challenge}:{asked}:{shown}"
        return asked, {"Authorization": given}

    async def measurement(self) -> dict:
        asked, headers = self.asking()
        async with self._session.get(
            f"{self._url}/measurement", headers=headers
        ) as response:
            response.raise_for_status()
            message = await response.text()
        return opened(message, self.key, "sample", asked, "0")

    def stream(self) -> Stream:
        asked, headers = self.asking()
        return Stream(
            self._session.ws_connect(f"{self._url}/stream", headers=headers),
            self.key,
            asked,
        )


class Stream:
    """The samples that a meter pushes."""

    def __init__(self, connecting: object, key: bytes, asked: str) -> None:
        self._connecting, self._key, self._asked = connecting, key, asked
        self._taken = 0

    async def __aenter__(self) -> Self:
        self.websocket = await self._connecting
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.websocket.close()

    async def next(self, timeout: float | None = None) -> dict:
        message = await self.websocket.receive_str(timeout=timeout)
        number, self._taken = str(self._taken), self._taken + 1
        return opened(message, self._key, "sample", self._asked, number)
