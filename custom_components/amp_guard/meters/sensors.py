"""Sensors in Home Assistant as the measurement device.

They are followed by events and never asked. The sensors of one telegram report one by
one: a sample is taken when all of them have reported, or a moment after the first. It is
as old as the phase in it that has been silent for longest. In an IT net the two other
lines bound one that cannot be read: the sample is of those two.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import inf, isfinite
from typing import Any, override

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import (
    async_track_entity_registry_updated_event,
    async_track_state_change_event,
    async_track_state_report_event,
)

from ..model import EarthingSystem, Phase
from . import Meter, MeterConnectionError, MeterError, MeterSample
from .heartbeat import Heartbeat, makes_current_known
from .sensor_patterns import ARON, MEASURES, ROLES, Quantity, Role, measured_phases
from .sensor_set import PhaseReading, take_sample

SETTLE_TIME = 0.25
"""s after the first sensor of a round within which the others are waited for."""
MOMENT = 1e-6
"""s by which a sample is newer than the last where only other phases than the oldest have
reported: the law drops what is not newer, and what they report cannot wait."""
SIGN = -1.0
"""A that a current sensor without a sign never shows, whatever its noise."""
SILENT = {STATE_UNAVAILABLE, STATE_UNKNOWN}
FOLLOWED_BY = {
    "config_entry_id",
    "device_class",
    "device_id",
    "disabled_by",
    "original_device_class",
    "platform",
}
"""What decides of a registered entity whether it is followed."""


class SensorError(ValueError):
    """A sensor cannot be used; `role` is its part, the message says why."""

    def __init__(self, role: str, message: str) -> None:
        super().__init__(message)
        self.role = role


def resolve(hass: HomeAssistant, id_: str) -> str:
    """Return the entity id now of a registry id; of what is not registered, itself."""
    return er.async_resolve_entity_id(er.async_get(hass), id_) or id_


class SensorReader:
    """Reads the sensors of a measurement device now.

    `sensors` are registry ids, or entity ids where there is no registry entry, by
    role. With `export_positive` a positive power is exported. In an IT `net` the total
    power shows nothing of a current: each load hangs between two lines.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        sensors: Mapping[str, str],
        *,
        export_positive: bool = False,
        net: EarthingSystem = EarthingSystem.TN,
    ) -> None:
        self._hass = hass
        self._sensors = sensors
        self._export_positive = export_positive
        self._net = net
        self._signed: set[Phase] = set()
        self.phases = measured_phases(sensors)

    def entity_ids(self) -> dict[str, str]:
        """Return the sensors' entity ids now, by role."""
        return {role: resolve(self._hass, id_) for role, id_ in self._sensors.items()}

    def sample(self, time: float, *, is_one_telegram: bool = True) -> MeterSample:
        """Return what the sensors read, as a sample of `time`.

        A total of another telegram than the currents shows nothing of them. Raises
        SensorError where a sensor cannot be read, unless a line of an IT net is left
        out with it.
        """
        values, unread = self._values()
        phases = [phase for phase in self.phases if phase not in unread]
        if unread and not (
            self._net is EarthingSystem.IT
            and None not in unread
            and len(phases) >= len(ARON)
        ):
            raise next(iter(unread.values()))
        readings = {phase: self._reading(values, phase) for phase in phases}
        total = self._power(values, None)
        if self._net is EarthingSystem.IT or not is_one_telegram:
            total = None
        return take_sample(readings, time=time, total_power=total)

    def _values(self) -> tuple[dict[str, float], dict[Phase | None, SensorError]]:
        """Return what is read by role, and of which phase (None: of all) what is not."""
        values: dict[str, float] = {}
        unread: dict[Phase | None, SensorError] = {}
        for role, entity_id in self.entity_ids().items():
            try:
                values[role] = self._value(role, entity_id)
            except SensorError as error:
                unread.setdefault(ROLES[role].phase, error)
        return values, unread

    def _reading(self, values: Mapping[str, float], phase: Phase) -> PhaseReading:
        current = values.get(Role(Quantity.CURRENT, phase).key)
        if current is not None and current <= SIGN:
            self._signed.add(phase)
        signed = phase in self._signed
        if current is not None and self._export_positive:
            # It is of power; of currents where there is none, and they can show a
            # direction: else a positive one may always be load.
            signed = signed and not self._measures_power
            current = -current if signed else abs(current)
        return PhaseReading(
            current=current,
            voltage=values.get(Role(Quantity.VOLTAGE, phase).key),
            power=self._power(values, phase),
            signed=signed,
        )

    @property
    def _measures_power(self) -> bool:
        return any(ROLES[role].quantity is Quantity.POWER for role in self._sensors)

    def _power(self, values: Mapping[str, float], phase: Phase | None) -> float | None:
        """Return W, of a phase or of all: what is imported, else what is exported.

        A figure of export beside import is of another moment: some integrations go on
        to show the last that they had.
        """
        power = values.get(Role(Quantity.POWER, phase).key)
        export = values.get(Role(Quantity.POWER_EXPORT, phase).key)
        if power is None:
            return None
        if export is not None:
            return abs(power) if power else -abs(export)
        return -power if self._export_positive else power

    def _value(self, role: str, entity_id: str) -> float:
        state = self._hass.states.get(entity_id)
        if state is None:
            raise SensorError(role, f"{entity_id} is not there")
        try:
            value = float(state.state)
        except ValueError as error:
            raise SensorError(role, f"{entity_id} is {state.state}") from error
        if not isfinite(value):
            raise SensorError(role, f"{entity_id} is {state.state}")
        measure = MEASURES[ROLES[role].quantity]
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        if unit is None or unit not in measure.converter.VALID_UNITS:
            raise SensorError(role, f"{entity_id} is in {unit}")
        return measure.convert(value, unit)


class SensorMeter(Meter):
    """Takes a sample each time that the sensors have reported."""

    def __init__(
        self, hass: HomeAssistant, reader: SensorReader, heartbeat: str | None = None
    ) -> None:
        """Take the sensors' reader, and the id of an entity that shows their life."""
        self._hass = hass
        self._reader = reader
        self._picked = heartbeat
        self._ids: dict[str, str] = {}
        self._heartbeat = Heartbeat(hass)
        self._waiting: set[str] = set()
        self._is_news = False
        self._taken_at = -inf
        self._settle: asyncio.TimerHandle | None = None
        self._unfollow: list[CALLBACK_TYPE] = []
        self._stop_looking: CALLBACK_TYPE | None = None
        self._lost: bool | None = None

    @override
    async def start(
        self,
        on_sample: Callable[[MeterSample], None],
        on_connection: Callable[[MeterError | None], None],
    ) -> None:
        """Follow the sensors until `stop`."""
        self._on_sample = on_sample
        self._on_connection = on_connection
        self._stop_looking = self._hass.bus.async_listen(
            er.EVENT_ENTITY_REGISTRY_UPDATED, self._follow, event_filter=_may_be_new
        )
        self._follow()
        self._look()

    @override
    async def stop(self) -> None:
        """Stop following."""
        if self._stop_looking is not None:
            self._stop_looking()
            self._stop_looking = None
        self._drop()
        self._ids = {}

    # --- following ------------------------------------------------------------------

    @callback
    def _follow(self, _event: Event[Any] | None = None) -> None:
        """Follow the sensors by their entity ids now."""
        ids = self._reader.entity_ids()
        changed = self._heartbeat.follow(
            [id_ for role, id_ in ids.items() if makes_current_known(role)],
            self._hass.loop.time(),
            set_of=ids.values(),
            picked=self._picked and resolve(self._hass, self._picked),
        )
        if ids == self._ids and not changed:
            return
        self._drop()
        self._ids = ids
        followed = self._heartbeat.followed.union(ids.values())
        self._unfollow = [
            async_track_state_change_event(self._hass, followed, self._on_state),
            async_track_state_report_event(self._hass, followed, self._on_state),
            async_track_entity_registry_updated_event(
                self._hass, followed, self._follow
            ),
        ]

    def _drop(self) -> None:
        while self._unfollow:
            self._unfollow.pop()()
        if self._settle is not None:
            self._settle.cancel()
            self._settle = None

    @callback
    def _on_state(
        self, event: Event[EventStateChangedData] | Event[EventStateReportedData]
    ) -> None:
        entity_id, state = event.data["entity_id"], event.data["new_state"]
        if (
            event.data.get("old_state", state) is None
        ):  # only now is it known whose it is
            self._follow()
        reports = state is not None and state.state not in SILENT
        if reports and self._heartbeat.report(entity_id, self._hass.loop.time()):
            self._is_news = True
        elif entity_id not in self._ids.values():
            return
        if self._settle is None:
            self._waiting = set(self._ids.values())
            self._settle = self._hass.loop.call_later(SETTLE_TIME, self._take)
        self._waiting.discard(entity_id)
        if not self._waiting:
            self._take()

    # --- taking ---------------------------------------------------------------------

    @callback
    def _take(self) -> None:
        """Pass a sample on if it has news of a phase; a total alone has none."""
        if self._settle is not None:
            self._settle.cancel()
            self._settle = None
        sample = self._look()
        if sample is None or not self._is_news:
            return
        reported = self._heartbeat.oldest(
            id_
            for role, id_ in self._ids.items()
            if makes_current_known(role) and ROLES[role].phase in sample.connected
        )
        time = max(reported, self._taken_at + MOMENT)
        self._is_news, self._taken_at = False, time
        self._on_sample(replace(sample, time=time))

    def _look(self) -> MeterSample | None:
        """Read the sensors; report when that begins to fail, and when it works again."""
        now = self._hass.loop.time()
        try:
            sample = self._reader.sample(now, is_one_telegram=self._is_one_telegram())
        except SensorError as error:
            if self._lost is not True:
                self._lost = True
                self._on_connection(MeterConnectionError(str(error)))
            return None
        if self._lost is not False:
            self._lost = False
            self._on_connection(None)
        return sample

    def _is_one_telegram(self) -> bool:
        """Whether the currents and their total reported in the same round."""
        return not any(
            id_ in self._waiting
            for role, id_ in self._ids.items()
            if ROLES[role].phase is None or ROLES[role].quantity is Quantity.CURRENT
        )


@callback
def _may_be_new(event_data: er.EventEntityRegistryUpdatedData) -> bool:
    """Whether an entity may have to be followed that was not."""
    if event_data["action"] == "update":
        return not FOLLOWED_BY.isdisjoint(event_data["changes"])
    return event_data["action"] == "create"
