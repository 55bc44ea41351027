"""How old what the sensors read is: by when what brings their values last spoke.

A device's telegram brings all of its phases, so one that says nothing has not changed
while another goes on. Where all are quiet its other sensors speak for them: a quiet
house shows the same for hours. But they do so only for their own device, and where
their own integration brings them: a helper that hangs on a device goes on when it is
dead.
"""

from collections.abc import Iterable
from typing import NamedTuple

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

QUIET_AFTER = 12.0
"""s without a word of the phases themselves, after which their device's others count:
more than the 10 s at which many meters measure, less than makes a meter stale."""
KINDS = {"current", "energy", "power", "timestamp", "voltage"}
"""Device classes of a meter's other sensors."""


class Source(NamedTuple):
    """What brings values: a device of an integration; else a sensor for itself."""

    id: str
    integration: str | None = None
    config_entry: str | None = None


class SignsOfLife:
    """When each source last gave one; times in s."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Follow nothing yet."""
        self._hass = hass
        self._phases: dict[str, Source] = {}
        self._others: dict[str, Source] = {}
        self._spoke: dict[Source, float] = {}
        self._alive: dict[Source, float] = {}

    def follow(self, phases: Iterable[str], now: float) -> bool:
        """Follow the sensors that make currents known, by what they are called now.

        Return whether other sensors than before are to be heard. What was heard of a
        source goes on; one that is new counts as heard now.
        """
        registry, before = er.async_get(self._hass), self.sources
        self._phases = {id_: _source(registry, id_) for id_ in phases}
        sources = set(self._phases.values())
        self._others = {
            entry.entity_id: source
            for source in sources
            for entry in er.async_entries_for_device(registry, source.id)
            if entry.domain == "sensor"
            and (entry.device_class or entry.original_device_class) in KINDS
            and entry.entity_id not in self._phases
            and _source(registry, entry.entity_id) == source
        }
        self._spoke = {source: self._spoke.get(source, now) for source in sources}
        self._alive = {source: self._alive.get(source, now) for source in sources}
        return self.sources != before

    @property
    def sources(self) -> dict[str, Source]:
        """Return all sensors that are to be heard, and what brings their values."""
        return self._phases | self._others

    @property
    def oldest(self) -> float:
        """Return when the source was last heard that has been silent for longest."""
        return min(self._alive.values())

    def hear(self, entity_id: str, now: float) -> bool:
        """Take that a sensor spoke; return whether that says anything of a phase."""
        if (source := self._phases.get(entity_id)) is not None:
            self._spoke[source] = self._alive[source] = now
            return True
        source = self._others.get(entity_id)
        if source is None or now - self._spoke[source] < QUIET_AFTER:
            return False  # the phases of a living device will speak themselves
        self._alive[source] = now
        return True


def _source(registry: er.EntityRegistry, entity_id: str) -> Source:
    entry = registry.async_get(entity_id)
    if entry is None or entry.device_id is None:
        return Source(entity_id)
    return Source(entry.device_id, entry.platform, entry.config_entry_id)
