"""An NRGkick Gen2 on the LAN: its local JSON API.

Written to what the client library `nrgkick-api` 1.7.1 sends and reads: everything is a
GET, a command too, and a refusal is an answer with the reason under `Response`. Read
with `raw=1` states are numbers; without, which nobody here does, they would be names.
Currents in A, powers in W, energies in Wh.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable
import math
from typing import Any

from aiohttp import web

from custom_components.amp_guard.model import MINIMUM_SIGNALLED_CURRENT, ChargerStatus
from simulator.car import PHASE_VOLTAGE
from simulator.charger import ChargerModel

from . import Handler
from .charger import ChargerDevice

GRID_FREQUENCY = 50.0
RELAYS_OF_N_L1_L2_L3 = 0b1111
ENERGY_LIMIT_REACHED = 3
"""The warning code."""
API_DISABLED = "API must be enabled within the NRGkick App"
"""Word for word: the client library knows the state by it."""

STATUS_CODES = {
    ChargerStatus.DISCONNECTED: 1,
    ChargerStatus.WAITING: 2,
    ChargerStatus.FULL: 2,
    ChargerStatus.CHARGING: 3,
    ChargerStatus.FAULT: 6,
}


class NRGkick(ChargerDevice):
    """A three-phase NRGkick.

    `username` and `password` lock the API where both are given.
    """

    integration = "nrgkick"

    def __init__(
        self,
        charger: ChargerModel,
        *,
        serial_number: str = "NRG0000001",
        mac_address: str = "02:00:00:00:02:01",
        device_name: str = "NRGkick",
        username: str = "",
        password: str = "",
    ) -> None:
        """Give `charger` its electronics."""
        super().__init__(charger, serial_number=serial_number)
        self.mac_address = mac_address
        self.device_name = device_name
        self.api_enabled = True
        """Whether the owner has enabled the JSON API in the app."""
        self.may_switch_phases = False
        """Whether its owner has activated that in the app."""
        self.phase_count = len(charger.wiring)
        self.current_set = charger.limit
        """A, as last told."""
        self.charge_pause = 0
        self.energy_limit = 0
        """Wh a session; 0 is none."""
        credentials = b64encode(f"{username}:{password}".encode()).decode()
        self._authorization = f"Basic {credentials}" if username and password else None
        self._peak_power = 0.0

    @property
    def energy_limit_reached(self) -> bool:
        """Whether this session has had all that it may have."""
        return 0 < self.energy_limit <= self.session_energy

    def observe(self, now: float) -> None:
        """Follow the physics; a session that has had its energy is paused."""
        super().observe(now)
        self._peak_power = max(self._peak_power, self.charger.power)
        if self.energy_limit_reached and not self.charge_pause:
            self._pause(True)

    def application(self) -> web.Application:
        """Return the JSON API."""
        application = web.Application(middlewares=[self._check_access])
        application.add_routes(
            [
                web.get("/info", self._info),
                web.get("/values", self._values),
                web.get("/control", self._control),
            ]
        )
        return application

    @web.middleware
    async def _check_access(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        if not self.api_enabled:
            return refusal(API_DISABLED)
        given = request.headers.get("Authorization")
        if self._authorization and given != self._authorization:
            return web.json_response({"Response": "401 Unauthorized"}, status=401)
        return await handler(request)

    # --- being told -----------------------------------------------------------------

    async def _control(self, request: web.Request) -> web.Response:
        commands: dict[str, Callable[[float], str | None]] = {
            "current_set": self._set_current,
            "charge_pause": self._set_pause,
            "energy_limit": self._set_energy_limit,
            "phase_count": self._set_phase_count,
        }
        for key, text in request.query.items():
            if key not in commands:
                return refusal(f"Unknown parameter {key}")
            try:
                reason = commands[key](float(text))
            except ValueError:
                reason = f"{key} is not a number"
            if reason:
                return refusal(reason)
        return web.json_response(
            {
                "current_set": self.current_set,
                "charge_pause": self.charge_pause,
                "energy_limit": self.energy_limit,
                "phase_count": self.phase_count,
            }
        )

    def _set_current(self, current: float) -> str | None:
        if not MINIMUM_SIGNALLED_CURRENT <= current <= self.charger.max_current:
            return "The current is out of range"
        self.current_set = current
        self.charger.set_limit(current, self.now)
        return None

    def _set_pause(self, pause: float) -> str | None:
        if not pause and self.energy_limit_reached:
            return "Charging pause is blocked by energy limit"
        self._pause(bool(pause))
        return None

    def _pause(self, pause: bool) -> None:
        self.charge_pause = int(pause)
        self.charger.set_paused(pause, self.now)

    def _set_energy_limit(self, limit: float) -> str | None:
        self.energy_limit = int(limit)
        return None

    def _set_phase_count(self, count: float) -> str | None:
        if not self.may_switch_phases and count != self.phase_count:
            return "Phase switching must be activated in the NRGkick App"
        self.phase_count = int(count)
        self.charger.set_phases(self.phase_count, self.now)
        return None

    # --- telling --------------------------------------------------------------------

    async def _info(self, request: web.Request) -> web.Response:
        return _sections(
            request,
            {
                "general": {
                    "device_name": self.device_name,
                    "serial_number": self.serial_number,
                    "model_type": "NRGkick Gen2",
                    "rated_current": self.charger.max_current,
                    "json_api_version": "v1",
                },
                "connector": {
                    "type": 1,
                    "serial": "0000001",
                    "max_current": self.charger.max_current,
                    "phase_count": len(self.charger.wiring),
                },
                "grid": {
                    "voltage": PHASE_VOLTAGE,
                    "frequency": GRID_FREQUENCY,
                    "phases": (1 << len(self.charger.wiring)) - 1,
                },
                "network": {
                    "ip_address": request.host.partition(":")[0],
                    "mac_address": self.mac_address,
                    "ssid": "simulated",
                    "rssi": -55,
                },
                "versions": {"sw_sm": "4.0.0.0", "hw_sm": "1.0"},
            },
        )

    async def _values(self, request: web.Request) -> web.Response:
        charger = self.charger
        session = self.session if charger.car else None
        return _sections(
            request,
            {
                "energy": {
                    "total_charged_energy": round(self.total_energy),
                    "charged_energy": round(self.session_energy),
                },
                "powerflow": self._powerflow(),
                "general": {
                    "status": STATUS_CODES[charger.status],
                    "charge_permitted": int(charger.offered > 0),
                    "relay_state": RELAYS_OF_N_L1_L2_L3 if charger.power else 0,
                    "charging_rate": 0,
                    "vehicle_connect_time": (
                        round(self.now - session.plugged_in) if session else 0
                    ),
                    "vehicle_charging_time": (
                        round(session.charging_time) if session else 0
                    ),
                    "charge_count": len(self.sessions),
                    "rcd_trigger": 0,
                    "warning_code": (
                        ENERGY_LIMIT_REACHED if self.energy_limit_reached else 0
                    ),
                    "error_code": 0,
                },
                "temperatures": dict.fromkeys(
                    ("housing", "connector_l1", "connector_l2", "connector_l3"), 25.0
                ),
            },
        )

    def _powerflow(self) -> dict[str, Any]:
        phases = {
            f"l{number}": {
                "voltage": phase.voltage,
                "current": round(phase.current, 3),
                **_power(phase.power),
            }
            for number, phase in enumerate(self.phases, start=1)
        }
        total = _power(sum(phase.power for phase in self.phases))
        return phases | {
            "charging_voltage": PHASE_VOLTAGE,
            "charging_current": round(max(self.charger.current), 3),
            "grid_frequency": GRID_FREQUENCY,
            "peak_power": round(self._peak_power),
            **{f"total_{name}": value for name, value in total.items()},
            "n": {"current": round(_neutral(self.charger.current), 3)},
        }


def refusal(reason: str) -> web.Response:
    """Return what the charger answers where it will not do what it is asked."""
    return web.json_response({"Response": reason})


def _sections(request: web.Request, answer: dict[str, Any]) -> web.Response:
    """Return the sections that were asked for, all of them where none was."""
    wanted = answer.keys() & request.query.keys()
    return web.json_response(
        {
            section: answer[section]
            for section in answer
            if section in wanted or not wanted
        }
    )


def _power(active: float) -> dict[str, int]:
    """Return a car's power as it is reported; its current is in phase."""
    return {
        "active_power": round(active),
        "reactive_power": 0,
        "apparent_power": round(active),
        "power_factor": 100 if active else 0,
    }


def _neutral(current: Iterable[float]) -> float:
    """Return A in the neutral of currents that are 120° apart."""
    a, b, c = current
    return math.sqrt(max(0.0, a * a + b * b + c * c - a * b - b * c - c * a))
