"""Sensors: what the meter measures, what a group has left, what a charger is allocated."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import override

from homeassistant.components.sensor import (
    DOMAIN as SENSOR,
    RestoreSensor,
    SensorEntity,
    SensorExtraStoredData,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .const import (
    CONF_ENTITY,
    CONF_MEASURED_PHASES,
    CONF_MEASURED_QUANTITIES,
    CONF_PRICE,
    CONF_SENSORS,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
    SUBENTRY_OPERATOR,
    SUBENTRY_SOLAR,
    SUBENTRY_TARIFF,
    AmpGuardConfigEntry,
)
from .coordinator import AmpGuardCoordinator
from .demonstration.entities import simulated_sensors
from .entities.plan_sensors import (
    KILOWATT_MORE,
    OPERATOR_LIMIT,
    SURPLUS,
    TARIFF_SENSORS,
)
from .entities.sensors import (
    CHARGER_ENERGY,
    CHARGER_SENSORS,
    GROUP_DIAGNOSTICS,
    GROUP_PHASE_SENSORS,
    GROUP_SENSORS,
    HOUSE_CURRENT,
    MAIN_FUSE,
    METER_DIAGNOSTICS,
    METER_SENSORS,
    METER_TOTALS,
    METER_WORTH,
    AmpGuardSensorDescription,
    PhaseStates,
)
from .entity import AmpGuardEntity
from .loop.state import SiteState
from .model import SUPPLY_ID, Phase, PhaseValues
from .site.phases import parse_phases
from .site.reading import connected_subentries, phases_of, read_group

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of the meter, its groups and their chargers."""
    coordinator = entry.runtime_data
    simulated = simulated_sensors(hass, entry)
    sensors: dict[str | None, list[SensorEntity]] = {
        None: [*_meter_sensors(coordinator), *_plan_sensors(hass, coordinator)]
    }
    for id_, subentry in connected_subentries(entry).items():
        sensors_of = SENSORS_OF[subentry.subentry_type]
        sensors[id_] = [
            *sensors_of(coordinator, subentry),
            *simulated.get(id_, ()),
        ]
    _remove_left_out(hass, entry, chain(*sensors.values()))
    for subentry_id, added in sensors.items():
        async_add_entities(added, config_subentry_id=subentry_id)


def _meter_sensors(coordinator: AmpGuardCoordinator) -> Iterator[AmpGuardSensor]:
    data = coordinator.entry.data
    for quantity in METER_SENSORS:
        if quantity.key in data[CONF_MEASURED_QUANTITIES]:
            for phase in parse_phases(data[CONF_MEASURED_PHASES]):
                if _copies(data.get(CONF_SENSORS, {}), quantity.key, phase):
                    off = replace(quantity, entity_registry_enabled_default=False)
                    yield AmpGuardSensor(coordinator, off, phase=phase)
                else:
                    yield AmpGuardSensor(coordinator, quantity, phase=phase)
    for key, total in METER_TOTALS.items():
        if key in data[CONF_MEASURED_QUANTITIES]:
            yield AmpGuardSensor(coordinator, total)
    if coordinator.is_metered:
        for phase in phases_of(coordinator.entry):
            yield AmpGuardSensor(coordinator, METER_WORTH, phase=phase)
            yield AmpGuardSensor(coordinator, HOUSE_CURRENT, phase=phase)
        for diagnostic in METER_DIAGNOSTICS:
            yield AmpGuardSensor(coordinator, diagnostic)
    yield AmpGuardSensor(coordinator, MAIN_FUSE)


def _copies(sensors: Mapping[str, str], quantity: str, phase: Phase) -> bool:
    """Say whether what is measured is a sensor that is in Home Assistant already.

    What is imported less what is exported is none.
    """
    on_phase = phase.name.lower()
    exported = f"{quantity}_export_{on_phase}"
    return f"{quantity}_{on_phase}" in sensors and exported not in sensors


def _plan_sensors(
    hass: HomeAssistant, coordinator: AmpGuardCoordinator
) -> Iterator[PlanSensor]:
    entry = coordinator.entry
    for tariff in entry.get_subentries_of_type(SUBENTRY_TARIFF):
        for description in TARIFF_SENSORS:
            yield PlanSensor(coordinator, description, tariff)
        if tariff.data.get(CONF_PRICE) is not None:
            currency = hass.config.currency
            more = replace(KILOWATT_MORE, native_unit_of_measurement=currency)
            yield PlanSensor(coordinator, more, tariff)
    for operator in entry.get_subentries_of_type(SUBENTRY_OPERATOR):
        if operator.data.get(CONF_ENTITY) is not None:
            yield PlanSensor(coordinator, OPERATOR_LIMIT, operator)
    for solar in entry.get_subentries_of_type(SUBENTRY_SOLAR):
        yield PlanSensor(coordinator, SURPLUS, solar)


def _group_sensors(
    coordinator: AmpGuardCoordinator, group: ConfigSubentry
) -> Iterator[AmpGuardSensor]:
    for description in GROUP_PHASE_SENSORS:
        for phase in sorted(read_group(group.data).phases):
            yield AmpGuardSensor(coordinator, description, group, phase)
    for description in GROUP_SENSORS:
        yield AmpGuardSensor(coordinator, description, group)
    if coordinator.is_metered:
        for diagnostic in GROUP_DIAGNOSTICS:
            yield AmpGuardSensor(coordinator, diagnostic, group)


def _charger_sensors(
    coordinator: AmpGuardCoordinator, charger: ConfigSubentry
) -> Iterator[AmpGuardSensor]:
    for description in CHARGER_SENSORS:
        yield AmpGuardSensor(coordinator, description, charger)
    yield ChargerEnergySensor(coordinator, CHARGER_ENERGY, charger)


SENSORS_OF = {SUBENTRY_GROUP: _group_sensors, SUBENTRY_CHARGER: _charger_sensors}


@callback
def _remove_left_out(
    hass: HomeAssistant, entry: AmpGuardConfigEntry, sensors: Iterable[SensorEntity]
) -> None:
    """Remove the sensors of what is measured no longer, or takes no part.

    Those of what hangs on a group that is gone stay: it may be given another.
    """
    registry = er.async_get(hass)
    kept = {sensor.unique_id for sensor in sensors}
    waiting = entry.subentries.keys() - connected_subentries(entry).keys()
    for known in er.async_entries_for_config_entry(registry, entry.entry_id):
        if known.config_subentry_id in waiting:
            continue
        if known.domain == SENSOR and known.unique_id not in kept:
            registry.async_remove(known.entity_id)


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
        self._attr_extra_state_attributes = {}

    @override
    def _update_from(self, state: SiteState) -> bool:
        description = self.entity_description
        available = description.available_fn(state, self.target) and (
            self._phase is None
            or self._phase in description.measured_fn(state, self.target)
        )
        value = self._value(state) if available else None
        attributes = self._attributes(state) if available else {}
        if (
            available == self._attr_available
            and attributes == self._attr_extra_state_attributes
            and not self._moved(value)
        ):
            return False
        self._attr_available, self._attr_native_value = available, value
        self._attr_extra_state_attributes = attributes
        return True

    def _attributes(self, state: SiteState) -> dict[str, str]:
        """Return what is told beside the figure; a node by its name."""
        if (told := self.entity_description.attributes_fn) is None:
            return {}
        entry = self.coordinator.entry
        names = {SUPPLY_ID: entry.title} | {
            id_: subentry.title for id_, subentry in entry.subentries.items()
        }
        attributes = told(state, self.target)
        return {key: names.get(value, value) for key, value in attributes.items()}

    def _value(self, state: SiteState) -> StateType | datetime:
        value = self.entity_description.value_fn(state, self.target)
        if isinstance(value, PhaseValues):
            return None if self._phase is None else round(value[self._phase], 2)
        if isinstance(value, PhaseStates):
            return None if self._phase is None else value[self._phase]
        return value

    def _moved(self, value: StateType | datetime) -> bool:
        before, dead_band = self._attr_native_value, self.entity_description.dead_band
        if isinstance(value, int | float) and isinstance(before, int | float):
            return abs(value - before) > dead_band
        if isinstance(value, datetime) and isinstance(before, datetime):
            return abs((value - before).total_seconds()) > dead_band
        return value != before


class PlanSensor(AmpGuardSensor):
    """A figure of a plan, at the supply's device, named after the plan."""

    def __init__(
        self,
        coordinator: AmpGuardCoordinator,
        description: AmpGuardSensorDescription,
        plan: ConfigSubentry,
    ) -> None:
        """Show a figure of the plan of a subentry."""
        key = f"{description.key}_{plan.subentry_id}"
        super().__init__(coordinator, replace(description, key=key))
        self._attr_translation_placeholders = {"plan": plan.title}
        self.target = plan.subentry_id


class ChargerEnergySensor(AmpGuardSensor, RestoreSensor):
    """What a charger drew while it was balanced; goes on after a restart."""

    @property
    @override
    def extra_restore_state_data(self) -> SensorExtraStoredData:
        """All that was counted, also what was not worth a new state."""
        total = self.coordinator.energy.totals.get(self.target)
        return SensorExtraStoredData(total, self.native_unit_of_measurement)

    @override
    async def async_added_to_hass(self) -> None:
        """Restore it, before anything is counted."""
        data = await self.async_get_last_sensor_data()
        if data is not None and isinstance(data.native_value, int | float):
            self.coordinator.energy.restore(self.target, float(data.native_value))
        await super().async_added_to_hass()
