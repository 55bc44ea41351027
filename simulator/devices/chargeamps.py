"""Charge Amps charge points, and their maker's cloud: REST.

Written to what the client of `hass-chargeamps` 2.3.0 sends and reads [eAPI v5, May 2026]:
a login whose token names its own end, the owned charge points, what each says, its
settings and sessions, and each connector's settings, which are written as a whole.
"""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import Callable
from http import HTTPStatus
import json
import time
from typing import Any

from aiohttp import web

from custom_components.amp_guard.model import ChargerStatus
from simulator.charger import ChargerModel

from . import Handler
from .charger import ChargerDevice

API = "/api/v5"
API_KEY = "key"
PASSWORD = "secret"  # noqa: S105 - of a simulated account
SESSIONS = 50
"""Ended ones that a charge point remembers: all of them are told each time."""


class ChargeAmpsConnector(ChargerDevice):
    """One connector of a charge point; in an account of its own without a `cloud`."""

    integration = "chargeamps"

    def __init__(
        self,
        charger: ChargerModel,
        *,
        serial_number: str = "2209041111H",
        connector: int = 1,
        cloud: ChargeAmpsCloud | None = None,
    ) -> None:
        """Give `charger` its electronics."""
        super().__init__(charger, serial_number=serial_number)
        self.connector = connector
        self.mode = "On"
        self.max_current: float | None = charger.limit
        """A, as the cloud knows it: None where it was never told."""
        self.cloud = cloud or ChargeAmpsCloud()
        self.cloud.connectors.append(self)

    @property
    def flow_input(self) -> dict[str, str]:
        """What the config flow of the integration asks for."""
        return {
            "url": f"http://{self.address}",
            "email": "me@example.org",
            "password": PASSWORD,
            "api_key": API_KEY,
        }

    def application(self) -> web.Application:
        """Return the cloud's interface."""
        return self.cloud.application()

    def set(self, *, mode: str, max_current: float | None) -> None:
        """Take its settings: all of them, as they are written."""
        self.mode, self.max_current = mode, max_current
        self.charger.set_paused(mode == "Off", self.now)
        if max_current is not None:
            self.charger.set_limit(max_current, self.now)

    @property
    def settings(self) -> dict[str, Any]:
        """Its settings, as the cloud tells them."""
        return {
            "chargePointId": self.serial_number,
            "connectorId": self.connector,
            "mode": self.mode,
            "rfidLock": False,
            "cableLock": False,
            "maxCurrent": self.max_current,
            "installationCurrent": 32,
        }

    @property
    def state(self) -> dict[str, Any]:
        """What it says, as the cloud tells it."""
        measurements = [
            {"phase": f"L{number}", "current": phase.current, "voltage": phase.voltage}
            for number, phase in enumerate(self.phases, start=1)
        ]
        return {
            "chargePointId": self.serial_number,
            "connectorId": self.connector,
            "totalConsumptionKwh": self.session_energy / 1000,
            "status": self._word,
            "measurements": measurements if self.charger.power else None,
        }

    @property
    def _word(self) -> str:
        match self.charger.status:
            case ChargerStatus.DISCONNECTED:
                return "Available"
            case ChargerStatus.CHARGING:
                return "Charging"
            case ChargerStatus.FULL:
                return "Finishing"
        return "SuspendedEV" if self.charger.offered else "SuspendedEVSE"


class ChargeAmpsCloud:
    """The cloud of one account.

    A request takes `latency` s, the sessions `latency_of_sessions`. `failing` says of a
    method and path which error is the answer; then nothing is carried out. A token holds
    for `token_life` s, or until it is revoked.
    """

    def __init__(self) -> None:
        """Start without a charge point."""
        self.connectors: list[ChargeAmpsConnector] = []
        self.latency = 0.0
        self.latency_of_sessions = 0.0
        self.token_life = 3600.0
        self.failing: Callable[[str, str], HTTPStatus | None] = lambda *_: None
        self.requests: list[tuple[str, str, HTTPStatus]] = []
        """What was asked: method, path, and the answer."""
        self._tokens: set[str] = set()

    def revoke_tokens(self) -> None:
        """Take no token of before any longer."""
        self._tokens.clear()

    def application(self) -> web.Application:
        """Return the interface."""
        application = web.Application(middlewares=[self._answer])
        points, connector = f"{API}/chargepoints", "connectors/{number}/settings"
        application.add_routes(
            [
                web.post(f"{API}/auth/login", self._login),
                web.post(f"{API}/auth/refreshtoken", self._login),
                web.get(f"{points}/owned", self._owned),
                web.get(f"{points}/{{id}}/status", self._status),
                web.get(f"{points}/{{id}}/settings", self._settings),
                web.get(f"{points}/{{id}}/chargingsessions", self._sessions),
                web.get(f"{points}/{{id}}/{connector}", self._read),
                web.put(f"{points}/{{id}}/{connector}", self._write),
            ]
        )
        return application

    @web.middleware
    async def _answer(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        status = self._error(request)
        response = await handler(request) if status is None else web.json_response({})
        if status is not None:
            response.set_status(status)
        asked = (request.method, request.path, HTTPStatus(response.status))
        self.requests.append(asked)
        # It is carried out before the answer is on its way.
        of_sessions = request.path.endswith("chargingsessions")
        await asyncio.sleep(self.latency_of_sessions if of_sessions else self.latency)
        return response

    def _error(self, request: web.Request) -> HTTPStatus | None:
        failure = self.failing(request.method, request.path)
        if failure is not None or "/auth/" in request.path:
            return failure
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return None if token in self._tokens else HTTPStatus.UNAUTHORIZED

    async def _login(self, request: web.Request) -> web.Response:
        if request.headers.get("apiKey") != API_KEY:
            return web.json_response({}, status=HTTPStatus.UNAUTHORIZED)
        claims = {"exp": time.time() + self.token_life, "n": len(self.requests)}
        parts = (json.dumps(each).encode() for each in ({"alg": "none"}, claims))
        token = ".".join(urlsafe_b64encode(part).decode() for part in parts) + "."
        self._tokens.add(token)
        return web.json_response({"token": token, "refreshToken": "refresh"})

    async def _owned(self, _request: web.Request) -> web.Response:
        ids = dict.fromkeys(each.serial_number for each in self.connectors)
        return web.json_response(
            [
                {
                    "id": each,
                    "name": each,
                    "type": "Aura" if len(self._of(each)) > 1 else "Halo",
                    "connectors": [
                        {"connectorId": connector.connector, "type": "Charger"}
                        for connector in self._of(each)
                    ],
                }
                for each in ids
            ]
        )

    async def _status(self, request: web.Request) -> web.Response:
        connectors = self._of(request.match_info["id"])
        return web.json_response(
            {
                "id": request.match_info["id"],
                "status": "Online",
                "connectorStatuses": [each.state for each in connectors],
            }
        )

    async def _settings(self, request: web.Request) -> web.Response:
        return web.json_response({"id": request.match_info["id"], "dimmer": "Off"})

    async def _sessions(self, request: web.Request) -> web.Response:
        return web.json_response(
            [
                {"id": each, "connectorId": 1, "totalConsumptionKwh": 1.0}
                for each in range(SESSIONS)
            ]
        )

    async def _read(self, request: web.Request) -> web.Response:
        return web.json_response(self._connector(request).settings)

    async def _write(self, request: web.Request) -> web.Response:
        told = await request.json()
        connector = self._connector(request)
        connector.set(mode=told["mode"], max_current=told["maxCurrent"])
        return web.json_response({})

    def _of(self, charge_point: str) -> list[ChargeAmpsConnector]:
        return [each for each in self.connectors if each.serial_number == charge_point]

    def _connector(self, request: web.Request) -> ChargeAmpsConnector:
        number = int(request.match_info["number"])
        own = self._of(request.match_info["id"])
        return next(each for each in own if each.connector == number)
