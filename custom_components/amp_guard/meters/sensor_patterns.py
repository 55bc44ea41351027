"""Which sensors of other integrations measure a property's phases.

Sensors are known by what their integration made them (unique id, translation key,
device class, unit), never by an entity id, which anybody may change. The patterns of
known integrations are in `known_meters.py`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
import re
from typing import NamedTuple

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfPower,
)
from homeassistant.util.unit_conversion import (
    BaseUnitConverter,
    ElectricCurrentConverter,
    ElectricPotentialConverter,
    PowerConverter,
)

from ..model import EarthingSystem, Phase


class Quantity(StrEnum):
    """What a sensor measures of a phase."""

    CURRENT = "current"
    VOLTAGE = "voltage"
    POWER = "power"
    """Negative while it exports; or, beside `POWER_EXPORT`, import alone."""
    POWER_EXPORT = "power_export"


class Role(NamedTuple):
    """What a sensor measures, and of which phase; None: of all phases together."""

    quantity: Quantity
    phase: Phase | None

    @property
    def key(self) -> str:
        """Its name in forms and in what is stored: "current_l1", "total_power"."""
        if self.phase is None:
            return f"total_{self.quantity}"
        return f"{self.quantity}_{self.phase.name.lower()}"


ROLES = {
    role.key: role
    for role in (
        *(Role(quantity, phase) for phase in Phase for quantity in Quantity),
        Role(Quantity.POWER, None),
        Role(Quantity.POWER_EXPORT, None),
    )
}
"""Every role a sensor can play, by its key."""


class Measure(NamedTuple):
    """How Home Assistant classes the sensors of a quantity, and our unit of it."""

    device_class: SensorDeviceClass
    converter: type[BaseUnitConverter]
    unit: str

    def convert(self, value: float, unit: str) -> float:
        """Return a value in our unit; `unit` is one of the converter's."""
        return self.converter.convert(value, unit, self.unit)


_POWER = Measure(SensorDeviceClass.POWER, PowerConverter, UnitOfPower.WATT)
MEASURES = {
    Quantity.CURRENT: Measure(
        SensorDeviceClass.CURRENT,
        ElectricCurrentConverter,
        UnitOfElectricCurrent.AMPERE,
    ),
    Quantity.VOLTAGE: Measure(
        SensorDeviceClass.VOLTAGE,
        ElectricPotentialConverter,
        UnitOfElectricPotential.VOLT,
    ),
    Quantity.POWER: _POWER,
    Quantity.POWER_EXPORT: _POWER,
}


class SensorTraits(NamedTuple):
    """What an integration registered of a sensor."""

    unique_id: str
    translation_key: str | None
    device_class: str | None
    unit: str | None


PER_PHASE = re.compile(r"{([^/{}]+)/([^/{}]+)/([^/{}]+)}")
"""In a pattern: what stands there for L1, for L2, for L3."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterPattern:
    """How an integration registers the sensors of a measurement device.

    `unique_ids`, `total_power` and `total_export` are patterns of the end of a unique
    id; `{1/2/3}` stands for the phase. `translation_keys`, where there are any, name the
    quantity, and the unique id only the phase. `export_positive`: its power counts what
    is exported. `is_paired`: its power counts what is imported alone, and shows a
    direction only beside what is exported.
    """

    integration: str | None
    unique_ids: Mapping[Quantity, str] = field(default_factory=dict)
    translation_keys: Mapping[Quantity, str] = field(default_factory=dict)
    total_power: str | None = None
    total_export: str | None = None
    export_positive: bool = False
    is_paired: bool = False

    def role(self, sensor: SensorTraits) -> Role | None:
        """Return what a sensor measures, None if it is of no use."""
        for quantity, pattern in self.unique_ids.items():
            if not _has_class(sensor, quantity):
                continue
            wanted_key = self.translation_keys.get(quantity)
            if wanted_key not in (None, sensor.translation_key):
                continue
            for phase in Phase:
                if _ends(sensor.unique_id, PER_PHASE.sub(rf"\{phase + 1}", pattern)):
                    return Role(quantity, phase)
        for quantity, ending in (
            (Quantity.POWER_EXPORT, self.total_export),
            (Quantity.POWER, self.total_power),
        ):
            if ending is not None and _has_class(sensor, quantity):
                if _ends(sensor.unique_id, ending):
                    return Role(quantity, None)
        return None

    def recognise(self, sensors: Mapping[str, SensorTraits]) -> Recognised:
        """Return which of a device's sensors, by id, play which role."""
        found: dict[str, str] = {}
        for id_, traits in sensors.items():
            if (role := self.role(traits)) is not None:
                found.setdefault(role.key, id_)
        if self.is_paired:
            for phase in (*Phase, None):
                powers = [
                    Role(quantity, phase).key
                    for quantity in (Quantity.POWER, Quantity.POWER_EXPORT)
                ]
                if not found.keys() >= set(powers):
                    _drop(found, powers, phase)
        return Recognised(self, found)


class Recognised(NamedTuple):
    """What was recognised: by which pattern, and sensors' ids by their role's key."""

    pattern: MeterPattern
    sensors: dict[str, str]

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases that are measured."""
        return measured_phases(self.sensors)


def best_of(found: Iterable[Recognised]) -> Recognised | None:
    """Return what measures most of a property, the first of equals.

    Two phases are a property's only in an IT net, and there it is the middle line that
    a meter with two current transformers does not measure (Aron's circuit).
    """
    whole = [each for each in found if each.phases in (*PROPERTIES, ARON)]
    return max(
        whole, key=lambda each: (len(each.phases), len(each.sensors)), default=None
    )


PROPERTIES = ((Phase.L1,), tuple(Phase))
"""The phases that a property can have."""
ARON = (Phase.L1, Phase.L3)


def measured_phases(sensors: Iterable[str]) -> tuple[Phase, ...]:
    """Return the phases whose current sensors, by their roles' keys, make known."""
    return tuple(
        phase
        for phase in Phase
        if not {
            Role(Quantity.CURRENT, phase).key,
            Role(Quantity.POWER, phase).key,
        }.isdisjoint(sensors)
    )


def show_direction(sensors: Collection[str]) -> bool:
    """Whether sensors with these roles tell export from import, at least of the whole.

    Currents may have a sign, or none: that shows when something is exported.
    """
    total = Role(Quantity.POWER, None).key in sensors
    return total or all(
        Role(Quantity.POWER, phase).key in sensors for phase in measured_phases(sensors)
    )


def is_complete(phases: Collection[Phase], net: EarthingSystem | None) -> bool:
    """Whether a property can be balanced by these phases: L1 alone, or all three.

    In an IT net two lines bound the third; None: the net is not known yet.
    """
    if net is not EarthingSystem.TN and len(phases) == len(ARON):
        return True
    return tuple(phases) in PROPERTIES


def _drop(found: dict[str, str], powers: Iterable[str], phase: Phase | None) -> None:
    """Leave out powers that show no direction, unless nothing else shows the phase."""
    if phase is None or Role(Quantity.CURRENT, phase).key in found:
        for key in powers:
            found.pop(key, None)


def _has_class(sensor: SensorTraits, quantity: Quantity) -> bool:
    device_class, converter, _ = MEASURES[quantity]
    return sensor.device_class == device_class and sensor.unit in converter.VALID_UNITS


def _ends(unique_id: str, pattern: str) -> bool:
    starts = r"(?:^|(?<=[^a-zA-Z])|(?=[_-]))"
    return re.search(rf"{starts}(?:{pattern})$", unique_id, re.IGNORECASE) is not None
