"""The simulated chargers as any integration would make them: ordinary entities."""

from collections.abc import Iterator
from typing import override

from homeassistant.components.number import NumberDeviceClass, NumberEntity
from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)
from homeassistant.const import UnitOfElectricCurrent
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity

from ..const import CONF_SOURCE, DOMAIN, SUBENTRY_CHARGER, AmpGuardConfigEntry
from ..meters import Source
from ..model import Phase
from .home import CHARGERS, MAX_CURRENT
from .running import RunningHome, running_home

STATES = ["disconnected", "connected", "charging", "complete"]


def entity_id(platform: str, charger: str, key: str) -> str:
    """Return the entity id of a simulated charger's part."""
    return f"{platform}.simulated_charger_{charger}_{key}"


def simulated_numbers(
    hass: HomeAssistant, entry: AmpGuardConfigEntry
) -> dict[str, list[SimulatedLimit]]:
    """Return the numbers of an entry's simulated chargers, by their subentries."""
    return {
        subentry: [SimulatedLimit(running_home(hass, entry), entry, charger)]
        for charger, subentry in _simulated_chargers(entry)
    }


def simulated_sensors(
    hass: HomeAssistant, entry: AmpGuardConfigEntry
) -> dict[str, list[SimulatedState | SimulatedCurrent]]:
    """Return the sensors of an entry's simulated chargers, by their subentries."""
    return {
        subentry: [
            SimulatedState(running_home(hass, entry), entry, charger),
            *(
                SimulatedCurrent(running_home(hass, entry), entry, charger, phase)
                for phase in Phase
            ),
        ]
        for charger, subentry in _simulated_chargers(entry)
    }


def _simulated_chargers(entry: AmpGuardConfigEntry) -> Iterator[tuple[str, str]]:
    """Yield the simulated chargers that are there, each with its subentry."""
    if entry.data[CONF_SOURCE] != Source.DEMONSTRATION:
        return
    for subentry in entry.get_subentries_of_type(SUBENTRY_CHARGER):
        for charger in CHARGERS:
            if subentry.unique_id == entity_id("number", charger, "current"):
                yield charger, subentry.subentry_id


class SimulatedEntity(Entity):
    """A part of a simulated charger, on the device of what is balanced."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self, running: RunningHome, entry: AmpGuardConfigEntry, charger: str, key: str
    ) -> None:
        """Be a part of a charger; `key` tells it from the others."""
        self._running = running
        self._car = running.home.cars[charger]
        self._attr_unique_id = f"{entry.entry_id}_simulated_charger_{charger}_{key}"
        device = dict(_simulated_chargers(entry))[charger]
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, device)})

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the home each second."""
        self.async_on_remove(self._running.async_add_listener(self._update))

    @callback
    def _update(self) -> None:
        """Write the state where it has changed."""


class SimulatedLimit(SimulatedEntity, NumberEntity):
    """The current that the charger offers its car."""

    _attr_translation_key = "simulated_limit"
    _attr_device_class = NumberDeviceClass.CURRENT
    _attr_native_unit_of_measurement = UnitOfElectricCurrent.AMPERE
    _attr_native_min_value = 0.0
    _attr_native_max_value = MAX_CURRENT
    _attr_native_step = 1.0

    def __init__(
        self, running: RunningHome, entry: AmpGuardConfigEntry, charger: str
    ) -> None:
        super().__init__(running, entry, charger, "current")
        self.entity_id = entity_id("number", charger, "current")

    @property
    @override
    def native_value(self) -> float:
        """The limit, A; 0 pauses."""
        return self._car.limit

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Offer another current."""
        self._car.limit = value
        self.async_write_ha_state()


class SimulatedState(SimulatedEntity, SensorEntity):
    """What the charger says of its car."""

    _attr_translation_key = "simulated_state"
    _attr_device_class = SensorDeviceClass.ENUM
    _attr_options = STATES

    def __init__(
        self, running: RunningHome, entry: AmpGuardConfigEntry, charger: str
    ) -> None:
        super().__init__(running, entry, charger, "state")
        self.entity_id = entity_id("sensor", charger, "state")
        self._attr_native_value = self._car.state

    @callback
    def _update(self) -> None:
        if self._car.state != self._attr_native_value:
            self._attr_native_value = self._car.state
            self.async_write_ha_state()


class SimulatedCurrent(SimulatedEntity, SensorEntity):
    """What the car draws on one phase."""

    _attr_translation_key = "current"
    _attr_device_class = SensorDeviceClass.CURRENT
    _attr_native_unit_of_measurement = UnitOfElectricCurrent.AMPERE
    _attr_state_class = SensorStateClass.MEASUREMENT
    _attr_suggested_display_precision = 1

    def __init__(
        self,
        running: RunningHome,
        entry: AmpGuardConfigEntry,
        charger: str,
        phase: Phase,
    ) -> None:
        name = phase.name.lower()
        super().__init__(running, entry, charger, f"current_{name}")
        self.entity_id = entity_id("sensor", charger, f"current_{name}")
        self._attr_translation_placeholders = {"phase": phase.name}
        self._line = int(phase)
        self._attr_native_value = self._car.drawn_on(self._line)

    @callback
    def _update(self) -> None:
        if (drawn := self._car.drawn_on(self._line)) != self._attr_native_value:
            self._attr_native_value = drawn
            self.async_write_ha_state()
