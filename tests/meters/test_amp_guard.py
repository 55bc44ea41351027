"""The client of the LAN contract follows the meter through everything."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
import logging

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
import pytest
import pytest_socket

from custom_components.amp_guard.meters import (
    MeterAuthenticationError,
    MeterConnectionError,
    MeterError,
    MeterSample,
    NotAMeterError,
)
from custom_components.amp_guard.meters.amp_guard import AmpGuardMeter
from custom_components.amp_guard.meters.amp_guard_client import AmpGuardClient
from custom_components.amp_guard.model import EarthingSystem, Phase
from tests.clock import Clock
from tests.integration.helpers import PATIENCE
from tests.lan_contract import Proving

IDENTITY = {
    "contract": 2,
    "model": "Amp Guard",
    "variant": "home",
    "serial_number": "1G",
    "firmware": "1.0.0",
}


@pytest.fixture(autouse=True)
def _loopback_network(socket_enabled: None) -> None:
    """Open sockets, to this machine only."""
    pytest_socket.socket_allow_hosts(["127.0.0.0/8"], allow_unix_socket=True)


def document(sequence: int, *current: float, **more: object) -> dict:
    """Return what is said of a sample."""
    phases = {f"l{n}": {"current": a} for n, a in enumerate(current, 1)}
    return {"sequence": sequence, "phases": phases} | more


@dataclass(kw_only=True)
class Pushing:
    """A stream that is open, at the meter's end."""

    stream: web.WebSocketResponse
    agreed: tuple[bytes, str]
    transport: asyncio.Transport
    number: int = 0

    async def send_json(self, document: object) -> None:
        await self.send_str(json.dumps(document))

    async def send_str(self, text: str) -> None:
        """Send what the meter signs, whatever it is."""
        await self.send_raw(Proving.sample(self.agreed, self.number, text))

    async def send_raw(self, text: str) -> None:
        self.number += 1
        await self.stream.send_str(text)

    async def send_bytes(self, content: bytes) -> None:
        await self.stream.send_bytes(content)

    async def ping(self) -> None:
        await self.stream.ping()

    async def close(self) -> None:
        await self.stream.close()


@dataclass(kw_only=True)
class Bridge:
    """A do-it-yourself meter: what it answers is in the test's hand."""

    identity: object = field(default_factory=lambda: dict(IDENTITY))
    measurement: object = None
    stream: int | str | None = None
    """A status instead of the stream, or where it is said to be."""
    asked: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    proving: Proving = field(default_factory=Proving)
    heard: list[str] = field(default_factory=list)
    """Each request: its address and its headers."""
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    connections: asyncio.Queue[Pushing] = field(default_factory=asyncio.Queue)

    def __post_init__(self) -> None:
        self.measures(1, 1.0)

    def measures(self, sequence: int, *current: float) -> dict:
        self.measurement = document(sequence, *current)
        return self.measurement

    async def answer(self, request: web.Request) -> web.StreamResponse:
        what = request.match_info["what"]
        self.asked.put_nowait(what)
        self.heard.append(f"{request.path_qs} {dict(request.headers)}")
        answer = getattr(self, what)
        if isinstance(answer, int):
            return web.Response(status=answer)
        if what == "identity":
            return self.proving.identity(request, answer)
        if (agreed := self.proving.agreed(request)) is None:
            raise web.HTTPUnauthorized
        if what == "stream":
            if answer is not None:
                raise web.HTTPTemporaryRedirect(answer)
            return await self._stream(request, agreed)
        return web.Response(text=self.proving.sample(agreed, 0, json.dumps(answer)))

    async def _stream(
        self, request: web.Request, agreed: tuple[bytes, str]
    ) -> web.StreamResponse:
        stream = web.WebSocketResponse()
        await stream.prepare(request)
        self.connections.put_nowait(
            Pushing(stream=stream, agreed=agreed, transport=request.transport)
        )
        async for _ in stream:
            pass
        self.closed.set()
        return stream


@dataclass(kw_only=True)
class Follower:
    """What a meter has told."""

    meter: AmpGuardMeter
    told: asyncio.Queue[MeterSample | MeterError | None] = field(
        default_factory=asyncio.Queue
    )

    async def next(self) -> MeterSample | MeterError | None:
        async with asyncio.timeout(6 * PATIENCE):  # where time is made to pass, of that
            return await self.told.get()

    async def current(self) -> float:
        told = await self.next()
        assert isinstance(told, MeterSample), told
        return told.current[Phase.L1]


async def soon[T](clock: Clock, awaitable: Coroutine[None, None, T]) -> T:
    """Wait for something that waits for its time; time passes meanwhile."""
    task = asyncio.ensure_future(awaitable)
    while not (await asyncio.wait({task}, timeout=0.05))[0]:
        clock.advance(0.5)
    return task.result()


def age(sample: MeterSample | MeterError | None) -> float:
    """Return how old a sample is, s."""
    assert isinstance(sample, MeterSample), sample
    return asyncio.get_running_loop().time() - sample.time


def second(number: float) -> str:
    """Return a second by the meter's own clock, which nobody has set."""
    return datetime.fromtimestamp(number, UTC).isoformat()


@pytest.fixture
async def bridge() -> Bridge:
    return Bridge()


@pytest.fixture
async def serve() -> AsyncGenerator[Callable]:
    """Return a function that puts a bridge on the network, and says where."""
    servers = []

    async def serve(bridge: Bridge) -> str:
        application = web.Application()
        application.router.add_get("/amp-guard/v2/{what}", bridge.answer)
        server = TestServer(application)
        await server.start_server()
        servers.append(server)
        return f"{server.host}:{server.port}"

    yield serve
    for server in servers:
        await server.close()


@pytest.fixture
async def follow(bridge: Bridge, serve: Callable) -> AsyncGenerator[Callable]:
    """Return a function that follows the bridge."""
    host = await serve(bridge)
    session = ClientSession()
    followers = []

    async def follow(**client: object) -> Follower:
        client = AmpGuardClient(session, host=host, pin="12345678", **client)
        follower = Follower(meter=AmpGuardMeter(client, serial_number="1G"))
        tell = follower.told.put_nowait
        await follower.meter.start(tell, tell)
        followers.append(follower)
        return follower

    yield follow
    for follower in followers:
        await follower.meter.stop()
    await session.close()


async def test_samples_are_pushed(bridge: Bridge, follow: Callable) -> None:
    follower = await follow()
    assert await follower.next() is None
    assert await follower.current() == 1.0
    stream = await bridge.connections.get()
    await stream.send_json(bridge.measures(2, 2.0))
    assert await follower.current() == 2.0
    # The same sample again is no sample.
    await stream.send_json(bridge.measurement)
    await stream.send_json(bridge.measures(3, 3.0))
    assert await follower.current() == 3.0


async def test_a_sample_is_as_old_as_the_meter_says(
    bridge: Bridge, follow: Callable, clock: Clock
) -> None:
    bridge.measurement = document(1, 1.0, time=second(1))
    follower = await follow()
    assert await follower.next() is None
    assert age(await follower.next()) < 0.5
    stream = await bridge.connections.get()
    clock.advance(1.0)
    await stream.send_json(document(2, 2.0, time=second(2)))
    assert age(await follower.next()) < 0.5
    clock.advance(61.0)
    await stream.send_json(document(3, 3.0, time=second(3)))
    assert 59.5 < age(await follower.next()) < 60.5
    await stream.send_json(document(4, 4.0, time=second(63)))
    assert age(await follower.next()) < 0.5


async def test_only_what_the_meter_took_later_is_a_new_sample(
    bridge: Bridge, follow: Callable
) -> None:
    bridge.measurement = document(1, 1.0, time=second(10))
    follower = await follow()
    assert await follower.next() is None
    assert await follower.current() == 1.0
    stream = await bridge.connections.get()
    await stream.send_json(document(2, 2.0, time=second(10)))
    await stream.send_json(document(3, 3.0, time=second(9)))
    await stream.send_json(document(4, 4.0, time=second(10**9)))
    await stream.send_json(document(5, 5.0, time=second(10.1)))
    assert await follower.current() == 5.0
    assert follower.meter.rejected_samples == 1  # the one of the future


@pytest.mark.parametrize("time", [None, 1, "", "yesterday", [], "24:61"])
async def test_a_sample_without_a_time_is_of_the_moment_it_came(
    bridge: Bridge, follow: Callable, clock: Clock, time: object
) -> None:
    bridge.measurement = document(1, 1.0, time=time)
    follower = await follow()
    assert await follower.next() is None
    assert age(await follower.next()) < 0.5
    stream = await bridge.connections.get()
    for sequence in (2, 3):
        clock.advance(4.0)
        await stream.send_json(document(sequence, 1.0, time=time))
        assert age(await follower.next()) < 0.5


async def test_what_cannot_be_true_is_counted_and_left_out(
    bridge: Bridge, follow: Callable
) -> None:
    follower = await follow(phases=(Phase.L1, Phase.L2))
    bridge.measures(1, 1.0, 1.0)
    assert await follower.next() is None
    assert await follower.current() == 1.0
    stream = await bridge.connections.get()
    await stream.send_str("rubbish")
    await stream.send_bytes(b"rubbish")
    await stream.send_json(bridge.measures(2, 2.0))  # without the second phase
    await stream.send_json(bridge.measures(3, 3000.0, 3.0))
    await stream.send_json(bridge.measures(4, 4.0, 4.0))
    assert await follower.current() == 4.0
    assert follower.meter.rejected_samples == 4


@pytest.mark.parametrize("net", list(EarthingSystem))
async def test_a_line_may_be_missing_in_an_it_net_alone(
    bridge: Bridge, follow: Callable, net: EarthingSystem
) -> None:
    def lines(sequence: int, **current: float) -> dict:
        phases = {
            line: {"current": amps, "energy_import": 5.0}
            for line, amps in current.items()
        }
        return {"sequence": sequence, "phases": phases}

    bridge.measurement = lines(1, l1=1.0, l2=1.0, l3=1.0)
    follower = await follow(phases=tuple(Phase), net=net)
    assert await follower.next() is None
    assert await follower.current() == 1.0
    stream = await bridge.connections.get()
    await stream.send_json(lines(2, l1=2.0, l3=2.0))
    await stream.send_json(lines(3, l1=3.0))  # one is too few anywhere
    await stream.send_json(lines(4, l1=4.0, l2=4.0, l3=4.0))
    if net is EarthingSystem.IT:
        sample = await follower.next()
        assert isinstance(sample, MeterSample)
        assert sample.connected == (Phase.L1, Phase.L3)
        assert sample.current == (2.0, 0.0, 2.0)
        assert sample.energy_import is None  # or a counter would fall
    assert await follower.current() == 4.0
    assert follower.meter.rejected_samples == (1 if net is EarthingSystem.IT else 2)


async def test_a_bridge_without_a_stream_is_polled(
    bridge: Bridge, follow: Callable, clock: Clock
) -> None:
    bridge.stream = 404
    follower = await follow()
    assert await follower.next() is None
    assert await follower.current() == 1.0
    bridge.measurement = {"sequence": 1}  # rejected
    while await soon(clock, bridge.asked.get()) != "stream":
        pass
    for sequence in range(2, 6):
        bridge.measures(sequence, float(sequence))
        assert await soon(clock, follower.current()) == sequence


async def test_a_silent_stream_that_misses_samples_is_opened_anew(
    bridge: Bridge, follow: Callable, clock: Clock
) -> None:
    follower = await follow()
    assert await follower.next() is None
    assert await follower.current() == 1.0
    first = await bridge.connections.get()
    while not bridge.asked.empty():
        bridge.asked.get_nowait()

    # Silent because there is nothing new: it is asked, and listened to on.
    clock.advance(5.0)
    assert await bridge.asked.get() == "measurement"
    await first.send_json(bridge.measures(2, 2.0))
    assert await follower.current() == 2.0

    # Silent though there is something new.
    bridge.measures(3, 3.0)
    clock.advance(5.0)
    assert await follower.current() == 3.0
    second = await soon(clock, bridge.connections.get())
    await second.send_json(bridge.measures(4, 4.0))
    assert await follower.current() == 4.0


async def test_a_stream_of_rubbish_is_not_waited_for(
    bridge: Bridge, follow: Callable, clock: Clock
) -> None:
    follower = await follow()
    assert await follower.next() is None
    assert await follower.current() == 1.0
    stream = await bridge.connections.get()

    async def say_rubbish() -> None:
        while True:
            await stream.send_str("rubbish")
            await asyncio.sleep(0.5)

    bridge.measures(2, 2.0)
    rubbish = asyncio.create_task(say_rubbish())
    assert await soon(clock, follower.current()) == 2.0
    rubbish.cancel()
    assert follower.meter.rejected_samples >= 5


@pytest.mark.parametrize("pause", [0.2, 1.0, 4.0])
async def test_a_stream_that_only_pings_is_not_waited_for(
    bridge: Bridge, follow: Callable, clock: Clock, pause: float
) -> None:
    """Its connection lives, its samples do not: it is asked all the same."""
    follower = await follow()
    assert await follower.next() is None
    assert await follower.current() == 1.0
    stream = await bridge.connections.get()
    began = asyncio.get_running_loop().time()

    async def ping() -> None:
        while True:
            await stream.ping()
            await asyncio.sleep(pause)

    bridge.measures(2, 2.0)
    pings = asyncio.create_task(ping())
    try:
        assert await soon(clock, follower.current()) == 2.0
    finally:
        pings.cancel()
    assert asyncio.get_running_loop().time() - began < 6.5


async def test_a_bad_answer_is_counted_and_the_stream_goes_on(
    bridge: Bridge, follow: Callable, clock: Clock
) -> None:
    follower = await follow()
    assert await follower.next() is None
    assert await follower.current() == 1.0
    stream = await bridge.connections.get()
    while not bridge.asked.empty():
        bridge.asked.get_nowait()
    bridge.measurement = {"sequence": 2}
    clock.advance(5.0)
    assert await bridge.asked.get() == "measurement"
    await stream.send_json(document(3, 3.0))
    assert await follower.current() == 3.0
    assert follower.meter.rejected_samples == 1


async def test_the_stream_is_not_sought_elsewhere(
    bridge: Bridge, follow: Callable, serve: Callable, clock: Clock
) -> None:
    other = Bridge()
    bridge.stream = f"http://{await serve(other)}/amp-guard/v2/stream"
    follower = await follow()
    assert await follower.next() is None
    assert await follower.current() == 1.0
    bridge.measures(2, 2.0)
    assert await soon(clock, follower.current()) == 2.0
    assert other.heard == []


async def test_a_closed_stream_is_no_lost_meter(
    bridge: Bridge, follow: Callable, clock: Clock
) -> None:
    follower = await follow()
    assert await follower.next() is None
    assert await follower.current() == 1.0
    stream = await bridge.connections.get()
    await stream.close()
    bridge.measures(2, 2.0)
    assert await follower.current() == 2.0
    stream = await soon(clock, bridge.connections.get())
    await stream.send_json(bridge.measures(3, 3.0))
    assert await follower.current() == 3.0


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"identity": IDENTITY | {"serial_number": "2G"}}, NotAMeterError),
        ({"identity": IDENTITY | {"variant": []}}, NotAMeterError),
        ({"identity": 500}, MeterConnectionError),
        ({"measurement": 401}, MeterAuthenticationError),
        ({"measurement": 403}, MeterAuthenticationError),
        ({"measurement": 404}, NotAMeterError),
    ],
)
async def test_the_meter_is_sought_until_it_is_back(
    bridge: Bridge,
    follow: Callable,
    clock: Clock,
    answers: dict,
    error: type[MeterError],
) -> None:
    good = {answer: getattr(bridge, answer) for answer in answers}
    for answer, value in answers.items():
        setattr(bridge, answer, value)
    follower = await follow()
    assert type(await follower.next()) is error
    # It is told once, however often it is tried.
    for _ in range(4):
        while await soon(clock, bridge.asked.get()) != "identity":
            pass
    assert follower.told.empty()

    for answer, value in good.items():
        setattr(bridge, answer, value)
    assert await soon(clock, follower.next()) is None
    assert await follower.current() == 1.0


async def test_the_pin_is_never_on_the_wire(bridge: Bridge, follow: Callable) -> None:
    follower = await follow()
    assert await follower.next() is None
    assert await follower.current() == 1.0
    await bridge.connections.get()
    assert len(bridge.heard) >= 3  # who it is, the stream, the first sample
    assert not [each for each in bridge.heard if "12345678" in each]


@pytest.mark.parametrize("pin", ["", "87654321"])
async def test_who_does_not_have_the_pin_is_not_listened_to(
    bridge: Bridge, follow: Callable, clock: Clock, pin: str
) -> None:
    """Somebody has taken its address, and says what it would say."""
    bridge.proving = Proving(pin=pin)
    follower = await follow()
    assert type(await follower.next()) is MeterAuthenticationError
    for _ in range(3):
        assert await soon(clock, bridge.asked.get()) == "identity"
    assert follower.told.empty()
    assert not [each for each in bridge.heard if "12345678" in each]
    bridge.proving = Proving()
    assert await soon(clock, follower.next()) is None
    assert await follower.current() == 1.0


async def test_who_repeats_an_old_proof_is_not_listened_to(
    bridge: Bridge, follow: Callable, clock: Clock
) -> None:
    """What was overheard once proves nothing later."""
    overheard = []
    identity = bridge.proving.identity

    def repeat(request: web.Request, document: object) -> web.Response:
        if not overheard:
            overheard.append(identity(request, document).text)
        return web.Response(text=overheard[0])

    bridge.proving.identity = repeat
    bridge.measurement = 503
    follower = await follow()
    assert type(await follower.next()) is MeterConnectionError
    bridge.measures(1, 30.0)
    assert type(await soon(clock, follower.next())) is MeterAuthenticationError


@pytest.mark.parametrize(
    "forge",
    [
        lambda text: text.replace('"current": 2.0', '"current": 0.0'),
        lambda text: text.partition("\n")[2],
        lambda text: f"{'0' * 64}\n{text.partition('\n')[2]}",
        lambda _text: "\n",
        lambda _text: "é" * 64 + "\n{}",
    ],
)
async def test_a_sample_that_was_changed_on_its_way_is_refused(
    bridge: Bridge, follow: Callable, forge: Callable
) -> None:
    follower = await follow()
    assert await follower.next() is None
    assert await follower.current() == 1.0
    stream = await bridge.connections.get()
    second = bridge.proving.sample(
        stream.agreed, stream.number, json.dumps(document(2, 2.0))
    )
    await stream.send_raw(forge(second))
    await stream.send_json(document(3, 3.0))
    await stream.send_raw(second)  # what was said once is not said again
    await stream.send_json(document(4, 4.0))
    assert await follower.current() == 3.0
    assert await follower.current() == 4.0
    assert follower.meter.rejected_samples == 2


async def test_a_meter_that_was_restarted_proves_itself_anew(
    bridge: Bridge, follow: Callable, clock: Clock
) -> None:
    """It knows nobody any more: that is no wrong PIN."""
    follower = await follow()
    assert await follower.next() is None
    assert await follower.current() == 1.0
    stream = await bridge.connections.get()
    bridge.proving.sessions.clear()
    bridge.measures(2, 2.0)
    await stream.close()
    assert type(await soon(clock, follower.next())) is MeterConnectionError
    assert await soon(clock, follower.next()) is None
    assert await follower.current() == 2.0


async def test_each_new_reason_is_told(
    bridge: Bridge, follow: Callable, clock: Clock
) -> None:
    bridge.identity = 503
    follower = await follow()
    assert type(await follower.next()) is MeterConnectionError
    bridge.identity, bridge.measurement = IDENTITY, 401
    assert type(await soon(clock, follower.next())) is MeterAuthenticationError


async def test_a_bug_does_not_end_the_search_and_is_told_once(
    bridge: Bridge,
    follow: Callable,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tries = asyncio.Queue()

    async def fail(client: AmpGuardClient, _serial_number: str) -> None:
        tries.put_nowait(client)
        raise ZeroDivisionError

    with monkeypatch.context() as bug:
        bug.setattr(AmpGuardClient, "prove", fail)
        follower = await follow()
        assert type(await follower.next()) is MeterConnectionError
        for _ in range(4):
            await soon(clock, tries.get())
    assert await soon(clock, follower.next()) is None
    assert await follower.current() == 1.0
    assert [r.exc_info[0] for r in caplog.records if r.levelno >= logging.ERROR] == [
        ZeroDivisionError
    ]


async def test_a_meter_that_floods_pings_and_does_not_read_is_left(
    bridge: Bridge, follow: Callable
) -> None:
    follower = await follow()
    assert await follower.next() is None
    stream = await bridge.connections.get()
    stream.transport.pause_reading()

    async def flood() -> None:
        while True:
            await stream.ping()
            await asyncio.sleep(0)

    pings = asyncio.create_task(flood())
    try:
        async with asyncio.timeout(PATIENCE):
            await follower.meter.stop()
    finally:
        pings.cancel()
        stream.transport.abort()


async def test_stopping_leaves_nothing_running(
    bridge: Bridge, follow: Callable
) -> None:
    follower = await follow()
    assert await follower.next() is None
    await follower.meter.stop()
    await follower.meter.stop()
    async with asyncio.timeout(PATIENCE):
        await bridge.closed.wait()
