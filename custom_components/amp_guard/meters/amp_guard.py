"""An Amp Guard on the LAN: pushed samples, and a poll when the push is silent.

Speaks the contract of `docs/lan-interface.md`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from http import HTTPStatus
import logging
from typing import override

from aiohttp import (
    ClientError,
    ClientHandlerType,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    ClientWSTimeout,
    WSMsgType,
    WSServerHandshakeError,
)
from yarl import URL

from ..model import EarthingSystem, Phase
from . import (
    Meter,
    MeterAuthenticationError,
    MeterConnectionError,
    MeterError,
    MeterIdentity,
    MeterResponseError,
    MeterSample,
    NotAMeterError,
)
from .amp_guard_contract import PATH, parse_identity, parse_sample
from .json_body import MAX_BODY_SIZE, parse_json, read_json
from .source_clock import SourceClock

_LOGGER = logging.getLogger(__name__)

REQUEST_TIMEOUT = 5.0
"""s. A meter on the LAN answers in milliseconds; a car follows a cut within 5 s."""
CLOSE_TIMEOUT = 1.0
"""s that a meter has to close the stream in."""
STREAM_SILENCE = 5.0
"""s without a pushed sample after which the meter is asked for one."""
POLL_INTERVAL = 2.0
"""s between polls while there is no stream."""
RETRY_MINIMUM = 1.0
RETRY_MAXIMUM = 10.0
"""s until the stream is tried again, doubling from the least to the most."""

type Receive = Callable[[float], Awaitable[MeterSample]]
"""Wait at most so many s for the next sample of a stream; TimeoutError if none."""


class AmpGuardClient:
    """The requests of the contract; every failure is a `MeterError`.

    The variant that the meter reports bounds what can be true, and each of `phases`
    must be in a sample: a phase that is missing would read as one without load. In an
    IT `net` two lines are enough.
    """

    def __init__(
        self,
        session: ClientSession,
        *,
        host: str,
        pin: str,
        phases: tuple[Phase, ...] = (),
        net: EarthingSystem = EarthingSystem.TN,
    ) -> None:
        """Take the address, with its port unless it is 80, and the PIN.

        Raises MeterConnectionError if it is no address.
        """
        try:
            url = URL(f"http://{host}")
            if url != url.origin():
                raise MeterConnectionError("more than an address")
        except ValueError as error:
            raise MeterConnectionError(f"no address: {error}") from error
        self._url = url / PATH
        self._session = session
        self._headers = {"Authorization": f"Bearer {pin}"}
        self._variant = "public"
        self._phases = phases
        self._net = net

    async def identity(self) -> MeterIdentity:
        """Ask who it is; needs no PIN."""
        try:
            identity = parse_identity(await self._get("identity"))
        except MeterAuthenticationError as error:
            raise NotAMeterError("asks for a PIN to say who it is") from error
        except NotAMeterError:
            raise
        except MeterResponseError as error:
            raise NotAMeterError(str(error)) from error
        self._variant = identity.variant
        return identity

    async def measurement(self) -> MeterSample:
        """Ask for the newest sample."""
        return self._sample(await self._get("measurement", self._headers))

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[Receive]:
        """Open the stream; its samples are received one by one."""
        async with ClientSession(
            connector=self._session.connector,
            connector_owner=False,
            middlewares=(_refuse_redirects,),
        ) as session:
            websocket = await self._open_stream(session)

            async def receive(timeout: float) -> MeterSample:
                return self._sample(await _receive_json(websocket, timeout))

            try:
                yield receive
            finally:
                await websocket.close()

    async def _open_stream(self, session: ClientSession) -> ClientWebSocketResponse:
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT):
                return await session.ws_connect(
                    self._url / "stream",
                    headers=self._headers,
                    max_msg_size=MAX_BODY_SIZE,
                    timeout=ClientWSTimeout(ws_close=CLOSE_TIMEOUT),
                )
        except WSServerHandshakeError as error:
            raise _refusal(error.status) from error
        except (ClientError, OSError) as error:
            raise MeterConnectionError(_describe(error)) from error

    async def _get(self, path: str, headers: dict[str, str] | None = None) -> object:
        try:
            async with self._session.get(
                self._url / path,
                headers=headers,
                allow_redirects=False,  # the PIN is for this meter alone
                timeout=ClientTimeout(total=REQUEST_TIMEOUT),
            ) as response:
                if response.status != HTTPStatus.OK:
                    raise _refusal(response.status)
                return await read_json(response.content)
        except (ClientError, OSError) as error:
            raise MeterConnectionError(_describe(error)) from error

    def _sample(self, document: object) -> MeterSample:
        return parse_sample(
            document,
            time=asyncio.get_running_loop().time(),
            variant=self._variant,
            phases=self._phases,
            net=self._net,
        )


class AmpGuardMeter(Meter):
    """Follows the stream of the meter with this serial number for as long as it runs.

    While the stream is down the meter is polled; while nothing answers it is sought
    again and again.
    """

    def __init__(self, client: AmpGuardClient, serial_number: str) -> None:
        self._client = client
        self._serial_number = serial_number
        self._retry = RETRY_MINIMUM
        self._sequence: int | None = None
        self._clock = SourceClock()
        self._bug: str | None = None
        self._connected = False
        self._lost: MeterError | None = None
        self._task: asyncio.Task[None] | None = None

    @override
    async def start(
        self,
        on_sample: Callable[[MeterSample], None],
        on_connection: Callable[[MeterError | None], None],
    ) -> None:
        """Follow the meter until `stop`."""
        self._on_sample = on_sample
        self._on_connection = on_connection
        self._task = asyncio.get_running_loop().create_task(
            self._run(), name="Amp Guard stream"
        )

    @override
    async def stop(self) -> None:
        """Close the stream."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await self._visit()
            except MeterError as error:
                self._set_lost(error)
                await asyncio.sleep(self._retry)
            except Exception as error:  # a bug must not end the search for the meter
                if (bug := repr(error)) != self._bug:  # logged once, not at each try
                    _LOGGER.exception("Unexpected error while following the Amp Guard")
                self._bug = bug
                self._set_lost(MeterConnectionError(_describe(error)))
                await asyncio.sleep(self._retry)
            self._retry = min(self._retry * 2, RETRY_MAXIMUM)

    async def _visit(self) -> None:
        """Follow the stream; when it ends, poll until it is worth trying again."""
        identity = await self._client.identity()
        if identity.serial_number != self._serial_number:
            raise NotAMeterError("another Amp Guard has this address")
        try:
            await self._follow()
        except MeterError as error:
            _LOGGER.debug("The stream of the Amp Guard ended: %s", error)
        await self._poll(self._retry)

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()
        async with self._client.stream() as receive:
            # Only now: a sample taken before the stream was open is not pushed.
            await self._take(self._client.measurement())
            sampled_at = loop.time()
            while True:
                left = sampled_at + STREAM_SILENCE - loop.time()
                if left > 0:
                    with suppress(TimeoutError):
                        if await self._take(receive(left)):
                            sampled_at = loop.time()
                            self._retry = RETRY_MINIMUM
                elif await self._take(self._client.measurement()):
                    return  # it has samples that the stream does not bring
                else:
                    sampled_at = loop.time()

    async def _poll(self, duration: float) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + duration
        while (left := end - loop.time()) > 0:
            await self._take(self._client.measurement())
            await asyncio.sleep(min(left, POLL_INTERVAL))

    async def _take(self, sample: Awaitable[MeterSample]) -> bool:
        """Pass a sample on; return whether it was a new one. A bad one is counted."""
        try:
            return self._deliver(await sample)
        except NotAMeterError:
            raise
        except MeterResponseError as error:
            self._rejected += 1
            _LOGGER.debug("A sample of the Amp Guard was rejected: %s", error)
            return False

    def _deliver(self, sample: MeterSample) -> bool:
        """Pass a sample on unless it is known; return whether it was new."""
        self._set_connected()
        if sample.sequence == self._sequence:
            return False
        self._sequence = sample.sequence
        if sample.stamp is not None:
            if not self._clock.add(sample.stamp, sample.time):
                return False
            sample = replace(sample, time=self._clock.to_loop_time(sample.stamp))
        self._on_sample(sample)
        return True

    def _set_connected(self) -> None:
        if self._connected:
            return
        self._connected, self._lost = True, None
        self._on_connection(None)

    def _set_lost(self, error: MeterError) -> None:
        if type(error) is type(self._lost):
            return
        self._connected, self._lost = False, error
        self._on_connection(error)


async def _refuse_redirects(
    request: ClientRequest, handler: ClientHandlerType
) -> ClientResponse:
    """Take no other answer than the stream: a redirect would be followed."""
    response = await handler(request)
    if response.status != HTTPStatus.SWITCHING_PROTOCOLS:
        response.close()
        raise _refusal(response.status)
    return response


async def _receive_json(websocket: ClientWebSocketResponse, timeout: float) -> object:
    async with asyncio.timeout(timeout):  # in all: its own begins anew with each ping
        message = await websocket.receive()
    if message.type is WSMsgType.TEXT:
        return parse_json(message.data)
    if message.type is WSMsgType.BINARY:
        raise MeterResponseError("a binary message")
    raise MeterConnectionError("the stream was closed")


def _refusal(status: int) -> MeterError:
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return MeterAuthenticationError("the PIN was refused")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return MeterConnectionError(f"HTTP status {status}")
    return NotAMeterError(f"HTTP status {status}")


def _describe(error: Exception) -> str:
    return str(error) or type(error).__name__
