"""The central system: one charge point's messages, and what they say."""

from collections.abc import Callable
from datetime import UTC, datetime
import time
from typing import Any

from aiohttp import WSMsgType, web

from ocpp.routing import after, on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import Action

STATUS = "Status.Connector"
TRANSACTION = "Transaction.Id"
CURRENT_IMPORT = "Current.Import"
CURRENT_OFFERED = "Current.Offered"
POWER = "Power.Active.Import"
RECONNECTS = "Reconnects"
METRICS = {
    STATUS: None,
    TRANSACTION: None,
    CURRENT_IMPORT: "A",
    CURRENT_OFFERED: "A",
    POWER: "W",
}
"""Of each connector, with their units."""


class Connector:
    """What is known of one connector."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.attributes: dict[str, dict[str, Any]] = {metric: {} for metric in METRICS}


class CentralSystem:
    """Serves one charge point."""

    def __init__(self, cpid: str, connectors: int) -> None:
        self.cpid = cpid
        self.charge_point: ConnectedChargePoint | None = None
        self.connectors = {number: Connector() for number in range(1, connectors + 1)}
        self.reconnects = 0
        self.listeners: set[Callable[[], None]] = set()
        self.notifications: list[str] = []
        """What its owner is told, for instance of a key that is asked for in vain."""
        self._was_connected = False
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int) -> None:
        application = web.Application()
        application.add_routes([web.get("/{cpid}", self._connect)])
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()

    async def stop(self) -> None:
        if self._runner is not None:
            if self.charge_point is not None:
                await self.charge_point.close()
            await self._runner.cleanup()

    def report(self) -> None:
        for listener in self.listeners:
            listener()

    async def _connect(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(protocols=["ocpp1.6"])
        await ws.prepare(request)
        if self._was_connected:
            self.reconnects += 1
        self._was_connected = True
        self.charge_point = charge_point = ConnectedChargePoint(self, ws)
        try:
            await charge_point.listen()
        finally:
            if self.charge_point is charge_point:
                self.charge_point = None
            self.report()
        return ws


class ConnectedChargePoint(ChargePoint):
    """One connection of a charge point."""

    def __init__(self, central_system: CentralSystem, ws: web.WebSocketResponse):
        super().__init__(central_system.cpid, self, response_timeout=30)
        self._central = central_system
        self._ws = ws
        self._started: dict[int, int] = {}

    async def listen(self) -> None:
        async for message in self._ws:
            if message.type is WSMsgType.TEXT:
                await self.route_message(message.data)

    async def send(self, message: str) -> None:
        await self._ws.send_str(message)

    async def close(self) -> None:
        await self._ws.close()

    async def set_charging_profile(self, connector: int, profile: dict) -> str:
        answer = await self.call(
            call.SetChargingProfile(
                connector_id=connector, cs_charging_profiles=profile
            )
        )
        return "CallError" if answer is None else answer.status

    async def clear(self) -> None:
        await self.call(call.ClearChargingProfile())

    async def configuration(self, key: str) -> str | dict[str, str]:
        answer = await self.call(call.GetConfiguration(key=[key] if key else None))
        known = {each["key"]: each["value"] for each in answer.configuration_key}
        if not key:
            return known
        if key not in known:
            self._central.notifications.append(f"charger reports {key} is unknown")
        return known.get(key, "Unknown")

    async def configure(self, key: str, value: str) -> str:
        answer = await self.call(call.ChangeConfiguration(key=key, value=value))
        return "CallError" if answer is None else answer.status

    async def trigger(self, message: str) -> None:
        await self.call(call.TriggerMessage(requested_message=message))

    @on(Action.boot_notification)
    def on_boot(self, **_: Any):
        return call_result.BootNotification(
            current_time=datetime.now(UTC).isoformat(),
            interval=300,
            status="Accepted",
        )

    @on(Action.heartbeat)
    def on_heartbeat(self, **_: Any):
        return call_result.Heartbeat(current_time=datetime.now(UTC).isoformat())

    @on(Action.status_notification)
    def on_status(self, connector_id: int, status: str, **_: Any):
        if connector_id:
            self._central.connectors[connector_id].values[STATUS] = status
            self._central.report()
        return call_result.StatusNotification()

    @on(Action.start_transaction)
    def on_start_transaction(self, connector_id: int, **_: Any):
        number = max(int(time.time()), *self._started.values(), 0) + 1
        self._started[connector_id] = number
        return call_result.StartTransaction(
            transaction_id=number, id_tag_info={"status": "Accepted"}
        )

    @after(Action.start_transaction)
    def after_start_transaction(self, connector_id: int, **_: Any):
        """Tell of it when the charge point knows the number too."""
        connector = self._central.connectors[connector_id]
        connector.values[TRANSACTION] = self._started[connector_id]
        self._central.report()

    @on(Action.stop_transaction)
    def on_stop_transaction(self, transaction_id: int, **_: Any):
        for connector in self._central.connectors.values():
            if connector.values.get(TRANSACTION) == transaction_id:
                connector.values[TRANSACTION] = 0
                # The states only: the attributes stay as they were.
                connector.values[CURRENT_IMPORT] = connector.values[POWER] = 0
        self._central.report()
        return call_result.StopTransaction()

    @on(Action.meter_values)
    def on_meter_values(
        self, connector_id: int, meter_value: list, transaction_id: int = 0, **_: Any
    ):
        connector = self._central.connectors[connector_id]
        values = connector.values
        if values.get(TRANSACTION) is None:
            values[TRANSACTION] = transaction_id
        phases: dict[str, float] = {}
        for sampled in meter_value[0]["sampled_value"]:
            measurand, value = sampled["measurand"], float(sampled["value"])
            if "phase" in sampled:
                phases[sampled["phase"]] = value
            else:
                values[measurand] = value
        drawn = [value for value in phases.values() if value]
        values[CURRENT_IMPORT] = sum(drawn) / len(drawn) if drawn else 0.0
        connector.attributes[CURRENT_IMPORT] = {**phases, "unit": "A"}
        self._central.report()
        return call_result.MeterValues()
