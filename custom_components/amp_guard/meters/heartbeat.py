"""How old what the sensors read is: by when the device behind them last reported.

A device's telegram brings all of its phases, so a phase that reports nothing has not
changed while another goes on. Where all are silent the device's other sensors are its
heartbeat: a base load can stay the same for hours. But they are so only for their own
device, and where their own integration brings them: a helper that hangs on a device
goes on when it is dead.
"""

from collections.abc import Iterable
from typing import NamedTuple

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

SILENT_AFTER = 12.0
"""s without a report of the phases themselves, after which their device's others count:
more than the 10 s at which many meters measure, less than makes a meter stale."""
DEVICE_CLASSES = {
    SensorDeviceClass.CURRENT,
    SensorDeviceClass.ENERGY,
    SensorDeviceClass.POWER,
    SensorDeviceClass.TIMESTAMP,
    SensorDeviceClass.VOLTAGE,
}
"""Of a meter's other sensors."""


class Source(NamedTuple):
    """What brings values: a device of an integration; else a sensor for itself."""

    id: str
    integration: str | None = None
    config_entry: str | None = None


class Heartbeat:
    """When each source last reported; times in s. It starts without any."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._phases: dict[str, Source] = {}
        self._others: dict[str, Source] = {}
        self._phase_reported: dict[Source, float] = {}
        self._reported: dict[Source, float] = {}

    def follow(self, phases: Iterable[str], now: float) -> bool:
        """Follow the sensors that make currents known, by their entity ids now.

        Return whether other sensors than before are to be followed. When a source last
        reported is kept; one that is new counts as having reported now.
        """
        registry, before = er.async_get(self._hass), self.sources
        self._phases = {id_: _source(registry, id_) for id_ in phases}
        sources = set(self._phases.values())
        self._others = {
            entry.entity_id: source
            for source in sources
            for entry in er.async_entries_for_device(registry, source.id)
            if entry.domain == Platform.SENSOR
            and (entry.device_class or entry.original_device_class) in DEVICE_CLASSES
            and entry.entity_id not in self._phases
            and _source(registry, entry.entity_id) == source
        }
        self._phase_reported = {
            source: self._phase_reported.get(source, now) for source in sources
        }
        self._reported = {source: self._reported.get(source, now) for source in sources}
        return self.sources != before

    @property
    def sources(self) -> dict[str, Source]:
        """Return all sensors that are to be followed, and what brings their values."""
        return self._phases | self._others

    @property
    def oldest(self) -> float:
        """Return when the source last reported that has been silent for longest."""
        return min(self._reported.values())

    def report(self, entity_id: str, now: float) -> bool:
        """Note that a sensor reported; return whether that says anything of a phase."""
        if (source := self._phases.get(entity_id)) is not None:
            self._phase_reported[source] = self._reported[source] = now
            return True
        source = self._others.get(entity_id)
        if source is None or now - self._phase_reported[source] < SILENT_AFTER:
            return False  # the phases of a living device will report themselves
        self._reported[source] = now
        return True


def _source(registry: er.EntityRegistry, entity_id: str) -> Source:
    entry = registry.async_get(entity_id)
    if entry is None or entry.device_id is None:
        return Source(entity_id)
    return Source(entry.device_id, entry.platform, entry.config_entry_id)
