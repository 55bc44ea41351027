"""Which sensors there are: of the meter, of each group, of each charger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
)
from homeassistant.helpers.typing import StateType

from ..chargers import FailSafe
from ..loop.state import NO_PHASE, SiteState
from ..model import ChargerStatus, Phase, PhaseValues, Reason, Worth


class PhaseStates(NamedTuple):
    """A state of each phase."""

    l1: str
    l2: str
    l3: str


type SensorValue = StateType | datetime | PhaseValues | PhaseStates
"""One figure or state, or one of each phase."""


@dataclass(frozen=True, kw_only=True)
class AmpGuardSensorDescription(SensorEntityDescription):
    """A figure of one target (a node or a charger), None where it is not known.

    Where it is one of each phase, every phase gets a sensor of its own, unavailable
    while it is none of `measured_fn`. `dead_band`
    is the change, in the sensor's unit (of a time: s), that is not worth a new state.
    """

    available_fn: Callable[[SiteState, str], bool] = lambda *_: True
    measured_fn: Callable[[SiteState, str], tuple[Phase, ...]] = lambda *_: tuple(Phase)
    value_fn: Callable[[SiteState, str], SensorValue]
    attributes_fn: Callable[[SiteState, str], Mapping[str, str]] | None = None
    dead_band: float = 0.0


def _total(
    value_fn: Callable[[SiteState, str], SensorValue],
    state: SiteState,
    node: str,
) -> StateType:
    """Return the sum over the phases, None where one of them is not known."""
    values = value_fn(state, node)
    return round(sum(values), 3) if isinstance(values, PhaseValues) else None


def _amperes(key: str, **settings: Any) -> AmpGuardSensorDescription:
    """Describe a current that flows, or may."""
    return AmpGuardSensorDescription(
        key=key,
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        **{"translation_key": key, **settings},
    )


METER_SENSORS = (
    _amperes(
        "current",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        available_fn=SiteState.meter_is_online,
        measured_fn=SiteState.measured_phases,
        value_fn=lambda state, node: state.samples[node].current,
        dead_band=0.1,
    ),
    AmpGuardSensorDescription(
        key="voltage",
        translation_key="voltage",
        device_class=SensorDeviceClass.VOLTAGE,
        entity_category=EntityCategory.DIAGNOSTIC,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        available_fn=SiteState.meter_is_online,
        measured_fn=SiteState.measured_phases,
        value_fn=lambda state, node: state.samples[node].voltage,
        dead_band=1.0,
    ),
    AmpGuardSensorDescription(
        key="power",
        translation_key="power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        available_fn=SiteState.meter_is_online,
        measured_fn=SiteState.measured_phases,
        value_fn=lambda state, node: state.samples[node].power,
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
        available_fn=SiteState.meter_is_online,
        measured_fn=SiteState.measured_phases,
        value_fn=lambda state, node: state.samples[node].energy_import,
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
        available_fn=SiteState.meter_is_online,
        measured_fn=SiteState.measured_phases,
        value_fn=lambda state, node: state.samples[node].energy_export,
        dead_band=0.1,
    ),
)

METER_WORTH = AmpGuardSensorDescription(
    key="measurement",
    translation_key="measurement",
    device_class=SensorDeviceClass.ENUM,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
    options=[worth.value for worth in Worth],
    value_fn=lambda state, node: PhaseStates(
        *(phase.worth.value for phase in state.decision.nodes[node].worth)
    ),
)
"""What each phase of the meter is worth."""

HOUSE_CURRENT = _amperes(
    "house_current",
    entity_registry_enabled_default=False,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=1,
    available_fn=SiteState.meter_is_online,
    measured_fn=SiteState.measured_phases,
    value_fn=lambda state, _: state.house_current(),
    dead_band=0.5,
)
"""What flows at the main fuse beside the chargers."""

MAIN_FUSE = _amperes(
    "main_fuse",
    entity_category=EntityCategory.DIAGNOSTIC,
    suggested_display_precision=0,
    value_fn=lambda state, _: state.site.supply.supply_max_current,
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

FUSE_HEAT = AmpGuardSensorDescription(
    key="fuse_heat",
    translation_key="fuse_heat",
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
    native_unit_of_measurement=PERCENTAGE,
    state_class=SensorStateClass.MEASUREMENT,
    value_fn=SiteState.fuse_heat,
    dead_band=2.0,
)

METER_DIAGNOSTICS = (
    AmpGuardSensorDescription(
        key="rejected_samples",
        translation_key="rejected_samples",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda state, node: state.rejected_samples[node],
    ),
    replace(FUSE_HEAT, available_fn=SiteState.meter_is_online),
)

GROUP_PHASE_SENSORS = (
    _amperes(
        "available_current",
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=SiteState.available,
        dead_band=0.5,
    ),
    _amperes(
        "allocated_current",
        translation_key="allocated_phase_current",
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=lambda state, group: state.decision.nodes[group].allocated,
        dead_band=0.5,
    ),
)
"""A sensor for each phase that takes part."""

GROUP_SENSORS = (
    _amperes(
        "limit",
        entity_category=EntityCategory.DIAGNOSTIC,
        suggested_display_precision=0,
        # What it may use now: by its meter's state, and its ceilings.
        value_fn=lambda state, group: round(state.decision.nodes[group].limit, 1),
    ),
    AmpGuardSensorDescription(
        key="utilisation",
        translation_key="utilisation",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=SiteState.utilisation,
        dead_band=4.0,
    ),
    AmpGuardSensorDescription(
        key="limiting_phase",
        translation_key="limiting_phase",
        device_class=SensorDeviceClass.ENUM,
        entity_registry_enabled_default=False,
        options=[*(phase.name.lower() for phase in Phase), NO_PHASE],
        value_fn=SiteState.limiting_phase,
    ),
)

GROUP_DIAGNOSTICS = (
    replace(
        FUSE_HEAT,
        available_fn=lambda state, group: not state.in_fallback(group),
    ),
)
"""What is known of a group only where something is measured."""

CAR_STATES = {
    ChargerStatus.DISCONNECTED: "disconnected",
    ChargerStatus.WAITING: "connected",
    ChargerStatus.CHARGING: "charging",
    ChargerStatus.FULL: "complete",
    ChargerStatus.FAULT: "fault",
}
"""What is known of the car, in the words that evcc takes too."""

CHARGER_SENSORS = (
    _amperes(
        "allocated_current",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        available_fn=lambda state, charger: (
            state.decision.allocations[charger].reason is not Reason.INACTIVE
        ),
        value_fn=lambda state, charger: state.decision.allocations[charger].current,
        # The activity has a row for each state of an enum, and none for what has a unit:
        # there a pause is the row of its event, and what it says meanwhile is said here.
        attributes_fn=SiteState.why,
    ),
    AmpGuardSensorDescription(
        key="reason",
        translation_key="reason",
        device_class=SensorDeviceClass.ENUM,
        entity_registry_enabled_default=False,
        options=[reason.value for reason in Reason],
        value_fn=lambda state, charger: (
            state.decision.allocations[charger].reason.value
        ),
        attributes_fn=SiteState.limited_by,
    ),
    AmpGuardSensorDescription(
        key="status",
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        entity_registry_enabled_default=False,
        options=list(CAR_STATES.values()),
        available_fn=lambda state, charger: (
            state.readings[charger].status in CAR_STATES
        ),
        value_fn=lambda state, charger: CAR_STATES[state.readings[charger].status],
    ),
    _amperes(
        "drawn_current",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        available_fn=lambda state, charger: (
            state.readings[charger].status is not ChargerStatus.LOST
        ),
        # What loads the fuse: a charger's highest phase.
        value_fn=lambda state, charger: round(max(state.decision.drawn[charger]), 1),
        dead_band=0.2,
    ),
    # By which the energy dashboard shows it under "Now".
    AmpGuardSensorDescription(
        key="power",
        translation_key="charging_power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        available_fn=lambda state, charger: charger in state.power,
        value_fn=lambda state, charger: round(state.power[charger]),
        dead_band=20.0,
    ),
    _amperes(
        "user_limit",
        entity_registry_enabled_default=False,
        entity_category=EntityCategory.DIAGNOSTIC,
        suggested_display_precision=0,
        value_fn=lambda state, charger: state.readings[charger].user_limit,
    ),
    AmpGuardSensorDescription(
        key="fail_safe",
        translation_key="fail_safe",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=[fail_safe.value for fail_safe in FailSafe],
        value_fn=lambda state, charger: state.fail_safes[charger].value,
    ),
    AmpGuardSensorDescription(
        key="next_turn",
        translation_key="next_turn",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_registry_enabled_default=False,
        value_fn=SiteState.next_turn,
        dead_band=5.0,
    ),
    AmpGuardSensorDescription(
        key="boost_until",
        translation_key="boost_until",
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda state, charger: state.boosts.get(charger),
    ),
)

CHARGER_ENERGY = AmpGuardSensorDescription(
    key="energy",
    translation_key="energy",
    device_class=SensorDeviceClass.ENERGY,
    native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
    state_class=SensorStateClass.TOTAL_INCREASING,
    suggested_display_precision=1,
    value_fn=lambda state, charger: round(state.energy.get(charger, 0.0), 3),
    dead_band=0.05,
)
"""What it drew while it was balanced."""
