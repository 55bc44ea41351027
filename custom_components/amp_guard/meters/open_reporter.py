"""Perific/Enegic's Open Reporter: their service posts each sample to Home Assistant.

It fetches a token with a user name and a password, posts with the token, and fetches a
new one when that is refused.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from hashlib import sha256
from hmac import compare_digest
from http import HTTPStatus
import logging
import secrets
from typing import override

from aiohttp import hdrs, web
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.util.hass_dict import HassKey

from . import Meter, MeterConnectionError, MeterError, MeterResponseError, MeterSample
from .json_body import read_json
from .open_reporter_packet import parse_packet
from .source_clock import SourceClock

_LOGGER = logging.getLogger(__name__)

TOKEN_PATH = "/api/amp_guard/open_reporter/token"  # noqa: S105 - a path
UPDATE_PATH = "/api/amp_guard/open_reporter/update"
TOKEN_LIFETIME = 24 * 3600.0
"""s after which a new token must be fetched."""
MOST_TOKENS = 4
"""Tokens that are good at once; the oldest gives way."""
SILENCE = 60.0
"""s without a whole report after which the reporter counts as gone ..."""
MISSED = 3
"""... or so many of its usual intervals, if that is longer."""


def make_secret() -> str:
    """Return a user name or a password that nobody guesses."""
    return secrets.token_urlsafe(24)


def hash_secret(secret: str) -> str:
    """Return what is kept of a password or a token.

    They are random and long, so that nothing slower than SHA-256 is called for.
    """
    # What is no proper text is no secret of ours, and no reason to fail.
    return sha256(secret.encode(errors="surrogatepass")).hexdigest()


class OpenReporterMeter(Meter):
    """Waits for the reports of one user; refuses those of everybody else.

    `username` and the password of this hash (see `hash_secret`) are what the reporter
    signs in with.
    """

    def __init__(
        self, hass: HomeAssistant, *, username: str, password_hash: str
    ) -> None:
        self._hass = hass
        self._username = username
        self._password_hash = password_hash
        self._tokens: deque[tuple[str, float]] = deque(maxlen=MOST_TOKENS)
        self._clock = SourceClock()
        self._silence: asyncio.TimerHandle | None = None
        self._lost: bool | None = None

    @override
    async def start(
        self,
        on_sample: Callable[[MeterSample], None],
        on_connection: Callable[[MeterError | None], None],
    ) -> None:
        """Accept reports until `stop`."""
        self._on_sample = on_sample
        self._on_connection = on_connection
        if _METERS not in self._hass.data:
            self._hass.data[_METERS] = []
            self._hass.http.register_view(TokenView)
            self._hass.http.register_view(UpdateView)
        self._hass.data[_METERS].append(self)
        self._await_report()

    @override
    async def stop(self) -> None:
        """Accept nothing more; every token is worthless."""
        self._hass.data[_METERS].remove(self)
        self._tokens.clear()
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    # --- who it is ------------------------------------------------------------------

    def knows(self, username: str, password: str) -> bool:
        """Whether these are its credentials."""
        same_name = compare_digest(hash_secret(username), hash_secret(self._username))
        same_password = compare_digest(hash_secret(password), self._password_hash)
        return same_name and same_password

    def make_token(self) -> str:
        """Return a new token."""
        token = secrets.token_urlsafe(32)
        expires = self._hass.loop.time() + TOKEN_LIFETIME
        self._tokens.append((hash_secret(token), expires))
        return token

    def accepts(self, token: str) -> bool:
        """Whether a token is one of its own, and still good."""
        hashed, now = hash_secret(token), self._hass.loop.time()
        good = [
            compare_digest(hashed, known) for known, end in self._tokens if now < end
        ]
        return any(good)

    # --- what it reports ------------------------------------------------------------

    @callback
    def take(self, document: object) -> None:
        """Take a report; raise MeterResponseError if it is none, or of the future."""
        now = self._hass.loop.time()
        try:
            packet = parse_packet(document)
            is_newest = self._clock.add(packet.sent_at, now)
        except MeterResponseError as error:
            self._rejected += 1
            _LOGGER.debug("A report was rejected: %s", error)
            raise
        if not is_newest:
            return
        if not packet.is_whole:
            self._set_lost("not all of its meters are online")
            return
        if self._lost is not False:
            self._lost = False
            self._on_connection(None)
        self._await_report()
        time = self._clock.to_loop_time(packet.measured_at)
        self._on_sample(MeterSample(time=time, current=packet.current))

    def _await_report(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
        silence = max(SILENCE, MISSED * self._clock.interval)
        self._silence = self._hass.loop.call_later(
            silence, self._set_lost, "nothing is reported"
        )

    @callback
    def _set_lost(self, why: str) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None
        if self._lost:
            return
        self._lost = True
        self._on_connection(MeterConnectionError(why))


_METERS: HassKey[list[OpenReporterMeter]] = HassKey("amp_guard_open_reporter")


class TokenView(HomeAssistantView):
    """Gives a token to who knows a user name and its password."""

    url = TOKEN_PATH
    name = "api:amp_guard:open_reporter:token"
    requires_auth = False

    async def post(self, request: web.Request) -> web.Response:
        """Answer a request for a token."""
        try:
            document = await read_json(request.content)
        except MeterResponseError as error:
            return self.json_message(str(error), HTTPStatus.BAD_REQUEST)
        credentials = document if isinstance(document, dict) else {}
        username = credentials.get("username")
        password = credentials.get("password")
        if not isinstance(username, str) or not isinstance(password, str):
            return self.json_message("no user name", HTTPStatus.BAD_REQUEST)
        meters = request.app[KEY_HASS].data[_METERS]
        for meter in meters:
            if meter.knows(username, password):
                return self.json({"token": meter.make_token()})
        if not meters:
            # The service does not know that its entry is gone: it is no stranger.
            return self.json_message("Unknown user", HTTPStatus.UNAUTHORIZED)
        # Raised, not returned: Home Assistant counts it as a failed login.
        raise web.HTTPUnauthorized


class UpdateView(HomeAssistantView):
    """Takes a report from who has a token."""

    url = UPDATE_PATH
    name = "api:amp_guard:open_reporter:update"
    requires_auth = False

    async def post(self, request: web.Request) -> web.Response:
        """Answer a report."""
        kind, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        meters = request.app[KEY_HASS].data[_METERS]
        meter = next((meter for meter in meters if meter.accepts(token)), None)
        if meter is None or kind.lower() != "bearer":
            # An expired token is nothing unusual: a new one is fetched.
            return self.json_message("Invalid token", HTTPStatus.UNAUTHORIZED)
        try:
            meter.take(await read_json(request.content))
        except MeterResponseError as error:
            return self.json_message(str(error), HTTPStatus.BAD_REQUEST)
        return self.json({"success": True})
