"""The most that a connector may give."""

from homeassistant.components.number import NumberEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import ChargeAmpsEntity, Coordinator


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    coordinator: Coordinator = entry.runtime_data
    async_add_entities(
        MaxCurrent(coordinator, place, "max_current")
        for place in coordinator.data["settings"]
    )


class MaxCurrent(ChargeAmpsEntity, NumberEntity):
    """What the cloud does not know reads 6 A."""

    _attr_native_unit_of_measurement = "A"
    _attr_native_min_value = 0
    _attr_native_max_value = 32
    _attr_native_step = 1

    @property
    def native_value(self) -> float:
        known = self.coordinator.data["settings"][self.place]["maxCurrent"]
        return 6.0 if known is None else float(known)

    async def async_set_native_value(self, value: float) -> None:
        if 0 < value < 6:
            raise ValueError(f"Invalid max_current {value}")
        self.coordinator.data["settings"][self.place]["maxCurrent"] = value
        await self.coordinator.write(self.place)
        await self.coordinator.async_request_refresh()
