"""Sensors in Home Assistant as the measurement device.

They are followed by events and never asked. The sensors of one telegram come one by
one: a sample is taken when all of them have spoken, or a moment after the first.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_state_report_event,
)

from ..model import Phase
from . import Meter, MeterConnectionError, MeterError, MeterSample
from .sensor_patterns import (
    DEVICE_CLASS,
    ROLES,
    UNITS,
    Quantity,
    Recognised,
    Role,
    SensorTraits,
    measured_phases,
    recognise,
)
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


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundMeter:
    """A device whose sensors measure a property; they are given by role."""

    device_id: str
    integration: str
    name: str
    sensors: Mapping[str, str]
    export_positive: bool


def find_meters(hass: HomeAssistant) -> list[FoundMeter]:
    """Return the devices that are recognised, by name.

    Some have a device for each phase below their own: then that one is returned.
    """
    by_device = _sensors_by_device(hass)
    families: dict[tuple[str, str], list[str]] = {}
    for device_id, integration in by_device:
        root = _root(hass, device_id)
        families.setdefault((root, integration), []).append(device_id)
    found = []
    for (root, integration), device_ids in families.items():
        alone = {
            device_id: recognise(integration, by_device[device_id, integration])
            for device_id in device_ids
        }
        together: dict[str, SensorTraits] = {}
        for device_id in device_ids:
            together |= by_device[device_id, integration]
        three_phase = {id_: r for id_, r in alone.items() if r and len(r.phases) > 1}
        if not three_phase and len(device_ids) > 1:
            whole = recognise(integration, together)
            if whole is not None and len(whole.phases) > 1:
                three_phase = {root: whole}
        for device_id, recognised in (three_phase or alone).items():
            if recognised is not None:
                found.append(_found(hass, device_id, integration, recognised))
    return sorted(found, key=lambda meter: meter.name)


async def enable_sensors(hass: HomeAssistant, sensors: Mapping[str, str]) -> None:
    """Enable those that their integration left disabled, as many do with phases."""
    registry = er.async_get(hass)
    entries = [registry.async_get(id_) for id_ in sensors.values()]
    disabled = [entry for entry in entries if entry is not None and entry.disabled]
    for entry in disabled:
        registry.async_update_entity(entry.entity_id, disabled_by=None)
    for entry_id in {entry.config_entry_id for entry in disabled} - {None}:
        await hass.config_entries.async_reload(str(entry_id))


def _sensors_by_device(
    hass: HomeAssistant,
) -> dict[tuple[str, str], dict[str, SensorTraits]]:
    """Return the sensors of each device and integration, by registry id.

    Among them what the integration itself left disabled, but nobody else did.
    """
    by_device: dict[tuple[str, str], dict[str, SensorTraits]] = {}
    for entry in er.async_get(hass).entities.values():
        if entry.domain != "sensor" or entry.device_id is None:
            continue
        if entry.disabled_by not in (None, er.RegistryEntryDisabler.INTEGRATION):
            continue
        by_device.setdefault((entry.device_id, entry.platform), {})[entry.id] = (
            SensorTraits(
                unique_id=entry.unique_id,
                translation_key=entry.translation_key,
                device_class=entry.device_class or entry.original_device_class,
                unit=entry.unit_of_measurement,
            )
        )
    return by_device


def _root(hass: HomeAssistant, device_id: str) -> str:
    """Return the device that a device belongs to in the end."""
    registry = dr.async_get(hass)
    while (device := registry.async_get(device_id)) is not None:
        above = (
            device.parent_device_id
            if isinstance(device, dr.ChildDeviceEntry)
            else device.via_device_id
        )
        if above is None:
            break
        device_id = above
    return device_id


def _found(
    hass: HomeAssistant, device_id: str, integration: str, recognised: Recognised
) -> FoundMeter:
    device = dr.async_get(hass).async_get(device_id)
    name = None if device is None else device.name_by_user or device.name
    return FoundMeter(
        device_id=device_id,
        integration=integration,
        name=name or integration,
        sensors=recognised.sensors,
        export_positive=recognised.pattern.export_positive,
    )


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
