"""The page by which an Amp Guard is put on the property's Wi-Fi, over its own Wi-Fi.

Whoever has joined the device's network finds it at one address [installation manual].
No field name is published: the form that the page holds is read, filled in as far as
its fields are recognised, and submitted as it says.
"""

import asyncio
import codecs
from dataclasses import dataclass
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

from . import FormNotFoundError, NoReplyError, NotTheDeviceError, PageUnreachableError
from .credentials import Credentials
from .form_data import as_body, as_query
from .html_form import Page, parse_page
from .wifi_form import Answer, Outcome, WifiForm, find_wifi_form, judge

DEVICE_PAGE = URL("http://192.168.251.1/")
"""[installation manual]"""
CONNECT_TIMEOUT = 2.0
"""s. It is one radio link away, or not there."""
READ_TIMEOUT = 10.0
"""s. A small device may be slow."""
SUBMIT_TIMEOUT = 20.0
"""s. It may try the network before it answers."""
MAX_PAGE_SIZE = 256 * 1024
"""Bytes. Far more than the page of a small device."""
MAX_REDIRECTS = 3
UNDECLARED_ENCODING = "windows-1252"
"""Of a page that names no encoding and is not UTF-8 [HTML standard]."""
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
                self._loaded = await self._load("GET", DEVICE_PAGE)
        except (ClientError, OSError) as error:
            raise PageUnreachableError from error
        text = self._loaded.text
        shown = {found.upper() for found in ANY_SERIAL_NUMBER.findall(text)}
        if shown and serial_number not in shown:
            raise NotTheDeviceError("another serial number")
        if not shown and not MAKERS_WORDS.search(text):
            raise NotTheDeviceError("neither its serial number nor its maker's name")
        self._page = parse_page(text)
        wifi_form = find_wifi_form(self._page)
        if wifi_form is None:
            raise FormNotFoundError
        self.wifi_form = wifi_form

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
        try:
            async with asyncio.timeout(SUBMIT_TIMEOUT):
                answer = await self._load(
                    form.method.upper(), target, body=body, content_type=content_type
                )
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise PageUnreachableError from error
        except (ClientError, OSError) as error:
            raise NoReplyError from error
        if HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return Answer(outcome=Outcome.REFUSED)
        return judge(self._page, parse_page(answer.text))

    async def _load(
        self,
        method: str,
        url: URL,
        *,
        body: bytes | None = None,
        content_type: str | None = None,
    ) -> _Loaded:
        """Load a page, and follow where it leads, but never to another origin."""
        for _ in range(MAX_REDIRECTS + 1):
            if url.origin() != DEVICE_PAGE.origin():
                raise NotTheDeviceError("it leads elsewhere")
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
                location = response.headers.get("Location")
                if location is None:
                    text, encoding = decode(
                        await _read(response), response.charset or ""
                    )
                    return _Loaded(
                        url=url, status=response.status, text=text, encoding=encoding
                    )
            url = _join(url, location)
            method, body, content_type = "GET", None, None
        raise NotTheDeviceError("it leads in circles")


def decode(body: bytes, declared: str) -> tuple[str, str]:
    """Return a page's text and its encoding; `declared` is the server's word for it."""
    in_page = re.search(rb"<meta[^>]{0,200}charset=[\"' ]?([\w-]+)", body[:1024], re.I)
    for name in (
        "utf-8-sig" if body.startswith(codecs.BOM_UTF8) else "",
        declared,
        in_page[1].decode() if in_page else "",
        "utf-8",
    ):
        try:
            return body.decode(name), codecs.lookup(name).name
        except (LookupError, UnicodeDecodeError):
            continue
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
        return base.join(URL(reference))
    except ValueError as error:
        raise NotTheDeviceError("it leads nowhere") from error
