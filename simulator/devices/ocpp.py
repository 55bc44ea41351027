"""An OCPP 1.6J charge point on the LAN, by the `ocpp` package.

It looks for its central system and speaks over a WebSocket that it opens itself. What
it is told are charging profiles, and it obeys those that are in force by its own clock
whether its central system lives or not (see `ocpp_profiles.py`). A transaction that
begins or ends while nobody listens is not told later.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web
from ocpp.routing import after, on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import Action

from custom_components.amp_guard.model import ChargerStatus
from simulator.car import PHASE_VOLTAGE
from simulator.charger import ChargerModel

from .charger import ChargerDevice
from .ocpp_profiles import ChargingProfiles, SmartCharging, Transaction

SUBPROTOCOL = "ocpp1.6"
RECONNECT_INTERVAL = 0.5
"""s between looks for a central system that is not there."""
SAMPLE_INTERVAL = 5.0
"""s between meter values, as the owner has set it (many come with 60)."""
ID_TAG = "freevend"


class _Connector:
    """One connector: its charger, its transaction, and what was told of it."""

    def __init__(self, number: int, charger: ChargerModel) -> None:
        self.number = number
        self.charger = charger
        self.is_ended = False
        """Whether the session was ended while the cable stays in."""
        self.transaction: Transaction | None = None
        self.starting = asyncio.Lock()
        """Held until the answer to a start of a transaction has been taken in."""
        self.limit = charger.limit
        self.phases = len(charger.wiring)
        self.told_status = ""
        self.told_meter_values = -SAMPLE_INTERVAL

    @property
    def may_start(self) -> bool:
        plugged = self.charger.car is not None
        return plugged and self.transaction is None and not self.is_ended

    @property
    def status(self) -> str:
        if self.is_ended:
            return "Finishing"
        if self.transaction is None:
            return "Available"
        if self.charger.status is ChargerStatus.CHARGING:
            return "Charging"
        return "SuspendedEV" if self.charger.offered else "SuspendedEVSE"


class OcppChargePoint(ChargerDevice):
    """A charge point, left to charge without authorization.

    It has one connector, or two with a `second` charger beside it. Its clock stands at
    `epoch` when the world begins.
    """

    integration = "ocpp"

    def __init__(
        self,
        charger: ChargerModel,
        *,
        second: ChargerModel | None = None,
        serial_number: str = "CP001",
        takes: SmartCharging | None = None,
    ) -> None:
        """Give `charger` its electronics; without a profile nothing limits it."""
        super().__init__(charger, serial_number=serial_number)
        chargers = (charger,) if second is None else (charger, second)
        self.connectors = [
            _Connector(number, each) for number, each in enumerate(chargers, start=1)
        ]
        self.profiles = ChargingProfiles(
            takes=takes or SmartCharging(), phases=len(charger.wiring)
        )
        self.says_nothing = False
        """Whether it answers that it knows none of its configuration keys."""
        self.says_offered = True
        """Whether it tells what it offers: many do not."""
        self.own_offline_current: str | None = None
        """Its maker's key for that, None where it has none ..."""
        self.takes_configuration = True
        """... and whether a key is changed by whoever writes it."""
        self.switches_phases = True
        """Whether it does what it says of that: a go-e said so for years before."""
        self.refused: list[dict[str, Any]] = []
        """The profiles that it did not take."""
        self.epoch = datetime.now(UTC)
        self._central_system = ("", 0)
        self._connection: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    @property
    def transaction(self) -> Transaction | None:
        """The one of its first connector."""
        return self.connectors[0].transaction

    @property
    def flow_input(self) -> dict[str, str]:
        """What Home Assistant's config flow for it asks for."""
        host, port = self._central_system
        return {
            "host": host,
            "port": str(port),
            "cpid": self.serial_number,
            "connectors": str(len(self.connectors)),
        }

    @property
    def address(self) -> str:
        """Where it looks for its central system."""
        host, port = self._central_system
        return f"{host}:{port}"

    @property
    def configuration(self) -> dict[str, str]:
        """Its configuration keys, as far as they are asked for."""
        takes = self.profiles.takes
        if self.says_nothing:
            return {}
        known = {
            "NumberOfConnectors": str(len(self.connectors)),
            "MeterValueSampleInterval": f"{SAMPLE_INTERVAL:.0f}",
            "SupportedFeatureProfiles": takes.features,
        }
        if self.own_offline_current is not None:
            known["InstallationOfflineCurrent"] = self.own_offline_current
        if takes.switching is not None:
            known[takes.switching] = "true"
        if takes.is_supported:
            known |= {
                "ChargeProfileMaxStackLevel": str(takes.max_stack_level),
                "ChargingScheduleAllowedChargingRateUnit": takes.rate_units,
            }
        return known

    @property
    def clock(self) -> datetime:
        """Its own time."""
        return self.epoch + timedelta(seconds=self.now)

    def application(self) -> web.Application:
        """Serve nothing: it is the central system that is called."""
        raise NotImplementedError

    async def start(self, host: str, port: int = 0) -> None:
        """Look for a central system at that place until `stop`."""
        self._central_system = (host, port)
        self._connection = asyncio.create_task(self._stay_connected())

    async def stop(self) -> None:
        """Leave the network."""
        if self._connection is not None:
            self._connection.cancel()
            with suppress(asyncio.CancelledError):
                await self._connection
        self._connection = None

    def observe(self, now: float) -> None:
        """Follow the physics, and the profiles that begin or end by the clock."""
        super().observe(now)
        for connector in self.connectors:
            if connector.charger.car is None:
                connector.is_ended = False
                self._end_transaction(connector)
        self.obey()
        self._changed.set()

    def end_session(self) -> None:
        """End the first connector's session by a card; the cable stays in the car."""
        connector = self.connectors[0]
        connector.is_ended = True
        self._end_transaction(connector)
        self.obey()
        self._changed.set()

    async def reboot(self, *, forgets: bool) -> None:
        """Connect anew; many that do it after a reboot have forgotten their profiles."""
        await self.stop()
        if forgets:
            self.profiles.clear()
            self.obey()
        self._connection = asyncio.create_task(self._stay_connected())

    def _end_transaction(self, connector: _Connector) -> None:
        if connector.transaction is not None:
            connector.transaction = None
            self.profiles.end_transaction(connector.number)

    def obey(self) -> None:
        """Offer what the profiles in force allow."""
        for connector in self.connectors:
            allowed = self.profiles.limit(
                connector.number, connector.transaction, self.clock
            )
            limit = min(allowed, connector.charger.max_current)
            if connector.is_ended:
                limit = 0.0
            self._switch(connector)
            if limit != connector.limit:
                connector.limit = limit
                connector.charger.set_limit(limit, self.now)

    def _switch(self, connector: _Connector) -> None:
        """Use as many phases as the profile in force says, where it can."""
        phases = self.profiles.phases_allowed(
            connector.number, connector.transaction, self.clock
        )
        can = self.profiles.takes.switching is not None and self.switches_phases
        if can and phases != connector.phases:
            connector.phases = phases
            connector.charger.set_phases(phases, self.now)

    # --- being connected ------------------------------------------------------------

    async def _stay_connected(self) -> None:
        url = f"http://{self.address}/{self.serial_number}"
        async with aiohttp.ClientSession() as session:
            while True:
                with suppress(aiohttp.ClientError, ConnectionError, TimeoutError):
                    async with session.ws_connect(url, protocols=[SUBPROTOCOL]) as ws:
                        await self._speak(ws)
                await asyncio.sleep(RECONNECT_INTERVAL)

    async def _speak(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        """Speak until the connection ends."""
        wire = _Wire(self, ws)
        listening = asyncio.create_task(wire.start())
        telling = asyncio.create_task(self._tell(wire))
        try:
            await asyncio.wait(
                {listening, telling}, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for task in (listening, telling):
                task.cancel()
            await asyncio.gather(listening, telling, return_exceptions=True)

    # --- telling --------------------------------------------------------------------

    async def _tell(self, wire: _Wire) -> None:
        """Tell what is, then what changes."""
        await wire.call(
            call.BootNotification(
                charge_point_model="Simulated",
                charge_point_vendor="Amp Guard",
                charge_point_serial_number=self.serial_number,
            )
        )
        for connector in self.connectors:
            connector.told_status = ""
        while True:
            self._changed.clear()
            for connector in self.connectors:
                await self._tell_transaction(wire, connector)
                await self._tell_status(wire, connector)
                await self._tell_meter_values(wire, connector)
            await self._changed.wait()

    async def _tell_transaction(self, wire: _Wire, connector: _Connector) -> None:
        known = wire.transactions.get(connector.number)
        if known is not None and connector.transaction is not known:
            await wire.call(
                call.StopTransaction(
                    meter_stop=round(self.total_energy),
                    timestamp=self.clock.isoformat(),
                    transaction_id=known.number,
                )
            )
        if connector.may_start:
            await self._notify(wire, connector, "Preparing")
            started_at = self.clock
            async with connector.starting:
                answer = await wire.call(
                    call.StartTransaction(
                        connector_id=connector.number,
                        id_tag=ID_TAG,
                        meter_start=round(self.total_energy),
                        timestamp=started_at.isoformat(),
                    )
                )
                connector.transaction = Transaction(
                    number=answer.transaction_id, started_at=started_at
                )
            self.obey()
        wire.transactions[connector.number] = connector.transaction

    async def _tell_status(self, wire: _Wire, connector: _Connector) -> None:
        if connector.status != connector.told_status:
            await self._notify(wire, connector, connector.status)

    async def _notify(self, wire: _Wire, connector: _Connector, status: str) -> None:
        connector.told_status = status
        await wire.call(
            call.StatusNotification(
                connector_id=connector.number, error_code="NoError", status=status
            )
        )

    async def _tell_meter_values(self, wire: _Wire, connector: _Connector) -> None:
        if connector.transaction is None:
            return
        if self.now < connector.told_meter_values + SAMPLE_INTERVAL:
            return
        connector.told_meter_values = self.now
        await wire.call(
            call.MeterValues(
                connector_id=connector.number,
                transaction_id=connector.transaction.number,
                meter_value=[
                    {
                        "timestamp": self.clock.isoformat(),
                        "sampledValue": list(self._sampled_values(connector.charger)),
                    }
                ],
            )
        )

    def tell_meter_values(self) -> None:
        """Tell soon what its meters read, whenever they were told last."""
        for connector in self.connectors:
            connector.told_meter_values = -SAMPLE_INTERVAL
        self._changed.set()

    def _sampled_values(self, charger: ChargerModel) -> list[dict[str, str]]:
        currents = [
            {
                "measurand": "Current.Import",
                "phase": f"L{number}",
                "unit": "A",
                "value": f"{current:.1f}",
            }
            for number, current in enumerate(charger.current, start=1)
        ]
        offered = {
            "measurand": "Current.Offered",
            "unit": "A",
            "value": f"{charger.offered:.1f}",
        }
        return [
            *currents,
            *([offered] if self.says_offered else []),
            {
                "measurand": "Power.Active.Import",
                "unit": "W",
                "value": f"{sum(charger.current) * PHASE_VOLTAGE:.0f}",
            },
        ]


class _Wire(ChargePoint):  # type: ignore[misc] # the package has no types
    """One connection to a central system: what it asks, and the answers."""

    def __init__(
        self, device: OcppChargePoint, ws: aiohttp.ClientWebSocketResponse
    ) -> None:
        super().__init__(device.serial_number, _Connection(ws))
        self._device = device
        self.transactions = {
            connector.number: connector.transaction for connector in device.connectors
        }
        """The transaction of each connector that the central system knows of."""

    @on(Action.set_charging_profile)  # type: ignore[untyped-decorator]
    async def set_charging_profile(
        self, connector_id: int, cs_charging_profiles: dict[str, Any]
    ) -> call_result.SetChargingProfile:
        device = self._device
        transaction = None
        for connector in device.connectors:
            if connector.number == connector_id:
                async with connector.starting:  # its number came before on the wire
                    transaction = connector.transaction
        accepted = device.profiles.accept(
            connector_id, cs_charging_profiles, transaction
        )
        if not accepted:
            device.refused.append(cs_charging_profiles)
        device.obey()
        return call_result.SetChargingProfile(
            status="Accepted" if accepted else "Rejected"
        )

    @on(Action.get_configuration)  # type: ignore[untyped-decorator]
    def get_configuration(
        self, key: list[str] | None = None
    ) -> call_result.GetConfiguration:
        known = self._device.configuration
        asked = list(known) if key is None else key
        return call_result.GetConfiguration(
            configuration_key=[
                {"key": each, "readonly": True, "value": known[each]}
                for each in asked
                if each in known
            ],
            unknown_key=[each for each in asked if each not in known],
        )

    @on(Action.change_configuration)  # type: ignore[untyped-decorator]
    def change_configuration(
        self, key: str, value: str
    ) -> call_result.ChangeConfiguration:
        device = self._device
        if key != "InstallationOfflineCurrent" or not device.takes_configuration:
            return call_result.ChangeConfiguration(status="Rejected")
        device.own_offline_current = value
        return call_result.ChangeConfiguration(status="Accepted")

    @on(Action.trigger_message)  # type: ignore[untyped-decorator]
    def trigger_message(
        self, requested_message: str, **_: Any
    ) -> call_result.TriggerMessage:
        return call_result.TriggerMessage(status="Accepted")

    @after(Action.trigger_message)  # type: ignore[untyped-decorator]
    def after_trigger_message(self, requested_message: str, **_: Any) -> None:
        if requested_message == "MeterValues":
            self._device.tell_meter_values()

    @on(Action.clear_charging_profile)  # type: ignore[untyped-decorator]
    def clear_charging_profile(
        self,
        id: int | None = None,  # noqa: A002 - the wire's name
    ) -> call_result.ClearChargingProfile:
        cleared = self._device.profiles.clear(id)
        self._device.obey()
        return call_result.ClearChargingProfile(
            status="Accepted" if cleared else "Unknown"
        )


class _Connection:
    """A WebSocket as the package wants it."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._ws = ws

    async def recv(self) -> str:
        return await self._ws.receive_str()

    async def send(self, message: str) -> None:
        await self._ws.send_str(message)
