"""Sensors in Home Assistant as the measurement device.

They are followed by events and never asked. The sensors of one telegram come one by
one: a sample is taken when all of them have spoken, or a moment after the first.
"""

import asyncio
from collections.abc import Callable, Mapping
import logging
from math import isfinite

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
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
    async_track_state_change_event,
    async_track_state_report_event,
)

from ..model import Phase
from . import Meter, MeterConnectionError, MeterError, MeterSample
from .sensor_patterns import DEVICE_CLASS, ROLES, UNITS, Quantity, Role, measured_phases
from .sensor_set import PhaseReading, take_sample

_LOGGER = logging.getLogger(__name__)

SETTLE_TIME = 0.25
"""s after the first sensor of a round within which the others are waited for."""
QUIET_AFTER = 10.0
"""s without a word of the sensors themselves, after which the device's others count."""
SIGNS_OF_LIFE = {"current", "energy", "power", "timestamp", "voltage"}
"""Device classes of a meter's other sensors: while those speak, one that says nothing
has not changed."""


class SensorError(ValueError):
    """A sensor cannot be used; `role` is its part, the message says why."""

    def __init__(self, role: str, message: str) -> None:
        """Take the role's key and what is wrong."""
        super().__init__(message)
        self.role = role


class SensorReader:
    """Reads the sensors of a measurement device now.

    `sensors` are registry ids, or entity ids where there is no registry entry, by
    role. With `export_positive` a positive power is exported.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        sensors: Mapping[str, str],
        *,
        export_positive: bool = False,
    ) -> None:
        """Take the sensors."""
        self._hass = hass
        self._sensors = sensors
        self._export_positive = export_positive
        self.phases = measured_phases(sensors)

    def entity_ids(self) -> dict[str, str]:
        """Return what the sensors are called now, by role."""
        registry = er.async_get(self._hass)
        return {
            role: er.async_resolve_entity_id(registry, id_) or id_
            for role, id_ in self._sensors.items()
        }

    def sample(self, time: float) -> MeterSample:
        """Return what the sensors read, as a sample of `time`.

        Raises SensorError where one of them cannot be read.
        """
        values = {
            role: self._value(role, entity_id)
            for role, entity_id in self.entity_ids().items()
        }
        readings = {
            phase: PhaseReading(
                current=self._current(values, phase),
                voltage=values.get(Role(Quantity.VOLTAGE, phase).key),
                power=self._power(values, phase),
            )
            for phase in self.phases
        }
        return take_sample(readings, time=time, total_power=self._power(values, None))

    def _current(self, values: Mapping[str, float], phase: Phase) -> float | None:
        """Return A of one phase; a positive one may always be load."""
        current = values.get(Role(Quantity.CURRENT, phase).key)
        if current is None or not self._export_positive:
            return current
        return abs(current)

    def _power(self, values: Mapping[str, float], phase: Phase | None) -> float | None:
        power = values.get(Role(Quantity.POWER, phase).key)
        export = values.get(Role(Quantity.POWER_EXPORT, phase).key)
        if power is None:
            return None
        if export is not None:
            return abs(power) - abs(export)
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
        units = UNITS[DEVICE_CLASS[ROLES[role].quantity]]
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        if unit is None or unit not in units:
            raise SensorError(role, f"{entity_id} is in {unit}")
        return value * units[unit]


class SensorMeter(Meter):
    """Takes a sample each time that the sensors have spoken."""

    def __init__(self, hass: HomeAssistant, reader: SensorReader) -> None:
        """Take what reads the sensors."""
        self._hass = hass
        self._reader = reader
        self._waiting: set[str] = set()
        self._settle: asyncio.TimerHandle | None = None
        self._unfollow: list[CALLBACK_TYPE] = []
        self._stop_registry: CALLBACK_TYPE | None = None
        self._ids: set[str] = set()
        self._others: set[str] = set()
        self._lost: bool | None = None
        self._heard_at = 0.0

    async def start(
        self,
        on_sample: Callable[[MeterSample], None],
        on_connection: Callable[[MeterError | None], None],
    ) -> None:
        """Follow the sensors until `stop`."""
        self._on_sample = on_sample
        self._on_connection = on_connection
        self._stop_registry = self._hass.bus.async_listen(
            er.EVENT_ENTITY_REGISTRY_UPDATED, self._on_registry
        )
        self._follow()
        self._look()

    async def stop(self) -> None:
        """Stop following."""
        if self._stop_registry is not None:
            self._stop_registry()
            self._stop_registry = None
        self._drop()

    # --- following ------------------------------------------------------------------

    def _follow(self) -> None:
        self._ids = set(self._reader.entity_ids().values())
        self._others = _signs_of_life(self._hass, self._ids)
        followed = list(self._ids | self._others)
        self._unfollow = [
            async_track_state_change_event(self._hass, followed, self._on_state),
            async_track_state_report_event(self._hass, followed, self._on_state),
        ]

    def _drop(self) -> None:
        while self._unfollow:
            self._unfollow.pop()()
        if self._settle is not None:
            self._settle.cancel()
            self._settle = None

    @callback
    def _on_registry(self, _event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        ids = set(self._reader.entity_ids().values())
        if (ids, _signs_of_life(self._hass, ids)) == (self._ids, self._others):
            return
        self._drop()
        self._follow()

    @callback
    def _on_state(
        self, event: Event[EventStateChangedData] | Event[EventStateReportedData]
    ) -> None:
        entity_id = event.data["entity_id"]
        now = self._hass.loop.time()
        if entity_id in self._ids:
            self._heard_at = now
        elif now - self._heard_at < QUIET_AFTER:
            return  # it tells nothing that the sensors themselves will not
        if self._settle is None:
            self._waiting = set(self._ids)
            self._settle = self._hass.loop.call_later(SETTLE_TIME, self._take)
        self._waiting.discard(entity_id)
        if not self._waiting:
            self._take()

    # --- taking ---------------------------------------------------------------------

    @callback
    def _take(self) -> None:
        if self._settle is not None:
            self._settle.cancel()
            self._settle = None
        if (sample := self._look()) is not None:
            self._on_sample(sample)

    def _look(self) -> MeterSample | None:
        """Read the sensors; tell when that begins to fail, and when it works again."""
        try:
            sample = self._reader.sample(self._hass.loop.time())
        except SensorError as error:
            if self._lost is not True:
                _LOGGER.warning("The sensors of the supply cannot be used: %s", error)
                self._lost = True
                self._on_connection(MeterConnectionError(str(error)))
            return None
        if self._lost is not False:
            if self._lost:
                _LOGGER.info("The sensors of the supply are back")
            self._lost = False
            self._on_connection(None)
        return sample


def _signs_of_life(hass: HomeAssistant, entity_ids: set[str]) -> set[str]:
    """Return the other sensors that a meter's telegrams bring."""
    registry = er.async_get(hass)
    devices = {
        entry.device_id
        for entity_id in entity_ids
        if (entry := registry.async_get(entity_id)) is not None and entry.device_id
    }
    return {
        entry.entity_id
        for device_id in devices
        for entry in er.async_entries_for_device(registry, device_id)
        if entry.domain == "sensor"
        and (entry.device_class or entry.original_device_class) in SIGNS_OF_LIFE
    } - entity_ids
