"""What a connector says, and what it measures."""

from homeassistant.components.sensor import SensorEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import ChargeAmpsEntity, Coordinator, Place


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    coordinator: Coordinator = entry.runtime_data
    for place in coordinator.data["states"]:
        async_add_entities([Status(coordinator, place, "status")])
        async_add_entities(Current(coordinator, place, phase) for phase in range(3))


class Status(ChargeAmpsEntity, SensorEntity):
    """Its own word."""

    @property
    def native_value(self) -> str:
        return self.coordinator.data["states"][self.place]["status"]


class Current(ChargeAmpsEntity, SensorEntity):
    """What is not measured reads 0.0 A."""

    _attr_native_unit_of_measurement = "A"

    def __init__(self, coordinator: Coordinator, place: Place, phase: int) -> None:
        super().__init__(coordinator, place, f"l{phase + 1}_current")
        self._phase = phase

    @property
    def native_value(self) -> float:
        measured = self.coordinator.data["states"][self.place]["measurements"]
        return measured[self._phase]["current"] if measured else 0.0
