"""Easee chargers on circuits, and their maker's cloud: REST, and a stream of changes.

Written to what `pyeasee` 0.8.17 sends and reads [July 2026]: a login whose token expires,
the products, what they observe, and commands; changes come as SignalR's JSON over a
WebSocket. A circuit's dynamic limit has a time to live in min (0: for good), after which
its offline limit is in force. Its chargers share it; each can have a limit of its own.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
import json
import secrets
from typing import Any

from aiohttp import WSMsgType, web

from custom_components.amp_guard.model import MINIMUM_SIGNALLED_CURRENT, ChargerStatus
from simulator.charger import NEVER, ChargerModel

from . import Handler
from .charger import ChargerDevice

END_OF_MESSAGE = "\x1e"
INTEGER, DOUBLE = 4, 3
"""Types of data in the stream."""
NO_OWN_LIMIT = 32.0
"""A, of a charger that was told none."""
CURRENTS = (183, 184, 185)
"""What T3, T4 and T5 carry: L1, L2, L3 in a TN net."""
OP_MODES = {
    ChargerStatus.DISCONNECTED: 1,
    ChargerStatus.WAITING: 2,
    ChargerStatus.CHARGING: 3,
    ChargerStatus.FULL: 4,
    ChargerStatus.FAULT: 5,
}


@dataclass(kw_only=True, slots=True, eq=False)
class EaseeCircuit:
    """A circuit; A on each of its phases. `expires` is s of the world."""

    number: int
    dynamic: list[float] = field(default_factory=lambda: [40.0] * 3)
    offline: list[float] = field(default_factory=lambda: [16.0] * 3)
    expires: float = NEVER

    def settle(self, now: float) -> None:
        """Fall back where the time of its limit is over."""
        if now >= self.expires:
            self.dynamic, self.expires = list(self.offline), NEVER


class EaseeCharger(ChargerDevice):
    """One charger on a circuit, its own cloud account where it is given no `cloud`."""

    integration = "easee"

    def __init__(
        self,
        charger: ChargerModel,
        *,
        serial_number: str = "EH123456",
        cloud: EaseeCloud | None = None,
        circuit: EaseeCircuit | None = None,
    ) -> None:
        """Give `charger` its electronics."""
        super().__init__(charger, serial_number=serial_number)
        self.circuit = circuit or EaseeCircuit(number=11)
        self.own_limit = NO_OWN_LIMIT
        self.own_expires = NEVER
        self.cloud = cloud or EaseeCloud()
        self.cloud.chargers.append(self)

    @property
    def flow_input(self) -> dict[str, str]:
        """What the config flow of the integration's double asks for."""
        return {"url": f"http://{self.address}", "username": "me", "password": "secret"}

    def application(self) -> web.Application:
        """Return the cloud's interface."""
        return self.cloud.application()

    def observe(self, now: float) -> None:
        """Follow the physics, and what ends by the clock."""
        super().observe(now)
        if now >= self.own_expires:
            self.own_limit, self.own_expires = NO_OWN_LIMIT, NEVER
        self.cloud.obey(now)

    @property
    def observations(self) -> dict[int, tuple[int, float]]:
        """What it observes, by the stream's numbers."""
        status = self.charger.status
        known: dict[int, tuple[int, float]] = {
            109: (INTEGER, OP_MODES[status]),
            114: (DOUBLE, self.charger.limit),
            182: (DOUBLE, 0.0),
            48: (DOUBLE, self.own_limit),
        }
        for number, dynamic, offline in zip(
            range(3), self.circuit.dynamic, self.circuit.offline, strict=True
        ):
            known[111 + number] = (DOUBLE, dynamic)
            known[50 + number] = (DOUBLE, offline)
        for number, phase in zip(CURRENTS, self.phases, strict=True):
            known[number] = (DOUBLE, round(phase.current, 1))
        return known


class EaseeCloud:
    """The cloud of one account. `refusal` is what it answers to all that is set.

    `latency` is s from a request to its answer, `token_life` s that a login holds.
    """

    def __init__(self) -> None:
        """Start without a charger."""
        self.chargers: list[EaseeCharger] = []
        self.refusal: HTTPStatus | None = None
        self.latency = 0.0
        self.token_life = 3600
        self.requests: list[tuple[str, str, Any]] = []
        """What was asked: method, path, and what was sent."""
        self._tokens: set[str] = set()
        self._streams: set[_Stream] = set()

    def revoke_tokens(self) -> None:
        """Take no login of before any longer."""
        self._tokens.clear()

    def application(self) -> web.Application:
        """Return the interface."""
        application = web.Application(middlewares=[self._answer])
        application.add_routes(
            [
                web.post("/api/accounts/login", self._login),
                web.post("/api/accounts/refresh_token", self._login),
                web.get("/api/accounts/products", self._products),
                web.get("/state/{charger}/observations", self._observations),
                web.post(
                    "/api/sites/1/circuits/{circuit}/dynamicCurrent",
                    self._set_dynamic_current,
                ),
                web.post("/api/sites/1/circuits/{circuit}/settings", self._set_offline),
                web.post(
                    "/api/chargers/{charger}/commands/set_dynamic_charger_current",
                    self._set_own,
                ),
                web.get("/hubs/chargers", self._stream),
            ]
        )
        return application

    # --- what chargers do -----------------------------------------------------------

    def obey(self, now: float) -> None:
        """Share each circuit among its chargers, and tell what changed."""
        for circuit in {charger.circuit for charger in self.chargers}:
            circuit.settle(now)
            for charger, limit in self._shared(circuit):
                if charger.charger.limit != limit:
                    charger.charger.set_limit(limit, now)
        for stream in self._streams:
            stream.changed.set()

    def _shared(self, circuit: EaseeCircuit) -> Iterator[tuple[EaseeCharger, float]]:
        """Return what each charger may have: those with a car share the circuit evenly."""
        left = min(circuit.dynamic)
        there = [each for each in self.chargers if each.circuit is circuit]
        for charger in there:
            if charger.charger.car is None:
                yield charger, min(left, charger.own_limit, charger.charger.max_current)
        drawing = [each for each in there if each.charger.car is not None]
        drawing.sort(key=lambda each: each.own_limit)
        for number, charger in enumerate(drawing):
            share = left / (len(drawing) - number)
            limit = min(share, charger.own_limit, charger.charger.max_current)
            if limit < MINIMUM_SIGNALLED_CURRENT:
                limit = 0.0
            left -= limit
            yield charger, limit

    # --- what is asked --------------------------------------------------------------

    @web.middleware
    async def _answer(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        sent = await request.json() if request.can_read_body else None
        self.requests.append((request.method, request.path, sent))
        await asyncio.sleep(self.latency)
        if not request.path.startswith("/api/accounts/login") and (
            request.headers.get("Authorization", "").removeprefix("Bearer ")
            not in self._tokens
        ):
            raise web.HTTPUnauthorized
        sets = request.method == "POST" and "/accounts/" not in request.path
        if sets and self.refusal is not None:
            return web.json_response({"title": "no"}, status=self.refusal)
        return await handler(request)

    async def _login(self, _request: web.Request) -> web.Response:
        token = secrets.token_hex(8)
        self._tokens.add(token)
        return web.json_response(
            {
                "accessToken": token,
                "refreshToken": "refresh",
                "expiresIn": self.token_life,
                "tokenType": "Bearer",
            }
        )

    async def _products(self, _request: web.Request) -> web.Response:
        circuits = {
            charger.circuit.number: charger.circuit for charger in self.chargers
        }
        return web.json_response(
            [
                {
                    "id": 1,
                    "name": "Home",
                    "circuits": [
                        {
                            "id": number,
                            "ratedCurrent": 40,
                            "chargers": [
                                {"id": each.serial_number, "name": each.serial_number}
                                for each in self.chargers
                                if each.circuit is circuit
                            ],
                        }
                        for number, circuit in circuits.items()
                    ],
                }
            ]
        )

    async def _observations(self, request: web.Request) -> web.Response:
        charger = self._charger(request)
        return web.json_response(
            {
                "observations": [
                    {"id": number, "dataType": kind, "value": value}
                    for number, (kind, value) in charger.observations.items()
                ]
            }
        )

    async def _set_dynamic_current(self, request: web.Request) -> web.Response:
        circuit, told = self._circuit(request), await request.json()
        circuit.dynamic = [float(int(told[f"phase{n}"])) for n in (1, 2, 3)]
        circuit.expires = self._end(told["timeToLive"])
        self.obey(self._now)
        return web.json_response({})

    async def _set_offline(self, request: web.Request) -> web.Response:
        circuit, told = self._circuit(request), await request.json()
        circuit.offline = [
            float(told[f"offlineMaxCircuitCurrentP{n}"]) for n in (1, 2, 3)
        ]
        self.obey(self._now)
        return web.json_response({})

    async def _set_own(self, request: web.Request) -> web.Response:
        charger, told = self._charger(request), await request.json()
        charger.own_limit = float(told["amps"])
        charger.own_expires = self._end(told["minutes"])
        self.obey(self._now)
        return web.json_response({})

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        stream = _Stream(self, ws)
        self._streams.add(stream)
        try:
            await stream.speak()
        finally:
            self._streams.discard(stream)
        return ws

    @property
    def _now(self) -> float:
        return max(charger.now for charger in self.chargers)

    def _end(self, minutes: float) -> float:
        return self._now + 60.0 * minutes if minutes else NEVER

    def _circuit(self, request: web.Request) -> EaseeCircuit:
        number = int(request.match_info["circuit"])
        return next(c.circuit for c in self.chargers if c.circuit.number == number)

    def _charger(self, request: web.Request) -> EaseeCharger:
        name = request.match_info["charger"]
        return next(each for each in self.chargers if each.serial_number == name)


class _Stream:
    """One listener to what changes."""

    def __init__(self, cloud: EaseeCloud, ws: web.WebSocketResponse) -> None:
        self.changed = asyncio.Event()
        self._cloud = cloud
        self._ws = ws
        self._told: dict[str, dict[int, tuple[int, float]]] = {}

    async def speak(self) -> None:
        telling = asyncio.create_task(self._tell())
        try:
            async for message in self._ws:
                if message.type is not WSMsgType.TEXT:
                    break
                for part in filter(None, message.data.split(END_OF_MESSAGE)):
                    await self._hear(json.loads(part))
        finally:
            telling.cancel()

    async def _hear(self, said: dict[str, Any]) -> None:
        if "protocol" in said:
            await self._ws.send_str("{}" + END_OF_MESSAGE)
        elif said.get("target") == "SubscribeWithCurrentState":
            self._told[said["arguments"][0]] = {}
            self.changed.set()

    async def _tell(self) -> None:
        """Tell what changed; what is equal is not told."""
        while True:
            await self.changed.wait()
            self.changed.clear()
            for charger in self._cloud.chargers:
                told = self._told.get(charger.serial_number)
                if told is None:
                    continue
                for number, observed in charger.observations.items():
                    if told.get(number) != observed:
                        told[number] = observed
                        await self._ws.send_str(_update(charger, number, *observed))


def _update(charger: EaseeCharger, number: int, kind: int, value: float) -> str:
    message = {
        "type": 1,
        "target": "ProductUpdate",
        "arguments": [
            {
                "mid": charger.serial_number,
                "dataType": kind,
                "id": number,
                "value": str(value),
            }
        ],
    }
    return json.dumps(message) + END_OF_MESSAGE
