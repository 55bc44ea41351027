"""A Wallbox charger behind its maker's cloud: the cloud's REST interface.

Written to what the client library `wallbox` 0.9 sends and reads. The cloud answers what
it was told, and knows of the charger what that told last: each 15 s, and some seconds
after a change. Currents in A, power in kW.
"""

import json
import time
from typing import Any, ClassVar, override

from aiohttp import web

from custom_components.amp_guard.model import ChargerStatus
from simulator.charger import ChargerModel

from .charger import ChargerDevice

REPORT_INTERVAL = 15.0
"""s."""
CHANGE_DELAY = 3.0
"""s until a change is known in the cloud."""
MAX_CURRENT = 32
TOKEN_LIFE = 15 * 60
"""s."""
RESUME, PAUSE = 1, 2
"""Remote actions."""

STATUS_IDS = {
    ChargerStatus.DISCONNECTED: 161,
    ChargerStatus.WAITING: 164,
    ChargerStatus.FULL: 181,
    ChargerStatus.CHARGING: 194,
    ChargerStatus.FAULT: 14,
}
PAUSED, SCHEDULED = 182, 177


class WallboxCloud(ChargerDevice):
    """The cloud, with one Pulsar.

    `forbids` is what the account has no rights to: "charger" (its settings),
    "remote-action". `refuses` is how many of the next commands it answers "too many
    requests". `scheduled` is whether a schedule of its own keeps it from charging.
    """

    integration: ClassVar[str] = "wallbox"

    def __init__(self, charger: ChargerModel, *, serial_number: str = "12345") -> None:
        """Give `charger` its electronics, and the cloud behind it."""
        super().__init__(charger, serial_number=serial_number)
        self.forbids: set[str] = set()
        self.scheduled = False
        self.refuses = 0
        self.max_charging_current = round(charger.limit)
        self._known: dict[str, Any] = {}
        self._reported_at = float("-inf")
        self._changed_at: float | None = None
        self._report()

    @property
    @override
    def flow_input(self) -> dict[str, str]:
        return {
            "station": self.serial_number,
            "username": "owner@example.com",
            "password": "secret",
        }

    @override
    def application(self) -> web.Application:
        application = web.Application()
        application.add_routes(
            [
                web.get("/users/signin", self._sign_in),
                web.get("/users/refresh-token", self._sign_in),
                web.get("/chargers/status/{id}", self._status),
                web.put("/v2/charger/{id}", self._configure),
                web.post("/v3/chargers/{id}/remote-action", self._act),
            ]
        )
        return application

    @override
    def observe(self, now: float) -> None:
        if self.scheduled and not self.charger.paused:
            self.charger.set_paused(True, now)
        super().observe(now)
        if self._changed_at is None and self._figures() != self._known:
            self._changed_at = now
        changed_at = self._changed_at
        is_told = changed_at is not None and now - changed_at >= CHANGE_DELAY
        if is_told or now - self._reported_at >= REPORT_INTERVAL:
            self._report()

    def _report(self) -> None:
        self._known = self._figures()
        self._reported_at, self._changed_at = self.now, None

    def _figures(self) -> dict[str, Any]:
        charger = self.charger
        waits = charger.status is ChargerStatus.WAITING
        status_id = STATUS_IDS[charger.status]
        if waits and charger.paused:
            status_id = SCHEDULED if self.scheduled else PAUSED
        return {
            "status_id": status_id,
            "charging_power": round(charger.power / 1000, 2),
            "added_energy": round(self.session_energy / 1000, 2),
        }

    # --- the interface ----------------------------------------------------------------

    async def _sign_in(self, _request: web.Request) -> web.Response:
        until = round((time.time() + TOKEN_LIFE) * 1000)
        attributes = {
            "token": "token",
            "refresh_token": "refresh",
            "ttl": until,
            "refresh_token_ttl": until,
        }
        return web.json_response({"data": {"attributes": attributes}})

    async def _status(self, _request: web.Request) -> web.Response:
        status = {
            "name": f"Pulsar SN {self.serial_number}",
            "charging_speed": 0,
            "max_available_power": MAX_CURRENT,
            "current_mode": 1,
            "added_range": 0,
            "added_green_energy": 0,
            "added_discharged_energy": 0,
            "added_grid_energy": 0,
            "cost": 0,
            "state_of_charge": None,
            "depot_price": 0,
            "config_data": {
                "max_charging_current": self.max_charging_current,
                "locked": 0,
                "energy_price": 0.2,
                "icp_max_current": 0,
                "currency": {"code": "EUR"},
                "plan": {"features": []},
                "serial_number": self.serial_number,
                "part_number": "PLP1-0-2-4-9-002-E",
                "software": {"currentVersion": "6.7.31"},
                "ecosmart": {"enabled": False, "mode": None},
            },
            **self._known,
        }
        return web.json_response(status)

    async def _configure(self, request: web.Request) -> web.Response:
        self._admit("charger")
        current = json.loads(await request.text())["maxChargingCurrent"]
        self.max_charging_current = round(current)
        self.charger.set_limit(self.max_charging_current, self.now)
        charger_data = {"maxChargingCurrent": self.max_charging_current, "locked": 0}
        return web.json_response({"data": {"chargerData": charger_data}})

    async def _act(self, request: web.Request) -> web.Response:
        self._admit("remote-action")
        action = json.loads(await request.text())["action"]
        if action not in (RESUME, PAUSE):
            raise web.HTTPBadRequest
        self.charger.set_paused(action == PAUSE, self.now)
        return web.json_response({})

    def _admit(self, what: str) -> None:
        if self.refuses > 0:
            self.refuses -= 1
            raise web.HTTPTooManyRequests
        if what in self.forbids:
            raise web.HTTPForbidden
