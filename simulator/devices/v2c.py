"""A V2C Trydan on the LAN: its local HTTP interface.

Written to what the client library `pytrydan` 1.0.5 sends and reads: `/RealTimeData`
gives all at once, `/write/<keyword>=<value>` sets one, and everything is a GET.
Currents in A, powers in W, energies in kWh.
"""

from typing import Any

from aiohttp import web

from custom_components.amp_guard.model import MINIMUM_SIGNALLED_CURRENT, ChargerStatus
from simulator.car import PHASE_VOLTAGE
from simulator.charger import ChargerModel

from .charger import ChargerDevice

MAX_CURRENT = 32
MONOPHASIC, THREEPHASIC = 0, 1
PROFILE_OFF = 1
"""The mode of its own balancing: none."""

CHARGE_STATES = {
    ChargerStatus.DISCONNECTED: 0,
    ChargerStatus.WAITING: 1,
    ChargerStatus.FULL: 1,
    ChargerStatus.CHARGING: 2,
    ChargerStatus.FAULT: 4,
}


class Trydan(ChargerDevice):
    """A Trydan; it does not measure its phases one by one."""

    integration = "v2c"

    def __init__(
        self, charger: ChargerModel, *, serial_number: str = "TRYDAN01"
    ) -> None:
        """Give `charger` its electronics."""
        super().__init__(charger, serial_number=serial_number)
        self.keywords = {
            "Intensity": round(charger.limit),
            "Paused": 0,
            "Locked": 0,
            "Timer": 0,
            "Dynamic": 0,
            "PauseDynamic": 0,
            "DynamicPowerMode": PROFILE_OFF,
            "MinIntensity": round(MINIMUM_SIGNALLED_CURRENT),
            "MaxIntensity": MAX_CURRENT,
            "ContractedPower": 4600,
            "VoltageInstallation": round(PHASE_VOLTAGE),
            "ChargeMode": THREEPHASIC if len(charger.wiring) > 1 else MONOPHASIC,
            "LightLED": 50,
            "LogoLED": 50,
        }
        """What can be set, as last told."""

    def application(self) -> web.Application:
        """Return the HTTP interface."""
        application = web.Application()
        application.add_routes(
            [
                web.get("/RealTimeData", self._real_time_data),
                web.get(r"/write/{keyword}={value:-?\d+}", self._write),
            ]
        )
        return application

    async def _write(self, request: web.Request) -> web.Response:
        keyword, value = request.match_info["keyword"], int(request.match_info["value"])
        if keyword not in self.keywords:
            raise web.HTTPNotFound
        if keyword == "Intensity":
            if not MINIMUM_SIGNALLED_CURRENT <= value <= MAX_CURRENT:
                return web.Response(text="ERROR")
            self.charger.set_limit(value, self.now)
        elif keyword == "Paused":
            self.charger.set_paused(bool(value), self.now)
        self.keywords[keyword] = value
        return web.Response(text="OK")

    async def _real_time_data(self, _request: web.Request) -> web.Response:
        session = self.session
        data: dict[str, Any] = {
            "ID": self.serial_number,
            "ChargeState": CHARGE_STATES[self.charger.status],
            "ReadyState": 1,
            "ChargePower": round(sum(phase.power for phase in self.phases), 1),
            "ChargeEnergy": round(self.session_energy / 1000, 2),
            "ChargeTime": round(session.charging_time) if session else 0,
            "SlaveError": 0,
            "HousePower": 0,
            "FVPower": 0.0,
            "FirmwareVersion": "2.4.0",
        }
        return web.json_response(data | self.keywords)
