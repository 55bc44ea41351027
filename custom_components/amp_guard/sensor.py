"""Sensors: what the meter measures, what a group has left, what a charger is given."""

from dataclasses import replace
from datetime import datetime

from homeassistant.components.sensor import (
    DOMAIN as SENSOR,
    RestoreSensor,
    SensorEntity,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .const import (
    CONF_MEASURED_PHASES,
    CONF_MEASURED_QUANTITIES,
    DOMAIN,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
)
from .coordinator import AmpGuardConfigEntry, AmpGuardCoordinator
from .demonstration.entities import simulated_sensors
from .entity import AmpGuardEntity
from .model import Phase, PhaseValues
from .phases import parse_phases
from .published import Published
from .sensor_descriptions import (
    CHARGER_ENERGY,
    CHARGER_SENSORS,
    GROUP_DIAGNOSTICS,
    GROUP_PHASE_SENSORS,
    GROUP_SENSORS,
    METER_DIAGNOSTICS,
    METER_SENSORS,
    METER_TOTALS,
    AmpGuardSensorDescription,
)
from .site import read_group

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of the meter, its groups and their chargers."""
    coordinator = entry.runtime_data
    async_add_entities(simulated_sensors(hass, entry))
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
        _remove_phases_left_out(hass, subentry)
        async_add_entities(
            (
                AmpGuardSensor(coordinator, description, subentry, phase)
                for description in GROUP_PHASE_SENSORS
                for phase in sorted(read_group(subentry.data).phases)
            ),
            config_subentry_id=subentry.subentry_id,
        )
        async_add_entities(
            (
                AmpGuardSensor(coordinator, description, subentry)
                for description in GROUP_SENSORS
            ),
            config_subentry_id=subentry.subentry_id,
        )
        async_add_entities(
            (
                AmpGuardSensor(coordinator, description, subentry)
                for description in GROUP_DIAGNOSTICS
                if coordinator.meters
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
        async_add_entities(
            [ChargerEnergySensor(coordinator, CHARGER_ENERGY, subentry)],
            config_subentry_id=subentry.subentry_id,
        )


@callback
def _remove_phases_left_out(hass: HomeAssistant, group: ConfigSubentry) -> None:
    """Remove the sensors of phases that take no part any longer."""
    registry = er.async_get(hass)
    for phase in set(Phase).difference(read_group(group.data).phases):
        for description in GROUP_PHASE_SENSORS:
            unique_id = f"{group.subentry_id}_{description.key}_{phase.name.lower()}"
            if entity := registry.async_get_entity_id(SENSOR, DOMAIN, unique_id):
                registry.async_remove(entity)


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

    def _value(self, published: Published) -> StateType | datetime:
        value = self.entity_description.value_fn(published, self.target)
        if isinstance(value, PhaseValues):
            return None if self._phase is None else round(value[self._phase], 2)
        return value

    def _moved(self, value: StateType | datetime) -> bool:
        before, dead_band = self._attr_native_value, self.entity_description.dead_band
        if isinstance(value, int | float) and isinstance(before, int | float):
            return abs(value - before) > dead_band
        if isinstance(value, datetime) and isinstance(before, datetime):
            return abs((value - before).total_seconds()) > dead_band
        return value != before


class ChargerEnergySensor(AmpGuardSensor, RestoreSensor):
    """What a charger drew while it was balanced; goes on after a restart."""

    async def async_added_to_hass(self) -> None:
        """Restore it, before anything is counted."""
        data = await self.async_get_last_sensor_data()
        if data is not None and isinstance(data.native_value, int | float):
            self.coordinator.energy.restore(self.target, float(data.native_value))
        await super().async_added_to_hass()
