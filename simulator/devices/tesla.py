"""A Tesla at a plain outlet, behind the cloud of Tessie.

Written to what the client libraries `tessie-api` 0.1 and `tesla-fleet-api` 1.17 send and
read. It is the car that is limited: it has its amperes and its switch, which is on only
while it charges, and a schedule of its own. It may be elsewhere. Currents in A.
"""

from collections.abc import Callable
from typing import Any, ClassVar, override

from aiohttp import web

from custom_components.amp_guard.model import ChargerStatus
from simulator.charger import ChargerModel

from .charger import ChargerDevice

CHARGING_STATES = {
    ChargerStatus.DISCONNECTED: "Disconnected",
    ChargerStatus.WAITING: "Stopped",
    ChargerStatus.FULL: "Complete",
    ChargerStatus.CHARGING: "Charging",
    ChargerStatus.FAULT: "NoPower",
}


class Tesla(ChargerDevice):
    """A car that comes home, and the cloud that it speaks to.

    `place` is where it is, latitude and longitude; `refuses` is the reason for which it
    takes no command. While it is `scheduled` it waits for a time of its own.
    """

    integration: ClassVar[str] = "tessie"

    def __init__(
        self,
        charger: ChargerModel,
        *,
        serial_number: str = "5YJ3E7EA0KF000001",
        place: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """Give `charger` its car's computer."""
        super().__init__(charger, serial_number=serial_number)
        self.place = place
        self.amps = round(charger.limit)
        self.refuses: str | None = None
        self.scheduled = False
        self.told: list[str] = []
        """The commands that came."""

    @property
    @override
    def flow_input(self) -> dict[str, str]:
        return {"access_token": "token"}

    @override
    def application(self) -> web.Application:
        application = web.Application()
        application.add_routes(
            [
                web.get("/vehicles", self._vehicles),
                web.get("/auth/tesla_scopes", self._scopes),
                web.get("/{vin}/state", self._state),
                web.get("/{vin}/command/{command}", self._command),
            ]
        )
        return application

    def wait_for_schedule(self) -> None:
        """Let it wait for a time of its own."""
        self.scheduled = True
        self.charger.set_paused(True, self.now)

    # --- being told -----------------------------------------------------------------

    async def _command(self, request: web.Request) -> web.Response:
        command = request.match_info["command"]
        obeyed: dict[str, Callable[[], None]] = {
            "set_charging_amps": lambda: self._set_amps(float(request.query["amps"])),
            "start_charging": lambda: self._pause(False),
            "stop_charging": lambda: self._pause(True),
        }
        self.told.append(command)
        if self.refuses is not None:
            return web.json_response({"result": False, "reason": self.refuses})
        obeyed[command]()
        return web.json_response({"result": True})

    def _set_amps(self, amps: float) -> None:
        self.amps = round(amps)
        self.charger.set_limit(amps, self.now)

    def _pause(self, paused: bool) -> None:
        self.scheduled = False
        self.charger.set_paused(paused, self.now)

    # --- telling --------------------------------------------------------------------

    async def _vehicles(self, _request: web.Request) -> web.Response:
        vehicle = {"vin": self.serial_number, "last_state": self._figures()}
        return web.json_response({"results": [vehicle]})

    async def _scopes(self, _request: web.Request) -> web.Response:
        return web.json_response({"scopes": ["vehicle_device_data"]})

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(self._figures())

    def _figures(self) -> dict[str, Any]:
        latitude, longitude = self.place
        return {
            "display_name": "Car",
            "charge_state": {
                "charging_state": CHARGING_STATES[self.charger.status],
                "charge_current_request": self.amps,
                "charge_current_request_max": round(self.charger.max_current),
                "charger_actual_current": round(max(self.charger.current)),
                "charge_limit_soc": 80,
                "charge_limit_soc_min": 50,
                "charge_limit_soc_max": 100,
                "scheduled_charging_pending": self.scheduled,
            },
            "drive_state": {
                "latitude": latitude,
                "longitude": longitude,
                "heading": 0,
                "speed": None,
                "shift_state": None,
                "timestamp": 0,
            },
            "climate_state": {"timestamp": 0},
            "vehicle_config": {"car_type": "model3", "driver_assist": "TeslaAP3"},
            "vehicle_state": {"car_version": "2026.32.1 abc", "timestamp": 0},
        }
