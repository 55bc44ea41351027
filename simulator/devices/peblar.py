"""A Peblar charger on the LAN: its local REST API, beside its web interface.

Written to what the client library `peblar` 2.1.0 sends and reads. Currents on the wire
are in mA, powers in W, energies in Wh. The token that opens the local REST API comes
from the web interface (`peblar_web.py`).
"""

from aiohttp import web

from custom_components.amp_guard.model import ChargerStatus
from simulator.charger import ChargerModel

from . import Handler
from .peblar_electronics import PeblarElectronics
from .peblar_web import WebInterface, refusal

LOCAL = "/api/wlac/v1"

CP_STATES = {
    ChargerStatus.DISCONNECTED: "State A",
    ChargerStatus.WAITING: "State B",
    ChargerStatus.FULL: "State B",
    ChargerStatus.CHARGING: "State C",
    ChargerStatus.FAULT: "State F",
}


class Peblar(PeblarElectronics):
    """A Peblar on the network, with its web interface and its local REST API.

    Its limit and its pause are one figure: below 6 A it does not charge.
    """

    def __init__(self, charger: ChargerModel) -> None:
        """Give `charger` its electronics and both interfaces."""
        super().__init__(charger)
        self._web = WebInterface(self)

    def observe(self, now: float) -> None:
        """Follow the physics; who listens to the web interface is told of a change."""
        super().observe(now)
        self._web.notice(self.charger.status)

    def application(self) -> web.Application:
        """Return the web interface and the local REST API."""
        application = self._web.application()
        local = web.Application(middlewares=[self._check_token])
        local.add_routes(
            [
                web.get("/health", self._health),
                web.get("/system", self._system),
                web.get("/meter", self._meter),
                web.get("/evinterface", self._read_ev_interface),
                web.patch("/evinterface", self._change_ev_interface),
            ]
        )
        application.add_subapp(LOCAL, local)
        return application

    @web.middleware
    async def _check_token(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        if not self.configuration["LocalRestApiEnable"]:
            raise web.HTTPForbidden
        if request.headers.get("Authorization") != self.api_token:
            raise web.HTTPUnauthorized
        return await handler(request)

    async def _read_ev_interface(self, _request: web.Request) -> web.Response:
        connected = self.charger.status is not ChargerStatus.DISCONNECTED
        limited = self.charge_current_limit < self.charger.max_current * 1000
        return web.json_response(
            {
                "ChargeCurrentLimit": self.charge_current_limit,
                "ChargeCurrentLimitActual": round(self.charger.offered * 1000),
                "ChargeCurrentLimitSource": (
                    "Local REST API" if limited else "Installation limit"
                ),
                "CpState": CP_STATES[self.charger.status],
                "Force1Phase": self.force_1_phase,
                "LockState": connected or self.configuration["UserKeepSocketLocked"],
            }
        )

    async def _change_ev_interface(self, request: web.Request) -> web.Response:
        if self.configuration["LocalRestApiAccessMode"] != "ReadWrite":
            raise web.HTTPForbidden
        change = await request.json()
        if (forced := change.get("Force1Phase")) is not None:
            if not self.force_1_phase_allowed:
                return refusal("This charger cannot be forced to one phase")
            self.force_1_phase = bool(forced)
            phases = 1 if forced else len(self.charger.wiring)
            self.charger.set_phases(phases, self.now)
        limit = change.get("ChargeCurrentLimit")
        if limit is None and forced is not None:
            return web.Response()
        if not isinstance(limit, int) or limit < 0:
            return refusal("ChargeCurrentLimit is not a current in mA")
        self.charge_current_limit = min(limit, round(self.charger.max_current * 1000))
        self.charger.set_limit(self.charge_current_limit / 1000, self.now)
        return web.Response()

    async def _meter(self, _request: web.Request) -> web.Response:
        measured = {
            f"{name}Phase{number}": round(value)
            for number, phase in enumerate(self.phases, start=1)
            for name, value in (
                ("Current", phase.current * 1000),
                ("Voltage", phase.voltage),
                ("Power", phase.power),
            )
        }
        return web.json_response(
            measured
            | {
                "PowerTotal": round(sum(phase.power for phase in self.phases)),
                "EnergySession": round(self.session_energy),
                "EnergyTotal": round(self.total_energy),
            }
        )

    async def _system(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "ActiveErrorCodes": [],
                "ActiveWarningCodes": [],
                "CellularSignalStrength": None,
                "FirmwareVersion": self.firmware,
                "Force1PhaseAllowed": self.force_1_phase_allowed,
                "PhaseCount": len(self.charger.wiring),
                "ProductPn": self.system_information["ProductPn"],
                "ProductSn": self.serial_number,
                "Uptime": round(self.now - self.started_at),
                "WlanSignalStrength": None,
            }
        )

    async def _health(self, _request: web.Request) -> web.Response:
        mode = self.configuration["LocalRestApiAccessMode"]
        return web.json_response({"AccessMode": mode, "ApiVersion": "1.0"})
