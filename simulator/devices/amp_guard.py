"""An Amp Guard on the LAN, as docs/lan-interface.md lets it speak."""

import asyncio
from collections import OrderedDict, deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
import hashlib
import hmac
import json
import secrets
from statistics import fmean
from typing import Any

from aiohttp import web

from custom_components.amp_guard.model import Phase, PhaseValues

from . import Device, Handler

PREFIX = "/amp-guard/v2"
IDENTITY_PATH = f"{PREFIX}/identity"
RUBBISH = "<html><body>Amp Guard is starting</body></html>"
IMPOSSIBLE_CURRENT = 6553.5
"""A. No sensor of either variant can measure it."""
CLOCK_ROUNDING = 1e-6
"""s. A sum of steps of 0.1 s misses a whole second by less than this."""


MAX_SESSIONS = 16
"""Agreed at a time; the one that was asked for longest ago is forgotten first."""


class Fault(StrEnum):
    """What is wrong with the meter."""

    RUBBISH = "rubbish"
    """Its answers are no JSON."""
    IMPOSSIBLE = "impossible"
    """Its answers are well formed, their figures impossible."""
    FROZEN = "frozen"
    """It repeats its last sample for ever."""
    OUTDATED = "outdated"
    """It repeats its last measurement, as a new sample each time."""
    SILENT = "silent"
    """Connections are taken, and nothing is said on them ..."""
    PINGING = "pinging"
    """... but pings."""
    DROPPED = "dropped"
    """Connections are closed at once, those that are open too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AmpGuardSettings:
    """What the meter is, and how well it measures.

    `sample_interval` and `averaging_window` in s: a sample is the mean of so long (ten
    cycles of the mains, as IEC 61000-4-30 has it). `resolution` in A; `nominal_voltage` in V between a phase
    and N; `source_impedance` in ohm of the supply up to the meter, across which the
    voltage sags. Where `voltage_connected` is false nothing but the size of the
    currents is known. `phases` are those with a current sensor.
    """

    serial_number: str = "2210012345G"
    pin: str = "12345678"
    variant: str = "home"
    firmware: str = "1.0.0"
    mac: str = "02:00:00:00:00:01"
    sample_interval: float = 1.0
    averaging_window: float = 0.2
    resolution: float = 0.1
    nominal_voltage: float = 230.0
    source_impedance: float = 0.2
    voltage_connected: bool = True
    phases: tuple[Phase, ...] = (Phase.L1, Phase.L2, Phase.L3)


class AmpGuard(Device):
    """The meter behind the main switch.

    The site tells it the supply's current as often as the physics steps.
    """

    def __init__(self, settings: AmpGuardSettings | None = None) -> None:
        """Make a meter that has not measured yet."""
        super().__init__()
        self.settings = settings or AmpGuardSettings()
        self.is_followed = asyncio.Event()
        """Whether somebody has its stream open."""
        self._fault: Fault | None = None
        self._fault_changed = asyncio.Event()
        self._connections: dict[web.WebSocketResponse, asyncio.Transport | None] = {}
        self._window: deque[tuple[float, PhaseValues]] = deque()
        self._observed_at = 0.0
        self._next_sample_at = self.settings.sample_interval
        self._energy_import = [0.0, 0.0, 0.0]
        self._energy_export = [0.0, 0.0, 0.0]
        self._sequence = 0
        self._sample: dict[str, Any] = {"sequence": 0, "phases": {}}
        self._sampled = asyncio.Event()
        self._sessions: OrderedDict[str, bytes] = OrderedDict()
        """What was agreed, each key by the challenge that it began with."""

    # --- measuring ------------------------------------------------------------------

    def observe(self, current: PhaseValues, now: float) -> None:
        """Measure the supply's `current` (A, export negative) at `now` (s)."""
        self._count_energy(current, now)
        self._window.append((now, current))
        while (
            self._window[0][0] < now - self.settings.averaging_window + CLOCK_ROUNDING
        ):
            self._window.popleft()
        if now < self._next_sample_at - CLOCK_ROUNDING:
            return
        seen = [each for _, each in self._window]
        mean = PhaseValues(*(fmean(phase) for phase in zip(*seen, strict=True)))
        self._next_sample_at += self.settings.sample_interval
        if self._fault is not Fault.FROZEN:
            self._sequence += 1
            if self._fault is Fault.OUTDATED:
                self._sample |= {"sequence": self._sequence}
            else:
                self._sample = self._take_sample(mean)
        sampled, self._sampled = self._sampled, asyncio.Event()
        sampled.set()

    def _voltage(self, current: float) -> float:
        return self.settings.nominal_voltage - self.settings.source_impedance * current

    def _count_energy(self, current: PhaseValues, now: float) -> None:
        elapsed, self._observed_at = now - self._observed_at, now
        for phase in Phase:
            power = current[phase] * self._voltage(current[phase])
            counter = self._energy_import if power > 0 else self._energy_export
            counter[phase] += abs(power) * elapsed / 3_600_000

    def _take_sample(self, current: PhaseValues) -> dict[str, Any]:
        return {
            "sequence": self._sequence,
            "time": self._clock().isoformat(),
            "phases": {
                phase.name.lower(): self._measure_phase(phase, current[phase])
                for phase in self.settings.phases
            },
        }

    @staticmethod
    def _clock() -> datetime:
        """Return its own time: it goes right, but nobody has set it."""
        return datetime.fromtimestamp(asyncio.get_running_loop().time(), UTC)

    def _measure_phase(self, phase: Phase, current: float) -> dict[str, float]:
        resolution = self.settings.resolution
        measured = round(round(current / resolution) * resolution, 6)
        if not self.settings.voltage_connected:
            return {"current": abs(measured)}
        voltage = self._voltage(current)
        return {
            "current": measured,
            "voltage": round(voltage, 1),
            "power": round(current * voltage, 1),
            "energy_import": round(self._energy_import[phase], 3),
            "energy_export": round(self._energy_export[phase], 3),
        }

    # --- faults ---------------------------------------------------------------------

    @property
    def fault(self) -> Fault | None:
        """What is wrong with the meter now; setting it breaks or mends the meter."""
        return self._fault

    @fault.setter
    def fault(self, fault: Fault | None) -> None:
        self._fault = fault
        changed, self._fault_changed = self._fault_changed, asyncio.Event()
        changed.set()
        if fault is Fault.DROPPED:
            for connection in self._connections.values():
                _drop(connection)

    # --- the wire -------------------------------------------------------------------

    @property
    def samples_taken(self) -> int:
        """How many samples it has taken."""
        return self._sequence

    @property
    def is_listened_to(self) -> bool:
        """Whether anybody takes its stream."""
        return bool(self._connections)

    def application(self) -> web.Application:
        """Return the LAN interface."""
        application = web.Application(middlewares=[self._break, self._authenticate])
        application.add_routes(
            [
                web.get(IDENTITY_PATH, self._identity),
                web.get(f"{PREFIX}/measurement", self._measurement),
                web.get(f"{PREFIX}/stream", self._stream),
            ]
        )
        application.on_shutdown.append(self._close_streams)
        return application

    @web.middleware
    async def _break(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        if self._fault in (Fault.SILENT, Fault.PINGING):
            await self._fault_changed.wait()
        if self._fault is Fault.DROPPED:
            _drop(request.transport)
            raise web.HTTPServiceUnavailable
        if self._fault is Fault.RUBBISH:
            return web.Response(text=RUBBISH)
        return await handler(request)

    @web.middleware
    async def _authenticate(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        if request.path != IDENTITY_PATH:
            scheme, _, given = request.headers.get("Authorization", "").partition(" ")
            challenge, _, rest = given.partition(":")
            asked, _, shown = rest.partition(":")
            key = self._sessions.get(challenge)
            if scheme != "Amp-Guard" or key is None:
                raise web.HTTPUnauthorized
            if not hmac.compare_digest(shown.encode(), _sign(key, "client", asked)):
                raise web.HTTPUnauthorized
            request[AGREED] = _Agreed(key=key, asked=asked)
        return await handler(request)

    async def _identity(self, request: web.Request) -> web.Response:
        identity = {
            "contract": 2,
            "model": "Amp Guard",
            "variant": self.settings.variant,
            "serial_number": self.settings.serial_number,
            "firmware": self.settings.firmware,
            "network": {"interface": "lan", "mac": self.settings.mac},
        }
        asked = request.query.get("challenge")
        if asked is None:
            return web.json_response(identity)
        challenge = secrets.token_hex(16)
        text = json.dumps(identity | {"challenge": challenge})
        key = _key(self.settings.pin, self.settings.serial_number)
        session = _sign(key, "session", asked, challenge)
        self._sessions[challenge] = bytes.fromhex(session.decode())
        if len(self._sessions) > MAX_SESSIONS:
            self._sessions.popitem(last=False)
        return web.Response(text=_signed(key, text, "identity", asked))

    def restart(self) -> None:
        """Be switched off and on: what was agreed is forgotten, connections end."""
        self._sessions.clear()
        for connection in self._connections.values():
            _drop(connection)

    async def _measurement(self, request: web.Request) -> web.Response:
        if not self._sequence:
            raise web.HTTPServiceUnavailable  # it has only just been switched on
        return web.Response(text=request[AGREED].sample(self._message(), 0))

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        stream = web.WebSocketResponse()
        await stream.prepare(request)
        self._connections[stream] = request.transport
        self.is_followed.set()
        sender = asyncio.create_task(self._send_samples(stream, request[AGREED]))
        try:
            # The client only listens; reading shows when it goes.
            async for _ in stream:
                pass
        finally:
            del self._connections[stream]
            if not self._connections:
                self.is_followed.clear()
            sender.cancel()
        return stream

    async def _send_samples(
        self, stream: web.WebSocketResponse, agreed: _Agreed
    ) -> None:
        sent = 0
        while not stream.closed:
            await self._sampled.wait()
            with suppress(ConnectionError):  # reading sees it too, and ends this
                if self._fault is Fault.PINGING:
                    await stream.ping()
                elif self._fault is not Fault.SILENT:
                    message = agreed.sample(self._message(), sent)
                    sent += 1
                    await stream.send_str(message)

    async def _close_streams(self, _application: web.Application) -> None:
        for stream in list(self._connections):
            await stream.close()

    def _message(self) -> str:
        if self._fault is Fault.RUBBISH:
            return RUBBISH
        if self._fault is Fault.IMPOSSIBLE:
            impossible = {"current": IMPOSSIBLE_CURRENT}
            return json.dumps(
                self._sample
                | {"phases": dict.fromkeys(self._sample["phases"], impossible)}
            )
        return json.dumps(self._sample)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Agreed:
    """The session of a request, and what the client asked in it."""

    key: bytes
    asked: str

    def sample(self, text: str, number: int) -> str:
        """Return a sample as it goes out, the `number`th that the request brings."""
        return _signed(self.key, text, "sample", self.asked, str(number))


AGREED = web.RequestKey("agreed", _Agreed)


@lru_cache
def _key(pin: str, serial_number: str) -> bytes:
    return hashlib.pbkdf2_hmac(
        "sha256", pin.encode(), b"amp-guard:" + serial_number.encode(), 100_000
    )


def _sign(key: bytes, *said: str) -> bytes:
    return hmac.new(key, "\n".join(said).encode(), "sha256").hexdigest().encode()


def _signed(key: bytes, text: str, *about: str) -> str:
    return f"{_sign(key, *about, text).decode()}\n{text}"


def _drop(connection: asyncio.Transport | None) -> None:
    if connection is not None:
        connection.abort()
