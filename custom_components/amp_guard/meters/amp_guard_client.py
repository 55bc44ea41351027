"""The requests of the LAN contract, `docs/lan-interface.md`: what one side of it says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count

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
    MeterAuthenticationError,
    MeterConnectionError,
    MeterError,
    MeterIdentity,
    MeterResponseError,
    MeterSample,
    NotAMeterError,
    OldContractError,
)
from .amp_guard_contract import (
    OLD_PATH,
    PATH,
    parse_challenge,
    parse_identity,
    parse_sample,
)
from .json_body import MAX_BODY_SIZE, parse_json, read_text
from .proof import is_proved, key_of, new_challenge, parted, proof, session_key

REQUEST_TIMEOUT = 5.0
"""s. A meter on the LAN answers in milliseconds; a car follows a cut within 5 s."""
CLOSE_TIMEOUT = 1.0
"""s that a meter has to close the stream in."""

type Receive = Callable[[float], Awaitable[MeterSample]]
"""Wait at most so many s for the next sample of a stream; TimeoutError if none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Session:
    """What was agreed with a meter that has proved itself."""

    key: bytes = field(repr=False)
    challenge: str

    def authorization(self, asked: str) -> str:
        """Return what shows the meter that this is one who has the PIN."""
        shown = proof(self.key, "client", asked)
        return f"Amp-Guard {self.challenge}:{asked}:{shown}"


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
        self._url = url
        self._session = session
        self._pin = pin
        self._key: tuple[str, bytes] | None = None  # of a serial number
        self._agreed: _Session | None = None
        self._was_taken = False  # what was agreed, by the meter
        self._variant = "public"
        self._phases = phases
        self._net = net

    async def identity(self) -> MeterIdentity:
        """Ask who it is; needs no PIN, and proves nothing."""
        return parse_identity(parse_json(await self._ask_who()))

    async def prove(self, serial_number: str | None = None) -> MeterIdentity:
        """Have it prove that it has the PIN, and say who it is.

        Raises MeterAuthenticationError where it does not, NotAMeterError where it says
        that it has another `serial_number`.
        """
        asked = new_challenge()
        try:
            given, text = parted(await self._ask_who(asked))
            document = parse_json(text)
            identity, answered = parse_identity(document), parse_challenge(document)
        except NotAMeterError:
            raise
        except MeterResponseError as error:
            raise NotAMeterError(str(error)) from error
        if serial_number not in (None, identity.serial_number):
            raise NotAMeterError("another Amp Guard has this address")
        key = await self._key_of(identity.serial_number)
        if not is_proved(given, key, "identity", asked, text):
            raise MeterAuthenticationError("it does not prove that it has the PIN")
        self._agreed = _Session(
            key=session_key(key, asked, answered), challenge=answered
        )
        self._was_taken = False
        self._variant = identity.variant
        return identity

    async def _key_of(self, serial_number: str) -> bytes:
        """Return the key of a meter; made in a thread, as that takes its time."""
        if self._key is None or self._key[0] != serial_number:
            key = await asyncio.get_running_loop().run_in_executor(
                None, key_of, self._pin, serial_number
            )
            self._key = serial_number, key
        return self._key[1]

    async def measurement(self) -> MeterSample:
        """Ask for the newest sample, of a meter that has proved itself."""
        session, asked = await self._begun(), new_challenge()
        headers = {"Authorization": session.authorization(asked)}
        try:
            message = await self._get(self._url / PATH / "measurement", headers)
        except MeterAuthenticationError as error:
            raise self._turned_away(error) from error
        return self._sample(message, session, asked, 0)

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[Receive]:
        """Open the stream; its samples are received one by one."""
        agreed, asked, number = await self._begun(), new_challenge(), count()
        async with ClientSession(
            connector=self._session.connector,
            connector_owner=False,
            middlewares=(_refuse_redirects,),
        ) as session:
            websocket = await self._open_stream(session, agreed.authorization(asked))

            async def receive(timeout: float) -> MeterSample:
                message = await _receive_text(websocket, timeout)
                return self._sample(message, agreed, asked, next(number))

            try:
                yield receive
            finally:
                # In all: each of its pings would begin the time to close in anew.
                with suppress(TimeoutError):
                    async with asyncio.timeout(CLOSE_TIMEOUT):
                        await websocket.close()

    async def _begun(self) -> _Session:
        if self._agreed is None:
            await self.prove()
        if self._agreed is None:
            raise MeterConnectionError("nothing is agreed")
        return self._agreed

    async def _open_stream(
        self, session: ClientSession, authorization: str
    ) -> ClientWebSocketResponse:
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT):
                return await session.ws_connect(
                    self._url / PATH / "stream",
                    headers={"Authorization": authorization},
                    max_msg_size=MAX_BODY_SIZE,
                    timeout=ClientWSTimeout(ws_close=CLOSE_TIMEOUT),
                )
        except WSServerHandshakeError as error:
            raise _refusal(error.status) from error
        except (ClientError, OSError) as error:
            raise MeterConnectionError(_describe(error)) from error

    def _turned_away(self, error: MeterAuthenticationError) -> MeterError:
        """Return what it means that it does not take what it has agreed to."""
        was_taken, self._was_taken = self._was_taken, False
        self._agreed = None
        if was_taken:
            return MeterConnectionError("it knows the session no longer")
        return error

    async def _ask_who(self, challenge: str | None = None) -> str:
        """Return what it says of itself; raise OldContractError where it is too old."""
        url = self._url / PATH / "identity"
        if challenge is not None:
            url = url.with_query(challenge=challenge)
        try:
            return await self._get(url)
        except MeterConnectionError:
            raise
        except MeterError as error:
            await self._look_for_old_one()
            raise NotAMeterError(str(error)) from error

    async def _look_for_old_one(self) -> None:
        try:
            parse_identity(
                parse_json(await self._get(self._url / OLD_PATH / "identity"))
            )
        except OldContractError:
            raise
        except MeterError:
            return

    async def _get(self, url: URL, headers: dict[str, str] | None = None) -> str:
        try:
            async with self._session.get(
                url,
                headers=headers,
                allow_redirects=False,  # what is proved is for this meter alone
                timeout=ClientTimeout(total=REQUEST_TIMEOUT),
            ) as response:
                if response.status != HTTPStatus.OK:
                    raise _refusal(response.status)
                return await read_text(response.content)
        except (ClientError, OSError) as error:
            raise MeterConnectionError(_describe(error)) from error

    def _sample(
        self, message: str, session: _Session, asked: str, number: int
    ) -> MeterSample:
        """Return the sample in a message, the `number`th of what was `asked`."""
        given, document = parted(message)
        if not is_proved(given, session.key, "sample", asked, number, document):
            raise MeterResponseError("a sample that is not the meter's")
        self._was_taken = True
        return parse_sample(
            parse_json(document),
            time=asyncio.get_running_loop().time(),
            variant=self._variant,
            phases=self._phases,
            net=self._net,
        )


async def _refuse_redirects(
    request: ClientRequest, handler: ClientHandlerType
) -> ClientResponse:
    """Take no other answer than the stream: a redirect would be followed."""
    response = await handler(request)
    if response.status != HTTPStatus.SWITCHING_PROTOCOLS:
        response.close()
        raise _refusal(response.status)
    return response


async def _receive_text(websocket: ClientWebSocketResponse, timeout: float) -> str:
    async with asyncio.timeout(timeout):  # in all: its own begins anew with each ping
        message = await websocket.receive()
    if message.type is WSMsgType.TEXT:
        text: str = message.data
        return text
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
