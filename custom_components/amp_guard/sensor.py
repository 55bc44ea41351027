"""Sensors: what the meter measures, what a group has left, what a charger is given."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import (
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .chargers import FailSafe
from .const import (
    CONF_MEASURED_PHASES,
    CONF_MEASURED_QUANTITIES,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
)
from .coordinator import AmpGuardConfigEntry, AmpGuardCoordinator
from .entity import AmpGuardEntity
from .model import ChargerStatus, Phase, PhaseValues, Reason
from .phases import parse_phases
from .published import Published
from .site import read_group

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class AmpGuardSensorDescription(SensorEntityDescription):
    """A figure of one target (a node or a charger), None where it is not known.

    Where it is one of each phase, every phase gets a sensor of its own. `dead_band`
    is the change, in the sensor's unit, that is not worth a new state.
    """

    available_fn: Callable[[Published, str], bool] = lambda *_: True
    value_fn: Callable[[Published, str], StateType | PhaseValues]
    dead_band: float = 0.0


def _total(
    value_fn: Callable[[Published, str], StateType | PhaseValues],
    published: Published,
    node: str,
) -> StateType:
    """Return the sum over the phases, None where one of them is not known."""
    values = value_fn(published, node)
    return round(sum(values), 3) if isinstance(values, PhaseValues) else None


METER_SENSORS = (
    AmpGuardSensorDescription(
        key="current",
        translation_key="current",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        available_fn=Published.meter_is_online,
        value_fn=lambda published, node: published.samples[node].current,
        dead_band=0.1,
    ),
    AmpGuardSensorDescription(
        key="voltage",
        translation_key="voltage",
        device_class=SensorDeviceClass.VOLTAGE,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        available_fn=Published.meter_is_online,
        value_fn=lambda published, node: published.samples[node].voltage,
        dead_band=1.0,
    ),
    AmpGuardSensorDescription(
        key="power",
        translation_key="power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        available_fn=Published.meter_is_online,
        value_fn=lambda published, node: published.samples[node].power,
        dead_band=20.0,
    ),
    AmpGuardSensorDescription(
        key="energy_import",
        translation_key="energy_import",
        device_class=SensorDeviceClass.ENERGY,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=1,
        available_fn=Published.meter_is_online,
        value_fn=lambda published, node: published.samples[node].energy_import,
        dead_band=0.1,
    ),
    AmpGuardSensorDescription(
        key="energy_export",
        translation_key="energy_export",
        device_class=SensorDeviceClass.ENERGY,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=1,
        available_fn=Published.meter_is_online,
        value_fn=lambda published, node: published.samples[node].energy_export,
        dead_band=0.1,
    ),
)

METER_TOTALS = {
    description.key: replace(
        description,
        key=f"total_{description.key}",
        translation_key=f"total_{description.key}",
        entity_registry_enabled_default=True,
        value_fn=partial(_total, description.value_fn),
    )
    for description in METER_SENSORS
    if description.key in ("power", "energy_import", "energy_export")
}
"""Of all phases together, by what is summed up."""

METER_DIAGNOSTICS = (
    AmpGuardSensorDescription(
        key="rejected_samples",
        translation_key="rejected_samples",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda published, node: published.rejected_samples[node],
    ),
)

GROUP_SENSORS = (
    AmpGuardSensorDescription(
        key="available_current",
        translation_key="available_current",
        device_class=SensorDeviceClass.CURRENT,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=Published.available,
        dead_band=0.5,
    ),
)

CHARGER_SENSORS = (
    AmpGuardSensorDescription(
        key="allocated_current",
        translation_key="allocated_current",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        available_fn=lambda published, charger: (
            published.decision.allocations[charger].reason is not Reason.INACTIVE
        ),
        value_fn=lambda published, charger: (
            published.decision.allocations[charger].current
        ),
    ),
    AmpGuardSensorDescription(
        key="reason",
        translation_key="reason",
        device_class=SensorDeviceClass.ENUM,
        options=[reason.value for reason in Reason],
        value_fn=lambda published, charger: (
            published.decision.allocations[charger].reason.value
        ),
    ),
    AmpGuardSensorDescription(
        key="drawn_current",
        translation_key="drawn_current",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        available_fn=lambda published, charger: (
            published.readings[charger].status is not ChargerStatus.LOST
        ),
        # What loads the fuse: a charger's highest phase.
        value_fn=lambda published, charger: round(
            max(published.decision.drawn[charger]), 1
        ),
        dead_band=0.2,
    ),
    AmpGuardSensorDescription(
        key="user_limit",
        translation_key="user_limit",
        device_class=SensorDeviceClass.CURRENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=0,
        value_fn=lambda published, charger: published.readings[charger].user_limit,
    ),
    AmpGuardSensorDescription(
        key="fail_safe",
        translation_key="fail_safe",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=[fail_safe.value for fail_safe in FailSafe],
        value_fn=lambda published, charger: published.fail_safes[charger].value,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of the meter, its groups and their chargers."""
    coordinator = entry.runtime_data
    async_add_entities(
        AmpGuardSensor(coordinator, description, phase=phase)
        for description in METER_SENSORS
        if description.key in entry.data[CONF_MEASURED_QUANTITIES]
        for phase in parse_phases(entry.data[CONF_MEASURED_PHASES])
    )
    async_add_entities(
        AmpGuardSensor(coordinator, description)
        for quantity, description in METER_TOTALS.items()
        if quantity in entry.data[CONF_MEASURED_QUANTITIES]
    )
    async_add_entities(
        AmpGuardSensor(coordinator, description)
        for description in METER_DIAGNOSTICS
        if coordinator.meters
    )
    for subentry in entry.get_subentries_of_type(SUBENTRY_GROUP):
        async_add_entities(
            (
                AmpGuardSensor(coordinator, description, subentry, phase)
                for description in GROUP_SENSORS
                for phase in sorted(read_group(subentry.data).phases)
            ),
            config_subentry_id=subentry.subentry_id,
        )
    for subentry in entry.get_subentries_of_type(SUBENTRY_CHARGER):
        async_add_entities(
            (
                AmpGuardSensor(coordinator, description, subentry)
                for description in CHARGER_SENSORS
            ),
            config_subentry_id=subentry.subentry_id,
        )


class AmpGuardSensor(AmpGuardEntity, SensorEntity):
    """A figure that was published."""

    entity_description: AmpGuardSensorDescription

    def __init__(
        self,
        coordinator: AmpGuardCoordinator,
        description: AmpGuardSensorDescription,
        subentry: ConfigSubentry | None = None,
        phase: Phase | None = None,
    ) -> None:
        """Show a figure, or one phase of it."""
        if phase is not None:
            key = f"{description.key}_{phase.name.lower()}"
            description = replace(description, key=key)
            self._attr_translation_placeholders = {"phase": phase.name}
        super().__init__(coordinator, description, subentry)
        self._phase = phase

    def _update_from(self, published: Published) -> bool:
        description = self.entity_description
        available = description.available_fn(published, self.target)
        value = self._value(published) if available else None
        if available == self._attr_available and not self._moved(value):
            return False
        self._attr_available, self._attr_native_value = available, value
        return True

    def _value(self, published: Published) -> StateType:
        value = self.entity_description.value_fn(published, self.target)
        if isinstance(value, PhaseValues):
            return None if self._phase is None else round(value[self._phase], 2)
        return value

    def _moved(self, value: StateType) -> bool:
        before = self._attr_native_value
        if isinstance(value, float) and isinstance(before, float):
            return abs(value - before) > self.entity_description.dead_band
        return value != before
