"""An OpenEVSE on the LAN: its HTTP API, and the WebSocket on which it pushes.

Written to what the client library `python-openevse-http` 1.5.0 sends and reads. What is
told is a manual override of its configuration: `state` and `charge_current` (A). On the
wire currents are in A but for `amp`, which is in mA; energies in kWh.
"""

import asyncio
from contextlib import suppress
from typing import Any

from aiohttp import web

from custom_components.amp_guard.model import MINIMUM_SIGNALLED_CURRENT, ChargerStatus
from simulator.car import PHASE_VOLTAGE
from simulator.charger import ChargerModel

from .charger import ChargerDevice

STATES = {
    ChargerStatus.DISCONNECTED: 1,
    ChargerStatus.WAITING: 2,
    ChargerStatus.FULL: 2,
    ChargerStatus.CHARGING: 3,
    ChargerStatus.FAULT: 6,
}
SLEEPING = 254
"""The state while it is disabled, whatever its car does."""
STATE_NAMES = {
    1: "not connected",
    2: "connected",
    3: "charging",
    6: "gfci fault",
    SLEEPING: "sleeping",
}


class OpenEVSE(ChargerDevice):
    """A one-phase OpenEVSE, left to charge without authorization."""

    integration = "openevse"

    def __init__(
        self, charger: ChargerModel, *, serial_number: str = "020000000301"
    ) -> None:
        """Give `charger` its electronics; its MAC address is its serial number."""
        super().__init__(charger, serial_number=serial_number)
        self.max_current_soft = round(charger.limit)
        """A, as configured: what holds without an override."""
        self.override: dict[str, Any] = {}
        self._changed = asyncio.Event()
        self._listening: set[web.WebSocketResponse] = set()

    def observe(self, now: float) -> None:
        """Follow the physics; who listens is told what changed."""
        super().observe(now)
        self._notify()

    def application(self) -> web.Application:
        """Return the HTTP API."""
        application = web.Application()
        application.add_routes(
            [
                web.get("/config", self._config),
                web.get("/status", self._read_status),
                web.get("/override", self._read_override),
                web.post("/override", self._set_override),
                web.delete("/override", self._clear_override),
                web.get("/ws", self._listen),
            ]
        )
        application.on_shutdown.append(self._hang_up)
        return application

    # --- being told -----------------------------------------------------------------

    async def _set_override(self, request: web.Request) -> web.Response:
        override = await request.json()
        current = override.get("charge_current", self.max_current_soft)
        if not MINIMUM_SIGNALLED_CURRENT <= current <= self.charger.max_current:
            return web.json_response({"msg": "Bad request"}, status=400)
        self._obey(override)
        return web.json_response({"msg": "OK"})

    async def _clear_override(self, _request: web.Request) -> web.Response:
        self._obey({})
        return web.json_response({"msg": "Deleted"})

    def _obey(self, override: dict[str, Any]) -> None:
        self.override = override
        self.charger.set_limit(
            override.get("charge_current", self.max_current_soft), self.now
        )
        self.charger.set_paused(override.get("state") == "disabled", self.now)
        self._notify()

    # --- telling --------------------------------------------------------------------

    async def _config(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "wifi_serial": self.serial_number,
                "buildenv": "openevse_wifi_v1",
                "version": "5.1.2",
                "firmware": "8.2.1.EU",
                "protocol": "5.2.1",
                "min_current_hard": round(MINIMUM_SIGNALLED_CURRENT),
                "max_current_hard": round(self.charger.max_current),
                "max_current_soft": self.max_current_soft,
                "service": 2,
                "divert_enabled": False,
            }
        )

    async def _read_status(self, _request: web.Request) -> web.Response:
        return web.json_response(self._status())

    async def _read_override(self, _request: web.Request) -> web.Response:
        return web.json_response(self.override)

    def _status(self) -> dict[str, Any]:
        state = SLEEPING if self.charger.paused else STATES[self.charger.status]
        session = self.session
        return {
            "mode": "STA",
            "state": state,
            "status": STATE_NAMES[state],
            "vehicle": int(self.charger.status is not ChargerStatus.DISCONNECTED),
            "pilot": round(self.charger.limit),
            "amp": round(self.phases[0].current * 1000),
            "voltage": round(PHASE_VOLTAGE),
            "elapsed": round(session.charging_time) if session else 0,
            "session_energy": round(self.session_energy),
            "total_energy": round(self.total_energy / 1000, 1),
            "manual_override": int(bool(self.override)),
        }

    # --- pushing --------------------------------------------------------------------

    def _notify(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _listen(self, request: web.Request) -> web.WebSocketResponse:
        stream = web.WebSocketResponse()
        await stream.prepare(request)
        self._listening.add(stream)
        pushing = asyncio.create_task(self._push(stream))
        try:
            # It answers the client's pings; nothing else is said to it.
            async for _ in stream:
                pass
        finally:
            self._listening.discard(stream)
            pushing.cancel()
        return stream

    async def _push(self, stream: web.WebSocketResponse) -> None:
        """Send what changed since it was sent last."""
        sent: dict[str, Any] = {}
        with suppress(ConnectionError):  # reading sees it too, and ends this
            while not stream.closed:
                changed, status = self._changed, self._status()
                news = {
                    key: value
                    for key, value in status.items()
                    if sent.get(key) != value
                }
                if news:
                    await stream.send_json(news)
                    sent = status
                await changed.wait()

    async def _hang_up(self, _application: web.Application) -> None:
        for stream in list(self._listening):
            await stream.close()
