"""How old what the sensors read is: by when what brings their values last reported.

A device's telegram brings all of its phases, so a phase that reports nothing has not
changed while another goes on. Where all are silent the device's other sensors are its
heartbeat: a base load can stay the same for hours. But they are so only for their own
device, and where their own integration brings them: a helper that hangs on a device
goes on when it is dead. A helper is as old as the sensors that it is made of, where its
options name them.

Sensors without a device, of one integration, show life for each other: it writes only
what changes (ffunes/Omnibattery#451). Not for ever: one that has reported before and is
silent for longer than a phase is ever still may be dead.

A sensor that its owner picked as heartbeat speaks for all of them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from math import inf
import re
from typing import NamedTuple

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import entity_sources

from .sensor_patterns import ROLES, Quantity

SILENT_AFTER = 12.0
"""s without a report of the phases themselves, after which their device's others count:
more than the 10 s at which many meters measure, less than makes a meter stale."""
LONGEST_STILLNESS = 24 * 3600.0
"""s for which a sensor without a device is taken to be unchanged that others speak for:
a phase with whole amps may be still all night. What chargers on it show is known sooner."""
DEVICE_CLASSES = {
    SensorDeviceClass.CURRENT,
    SensorDeviceClass.ENERGY,
    SensorDeviceClass.POWER,
    SensorDeviceClass.TIMESTAMP,
    SensorDeviceClass.VOLTAGE,
}
"""Of a meter's other sensors."""
MADE_OF = {SensorDeviceClass.CURRENT, SensorDeviceClass.POWER}
"""What a helper for a current is made of: of what else it needs it may be older."""
SENSOR_ID = re.compile(r"\bsensor\.[a-z0-9_]+")


class Source(NamedTuple):
    """What brings values: a device of an integration; else the integration itself."""

    device: str | None
    integration: str | None = None
    config_entry: str | None = None


class Heartbeat:
    """When each source last reported; times in s. It starts without any."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._phases: dict[str, frozenset[Source]] = {}
        self._made_of: dict[str, set[str]] = {}
        self._others: dict[str, Source] = {}
        self._picked: str | None = None
        self._phase_reported: dict[Source, float] = {}
        self._reported: dict[Source, float] = {}
        self._own_report: dict[str, float] = {}
        self._picked_reported = -inf

    def follow(
        self,
        phases: Iterable[str],
        now: float,
        *,
        set_of: Collection[str] = (),
        picked: str | None = None,
    ) -> bool:
        """Follow the sensors that make currents known, by their entity ids now.

        `set_of` are all sensors of the measurement device, `picked` the heartbeat that
        its owner picked. Return whether other sensors than before are to be followed.
        When a source last reported is kept; one that is new counts as having reported
        now.
        """
        registry, before = er.async_get(self._hass), self.followed
        self._picked = picked
        self._phases = {id_: sources_of(self._hass, id_) for id_ in phases}
        self._made_of = {id_: _inputs(self._hass, id_) for id_ in self._phases}
        sources = frozenset(chain.from_iterable(self._phases.values()))
        candidates = {
            entry.entity_id
            for source in sources
            if source.device is not None
            for entry in er.async_entries_for_device(registry, source.device)
            if entry.domain == Platform.SENSOR and _class_of(entry) in DEVICE_CLASSES
        }
        made_of = chain.from_iterable(self._made_of.values())
        self._others = {
            id_: source
            for id_ in candidates.union(set_of, made_of) - self._phases.keys()
            if (source := _source(self._hass, id_)) in sources
        }
        self._phase_reported = {
            source: self._phase_reported.get(source, now) for source in sources
        }
        self._reported = {source: self._reported.get(source, now) for source in sources}
        return self.followed != before

    @property
    def followed(self) -> set[str]:
        """Return all entities that are to be followed."""
        picked = set() if self._picked is None else {self._picked}
        return self._phases.keys() | self._others.keys() | picked

    def oldest(self, phases: Iterable[str]) -> float:
        """Return when, of what brings these sensors' values, the quietest reported."""
        return min(map(self._last_sign, phases))

    def witnesses(self, phase: str) -> set[str]:
        """Return the other sensors that show that what brings this one's value lives."""
        of = {id_: set(sources) for id_, sources in self._phases.items()}
        of |= {id_: {source} for id_, source in self._others.items()}
        return {id_ for id_ in of if of[id_] & of[phase]} - {phase}

    def report(self, entity_id: str, now: float) -> bool:
        """Note that a sensor reported; return whether that says anything of a phase."""
        if (sources := self._phases.get(entity_id)) is not None:
            self._own_report[entity_id] = now
            if not self._made_of[entity_id]:  # a helper may go on by itself
                for source in sources:
                    self._phase_reported[source] = self._reported[source] = now
            return True
        if entity_id == self._picked:
            self._picked_reported = now
            return now - min(self._phase_reported.values()) >= SILENT_AFTER
        other = self._others.get(entity_id)
        if other is None or now - self._phase_reported[other] < SILENT_AFTER:
            return False  # the phases of a living device will report themselves
        self._reported[other] = now
        return True

    def _last_sign(self, phase: str) -> float:
        sources = self._phases[phase]
        shown = min(self._reported[source] for source in sources)
        own = self._own_report.get(phase)
        if own is not None and any(source.device is None for source in sources):
            if shown - own > LONGEST_STILLNESS:
                shown = own
        return max(shown, self._picked_reported)


def signs_of_life(
    hass: HomeAssistant, sensors: Mapping[str, str]
) -> dict[str, set[str]]:
    """Return the weak signs of life of a meter's sensors, entity ids by their roles.

    "no_life": nothing but the sensor itself shows that it lives. "life_of_set": others
    do that may live without it.
    """
    phases = {id_ for role, id_ in sensors.items() if makes_current_known(role)}
    heartbeat = Heartbeat(hass)
    heartbeat.follow(phases, 0.0, set_of=sensors.values())
    weak: dict[str, set[str]] = {}
    for phase in phases:
        if not heartbeat.witnesses(phase):
            weak.setdefault("no_life", set()).add(phase)
        elif any(source.device is None for source in sources_of(hass, phase)):
            weak.setdefault("life_of_set", set()).add(phase)
    return weak


def makes_current_known(role: str) -> bool:
    """Whether a sensor with this role tells of a phase's current."""
    quantity, phase = ROLES[role]
    return phase is not None and quantity is not Quantity.VOLTAGE


def sources_of(hass: HomeAssistant, entity_id: str) -> frozenset[Source]:
    """Return what brings a sensor's value; of a helper, what brings its inputs'."""
    inputs = _inputs(hass, entity_id)
    return frozenset(_source(hass, id_) for id_ in inputs or [entity_id])


def _source(hass: HomeAssistant, entity_id: str) -> Source:
    entry = er.async_get(hass).async_get(entity_id)
    if entry is None:
        brought = entity_sources(hass).get(entity_id)
        return Source(None, None if brought is None else brought["domain"])
    if entry.device_id is None:
        return Source(None, entry.platform)
    return Source(entry.device_id, entry.platform, entry.config_entry_id)


def _inputs(
    hass: HomeAssistant, entity_id: str, seen: frozenset[str] = frozenset()
) -> set[str]:
    """Return the sensors that a helper is made of, in the end; none of another sensor."""
    registry = er.async_get(hass)
    if (entry := registry.async_get(entity_id)) is None or entity_id in seen:
        return set()
    config_entry = hass.config_entries.async_get_entry(entry.config_entry_id or "")
    if config_entry is None:
        return set()
    named = {
        id_
        for text in _texts(config_entry.options)
        for id_ in SENSOR_ID.findall(text)
        if (of := registry.async_get(id_)) is not None
        and id_ != entity_id
        and _class_of(of) in MADE_OF
    }
    seen |= {entity_id}
    return {deep for id_ in named for deep in _inputs(hass, id_, seen) or {id_}}


def _texts(options: object) -> Iterator[str]:
    if isinstance(options, str):
        yield options
    elif isinstance(options, list | tuple):
        yield from chain.from_iterable(map(_texts, options))
    elif isinstance(options, Mapping):
        yield from chain.from_iterable(map(_texts, options.values()))


def _class_of(entry: er.RegistryEntry) -> str | None:
    return entry.device_class or entry.original_device_class
