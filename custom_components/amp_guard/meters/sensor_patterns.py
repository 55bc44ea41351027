"""Which sensors of other integrations measure a property's phases.

Sensors are known by what their integration made them (unique id, translation key,
device class, unit), never by an entity id, which anybody may change. A line for each
integration whose keys are known; the last line is for all other integrations.
"""

from collections.abc import Mapping
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

from ..model import Phase


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


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterPattern:
    """How an integration registers the sensors of a measurement device.

    `unique_ids` are patterns of the end of a unique id: `{n}` stands for 1 to 3, `{a}`
    for a to c, `{i}` for 0 to 2. `translation_keys`, where there are any, name
    the quantity, and the unique id only the phase. `export_positive`: its power counts
    what is exported.
    """

    integration: str | None
    unique_ids: Mapping[Quantity, str] = field(default_factory=dict)
    translation_keys: Mapping[Quantity, str] = field(default_factory=dict)
    total_power: str | None = None
    total_export: str | None = None
    export_positive: bool = False

    def role(self, sensor: SensorTraits) -> Role | None:
        """Return what a sensor measures, None if it is of no use."""
        for quantity, pattern in self.unique_ids.items():
            if not _has_class(sensor, quantity):
                continue
            wanted_key = self.translation_keys.get(quantity)
            if wanted_key not in (None, sensor.translation_key):
                continue
            for phase in Phase:
                if _ends(sensor.unique_id, _of_phase(pattern, phase)):
                    return Role(quantity, phase)
        for quantity, ending in (
            (Quantity.POWER, self.total_power),
            (Quantity.POWER_EXPORT, self.total_export),
        ):
            if ending is not None and _has_class(sensor, quantity):
                if _ends(sensor.unique_id, re.escape(ending)):
                    return Role(quantity, None)
        return None


def _pattern(
    integration: str | None,
    current: str | None,
    voltage: str | None = None,
    power: str | None = None,
    power_export: str | None = None,
    *,
    translation_keys: Mapping[Quantity, str] | None = None,
    total_power: str | None = None,
    total_export: str | None = None,
    export_positive: bool = False,
) -> MeterPattern:
    unique_ids = {
        Quantity.CURRENT: current,
        Quantity.VOLTAGE: voltage,
        Quantity.POWER_EXPORT: power_export,
        Quantity.POWER: power,
    }
    return MeterPattern(
        integration=integration,
        unique_ids={quantity: p for quantity, p in unique_ids.items() if p is not None},
        translation_keys=translation_keys or {},
        total_power=total_power,
        total_export=total_export,
        export_positive=export_positive,
    )


def _anywhere(name: str) -> str:
    """Return a pattern for keys as they are usual: current_l1, i1, phase_a_current."""
    return (
        rf"(?:(?:{name})[ _-]?(?:(?:phase|l)?[ _-]?{{n}}|phase[ _-]?{{a}})n?(?:_[avw])?"
        rf"|(?:l{{n}}|phase[ _-]?(?:{{n}}|{{a}})|{{a}})[ _-](?:{name}))"
    )


PATTERNS = (
    _pattern(
        "homewizard",
        "active_current_l{n}_a",
        "active_voltage_l{n}_v",
        "active_power_l{n}_w",
        total_power="_active_power_w",
    ),
    _pattern(
        "dsmr",
        "instantaneous_current_l{n}",
        "instantaneous_voltage_l{n}",
        "instantaneous_active_power_l{n}_positive",
        "instantaneous_active_power_l{n}_negative",
        total_power="_current_electricity_usage",
        total_export="_current_electricity_delivery",
    ),
    _pattern(
        "tibber",
        "_rt_currentL{n}",
        "_rt_voltagePhase{n}",
        total_power="_rt_power",
        total_export="_rt_powerProduction",
    ),
    # A Shelly 3EM of the first generation, a Pro 3EM, and one that counts its phases
    # as three meters.
    _pattern("shelly", "emeter_{i}-current", "emeter_{i}-voltage", "emeter_{i}-power"),
    _pattern("shelly", "-em:0-{a}_current", "-em:0-{a}_voltage", "-em:0-{a}_act_power"),
    _pattern(
        "shelly",
        "-em1:{i}-current_em1",
        "-em1:{i}-voltage_em1",
        "-em1:{i}-power_em1",
    ),
    _pattern(
        "fronius",
        "-current_ac_phase_{n}",
        "-voltage_ac_phase_{n}",
        "-power_real_phase_{n}",
    ),
    _pattern(
        "solaredge_modbus",
        "meter_.*_ac_current_phase_{a}",
        "meter_.*_ac_voltage_phase_{a}n",
        "meter_.*_ac_power_phase_{a}",
        export_positive=True,
    ),
    _pattern(
        "victron_gx",
        "L{n}",
        "L{n}",
        "L{n}",
        translation_keys={
            Quantity.CURRENT: "grid_current_phase",
            Quantity.VOLTAGE: "grid_voltage_phase",
            Quantity.POWER: "grid_power_phase",
        },
    ),
    _pattern("perific", "_current_l{n}", "_voltage_l{n}"),
    # AMS/HAN readers: amshan, and what amsleser.no sends by MQTT.
    _pattern(
        "amshan",
        "current_l{n}",
        "voltage_l{n}",
        "active_power_import_l{n}",
        "active_power_export_l{n}",
        total_power="active_power_import",
        total_export="active_power_export",
    ),
    _pattern(
        None,
        _anywhere("current|amps?|i"),
        _anywhere("voltage|volts?|u|v"),
        _anywhere("power|watts?|p"),
        _anywhere("power[ _-](?:export|returned|production|negative)|po"),
    ),
)
"""Of those of an integration the first that finds a device's sensors is taken; the last
is for integrations that have none: what else a known one measures is no property."""


class Recognised(NamedTuple):
    """What was recognised: by which pattern, and sensors' ids by their role's key."""

    pattern: MeterPattern
    sensors: dict[str, str]

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases that are measured."""
        return measured_phases(self.sensors)


def recognise(
    integration: str, sensors: Mapping[str, SensorTraits]
) -> Recognised | None:
    """Return which of the sensors, by id, play which role.

    None where they do not measure L1 alone or all three phases.
    """
    own = [pattern for pattern in PATTERNS if pattern.integration == integration]
    for pattern in own or [PATTERNS[-1]]:
        found: dict[str, str] = {}
        for id_, traits in sensors.items():
            if (role := pattern.role(traits)) is not None:
                found.setdefault(role.key, id_)
        if is_complete(measured_phases(found)):
            return Recognised(pattern, found)
    return None


def measured_phases(sensors: Mapping[str, str]) -> tuple[Phase, ...]:
    """Return the phases whose current the sensors, by role, make known."""
    return tuple(
        phase
        for phase in Phase
        if Role(Quantity.CURRENT, phase).key in sensors
        or Role(Quantity.POWER, phase).key in sensors
    )


def is_complete(phases: tuple[Phase, ...]) -> bool:
    """Whether these are the phases of a property: L1 alone, or all three."""
    return phases in ((Phase.L1,), tuple(Phase))


def _has_class(sensor: SensorTraits, quantity: Quantity) -> bool:
    device_class, converter, _ = MEASURES[quantity]
    return sensor.device_class == device_class and sensor.unit in converter.VALID_UNITS


def _of_phase(pattern: str, phase: Phase) -> str:
    return (
        pattern.replace("{n}", str(phase + 1))
        .replace("{a}", "abc"[phase])
        .replace("{i}", str(int(phase)))
    )


def _ends(unique_id: str, pattern: str) -> bool:
    starts = r"(?:^|(?<=[^a-zA-Z])|(?=[_-]))"
    return re.search(rf"{starts}(?:{pattern})$", unique_id, re.IGNORECASE) is not None
