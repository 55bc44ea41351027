"""The page by which an Amp Guard is put on the property's Wi-Fi, over its own Wi-Fi.

Whoever has joined the device's network finds it at one address [installation manual].
No field name is published: the form that the page holds is read, filled in as far as
its fields are recognised, and submitted as it says.
"""

import asyncio
import codecs
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
import re

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
)
from yarl import URL

from . import (
    AnotherDeviceError,
    FormNotFoundError,
    NoReplyError,
    NotTheDeviceError,
    PageUnreachableError,
)
from .credentials import Credentials
from .form_data import as_body, as_query
from .html_form import Page, parse_page
from .wifi_form import Answer, Outcome, WifiForm, find_wifi_form, judge, links_to_form
from .words import Purpose

DEVICE_PAGE = URL("http://192.168.251.1/")
"""[installation manual]"""
CONNECT_TIMEOUT = 2.0
"""s. It is one radio link away, or not there."""
READ_TIMEOUT = 10.0
"""s. A small device may be slow."""
SUBMIT_TIMEOUT = 20.0
"""s. It may try the network before it answers."""
MAX_PAGE_SIZE = 64 * 1024
"""Bytes. Far more than the page of a small device."""
MAX_REDIRECTS = 3
MAX_LINKS = 3
REDIRECTS = range(300, 400)
REFUSALS = range(400, 500)
WRONG_PIN = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
UNDECLARED_ENCODING = "windows-1252"
"""Of a page that names no encoding and is not UTF-8 [HTML standard]."""
META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"' ]?([\w-]+)", re.IGNORECASE)
CHARSET_WITHIN = 1024
"""Bytes of a page within which it names its encoding [HTML standard]."""
MAKERS_WORDS = re.compile(r"(amp|charge)[\s_-]?(guard|amps)", re.IGNORECASE)
"""This or the serial number is on a page that is the device's: the property's Wi-Fi
password goes to no other."""
ANY_SERIAL_NUMBER = re.compile(r"\b[0-9]{8,}G\b", re.IGNORECASE)


async def read_wifi_form(session: ClientSession, serial_number: str) -> WifiForm:
    """Return the form of the device with this serial number.

    Raises PageUnreachableError, NotTheDeviceError or FormNotFoundError.
    """
    visit = _Visit(session)
    await visit.open(serial_number)
    return visit.wifi_form


async def submit_wifi_form(session: ClientSession, credentials: Credentials) -> Answer:
    """Read the page anew, submit its form filled in, and return the answer.

    Raises any WifiPageError.
    """
    visit = _Visit(session)
    await visit.open(credentials.serial_number)
    return await visit.submit(credentials)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Loaded:
    """A page as it came; `encoding` is a name that Python knows."""

    url: URL
    status: int
    location: str | None
    text: str
    encoding: str


class _Visit:
    """A browser's part: from the page to its answer, with the cookies of one visit."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session
        self._cookies: dict[str, str] = {}

    async def open(self, serial_number: str) -> None:
        """Read the page, and find the form in it."""
        try:
            async with asyncio.timeout(READ_TIMEOUT):
                await self._load(DEVICE_PAGE)
                self._check_device(serial_number)
                if self._form is None:
                    await self._look_behind_links()
        except (ClientError, OSError) as error:
            raise PageUnreachableError from error
        if self._form is None:
            raise FormNotFoundError
        self.wifi_form = self._form

    def _check_device(self, serial_number: str) -> None:
        text = self._loaded.text
        if serial_number.casefold() not in text.casefold():
            if ANY_SERIAL_NUMBER.search(text):
                raise AnotherDeviceError
            if not MAKERS_WORDS.search(text):
                raise NotTheDeviceError("neither its serial number nor its maker")

    async def _look_behind_links(self) -> None:
        """Go on to the page of the form, where the first one only leads there."""
        start = _join(self._loaded.url, self._page.base)
        targets = await _in_a_thread(links_to_form, self._page)
        for target in targets[:MAX_LINKS]:
            with suppress(NotTheDeviceError):
                url = _join(start, target)
                _stay_at_the_device(url)
                await self._load(url)
                if self._form is not None:
                    return

    async def _load(self, url: URL) -> None:
        self._loaded = await self._follow(await self._send("GET", url))
        self._page, self._form = await _in_a_thread(_understand, self._loaded.text)
        if self._page.is_cut:
            raise NotTheDeviceError("its page has far too many fields")

    async def submit(self, credentials: Credentials) -> Answer:
        """Submit the form as it says, and read the answer."""
        form, encoding = self.wifi_form.form, self._loaded.encoding
        entries = self.wifi_form.fill(credentials)
        base = _join(self._loaded.url, self._page.base)
        target = _join(base, form.action) if form.action else self._loaded.url
        body, content_type = None, None
        if form.method == "post":
            body, content_type = as_body(
                entries, encoding_type=form.encoding_type, encoding=encoding
            )
        else:
            query = as_query(entries, encoding=encoding)
            target = URL(f"{target.with_query(None)}?{query}", encoded=True)
        _stay_at_the_device(target)
        try:
            async with asyncio.timeout(SUBMIT_TIMEOUT):
                try:
                    answer = await self._send(
                        form.method.upper(), target, body, content_type
                    )
                except (ClientConnectorError, ConnectionTimeoutError) as error:
                    raise PageUnreachableError from error
                answer = await self._follow(answer)
        except (ClientError, OSError, NotTheDeviceError) as error:
            raise NoReplyError from error
        if answer.status in WRONG_PIN:
            return Answer(outcome=Outcome.REFUSED, about=Purpose.PIN)
        judged = await _in_a_thread(_judge, self._page, answer.text)
        if answer.status in REFUSALS:
            judged = replace(judged, outcome=Outcome.REFUSED)
        # It may repeat what it was told.
        message = judged.message or f"HTTP {answer.status}"
        for secret in (credentials.password, credentials.pin):
            message = message.replace(secret, "•" * 8)
        return replace(judged, message=message)

    async def _follow(self, loaded: _Loaded) -> _Loaded:
        """Go where a page leads, but never to another origin."""
        for _ in range(MAX_REDIRECTS):
            if loaded.location is None:
                return loaded
            target = _join(loaded.url, loaded.location)
            _stay_at_the_device(target)
            loaded = await self._send("GET", target)
        raise NotTheDeviceError("it leads on and on")

    async def _send(
        self,
        method: str,
        url: URL,
        body: bytes | None = None,
        content_type: str | None = None,
    ) -> _Loaded:
        headers = {"Connection": "close"}  # it may be long until the next request
        if content_type is not None:
            headers["Content-Type"] = content_type
        async with self._session.request(
            method,
            url,
            data=body,
            headers=headers,
            cookies=self._cookies,
            allow_redirects=False,
            timeout=ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT),
        ) as response:
            self._cookies |= {
                name: morsel.value for name, morsel in response.cookies.items()
            }
            text, encoding = decode(await _read(response), response.charset or "")
            return _Loaded(
                url=url,
                status=response.status,
                location=response.headers.get("Location")
                if response.status in REDIRECTS
                else None,
                text=text,
                encoding=encoding,
            )


async def _in_a_thread[*Ts, T](work: Callable[[*Ts], T], *what: *Ts) -> T:
    """Return what comes of work that may take longer than the event loop should stand."""
    return await asyncio.get_running_loop().run_in_executor(None, work, *what)


def _understand(text: str) -> tuple[Page, WifiForm | None]:
    page = parse_page(text)
    return page, None if page.is_cut else find_wifi_form(page)


def _judge(before: Page, text: str) -> Answer:
    return judge(before, parse_page(text))


def decode(body: bytes, declared: str) -> tuple[str, str]:
    """Return a page's text and its encoding; `declared` is the server's word for it."""
    in_page = META_CHARSET.search(body[:CHARSET_WITHIN])
    candidates = [declared, in_page[1].decode() if in_page else "", "utf-8"]
    if body.startswith(codecs.BOM_UTF8):
        body, candidates = body.removeprefix(codecs.BOM_UTF8), ["utf-8"]
    for name in candidates:
        with suppress(LookupError, ValueError):
            if "<".encode(name) == b"<":  # not what no server sends a form in
                return body.decode(name), codecs.lookup(name).name
    return body.decode(UNDECLARED_ENCODING, errors="replace"), UNDECLARED_ENCODING


async def _read(response: ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MAX_PAGE_SIZE:
            raise NotTheDeviceError("its page is far too long")
    return bytes(body)


def _join(base: URL, reference: str) -> URL:
    """Return where a reference of a page leads."""
    try:
        return base.join(URL(reference)).with_fragment(None)
    except ValueError as error:
        raise NotTheDeviceError("it leads nowhere") from error


def _stay_at_the_device(url: URL) -> None:
    device = DEVICE_PAGE.scheme, DEVICE_PAGE.host, DEVICE_PAGE.port
    if (url.scheme, url.host, url.port) != device:
        raise NotTheDeviceError("it leads elsewhere")
