"""A Lektrico charger on the LAN: its local RPC over HTTP.

Written to what the client library `lektricowifi` 0.1 sends and reads: what is read is a
GET of `/rpc/<method>`, what is told is a POST of the method and its parameters to
`/rpc`. Currents in A, powers in W, a session's energy in Wh, all energy in kWh.
"""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from custom_components.amp_guard.model import ChargerStatus
from simulator.charger import ChargerModel

from .charger import ChargerDevice

MAX_CURRENT = 32
ONE_PHASE, THREE_PHASES = 1, 3
"""The relay modes."""
NO_LIMIT, INSTALLATION_CURRENT, DYNAMIC_LIMIT = 0, 1, 3
"""Reasons of the limit in force, by their place in the client library's list."""

EXTENDED_STATES = {
    ChargerStatus.DISCONNECTED: "A",
    ChargerStatus.WAITING: "B",
    ChargerStatus.FULL: "B",
    ChargerStatus.CHARGING: "C",
    ChargerStatus.FAULT: "E",
}


class Lektrico(ChargerDevice):
    """A 3P22K, left to charge without authorization.

    Its limit and its pause are one figure: below 6 A it does not charge.
    """

    integration = "lektrico"

    def __init__(self, charger: ChargerModel, *, serial_number: str = "500006") -> None:
        """Give `charger` its electronics."""
        super().__init__(charger, serial_number=serial_number)
        self.dynamic_current = round(charger.limit)
        """A, as last told."""
        self.relay_mode = THREE_PHASES
        self.headless = True
        """Whether it charges without authorization."""
        self.led_max_brightness = 20

    def application(self) -> web.Application:
        """Return the RPC interface."""
        application = web.Application()
        application.add_routes(
            [
                web.get("/rpc/{method}", self._read),
                web.post("/rpc", self._command),
            ]
        )
        return application

    # --- being told -----------------------------------------------------------------

    async def _command(self, request: web.Request) -> web.Response:
        command = await request.json()
        commands: dict[str, Callable[[dict[str, Any]], None]] = {
            "dynamic_current.set": self._set_dynamic_current,
            "app_config.set": self._configure,
        }
        obey = commands.get(command["method"].lower())
        if obey is None:
            raise web.HTTPNotFound
        obey(command["params"])
        return web.json_response(
            {"dst": command["src"], "id": command["id"], "result": True}
        )

    def _set_dynamic_current(self, params: dict[str, Any]) -> None:
        current = params["dynamic_current"]
        if not 0 <= current <= MAX_CURRENT:
            raise web.HTTPBadRequest
        if (relay_mode := params.get("relay_mode")) is not None:
            if relay_mode not in (ONE_PHASE, THREE_PHASES):
                raise web.HTTPBadRequest
            self.relay_mode = relay_mode
            self.charger.set_phases(relay_mode, self.now)
        self.dynamic_current = round(current)
        self.charger.set_limit(self.dynamic_current, self.now)

    def _configure(self, params: dict[str, Any]) -> None:
        if params["config_key"] not in ("headless", "led_max_brightness"):
            raise web.HTTPBadRequest
        setattr(self, params["config_key"], params["config_value"])

    # --- telling --------------------------------------------------------------------

    async def _read(self, request: web.Request) -> web.Response:
        answers: dict[str, Callable[[], dict[str, Any]]] = {
            "device_id.get": lambda: {"device_id": f"3p22k_{self.serial_number}"},
            "charger_config.get": self._charger_config,
            "charger_info.get": self._charger_info,
            "app_config.get": self._app_config,
            "dynamic_current.get": self._dynamic_current,
        }
        answer = answers.get(request.match_info["method"].lower())
        if answer is None:
            raise web.HTTPNotFound
        return web.json_response(answer())

    def _charger_config(self) -> dict[str, Any]:
        return {"serial_number": int(self.serial_number), "board_revision": "B"}

    def _charger_info(self) -> dict[str, Any]:
        session = self.session
        return {
            "extended_charger_state": EXTENDED_STATES[self.charger.status],
            "currents": [round(phase.current, 2) for phase in self.phases],
            "voltages": [phase.voltage for phase in self.phases],
            "instant_power": round(sum(phase.power for phase in self.phases), 1),
            "session_energy": round(self.session_energy, 1),
            "charging_time": round(session.charging_time) if session else 0,
            "total_charged_energy": round(self.total_energy / 1000, 1),
            "current_limit_reason": self._limit_reason(),
            "has_active_errors": False,
            "temperature": 31.7,
            "fw_version": "1.44",
        }

    def _limit_reason(self) -> int:
        if self.dynamic_current < self.charger.max_current:
            return DYNAMIC_LIMIT
        return NO_LIMIT if self.charger.max_current >= 32 else INSTALLATION_CURRENT

    def _app_config(self) -> dict[str, Any]:
        return {
            "headless": self.headless,
            "led_max_brightness": self.led_max_brightness,
            "install_current": round(self.charger.max_current),
            "user_current": MAX_CURRENT,
        }

    def _dynamic_current(self) -> dict[str, Any]:
        return {"dynamic_current": self.dynamic_current, "relay_mode": self.relay_mode}
