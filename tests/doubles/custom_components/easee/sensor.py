"""What is shown of a charger, by the real integration's names."""

from typing import Any

from homeassistant.components.sensor import SensorEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .account import Account, Charger

STATUS = {
    1: "disconnected",
    2: "awaiting_start",
    3: "charging",
    4: "completed",
    5: "error",
    6: "ready_to_charge",
}
CURRENTS = {182: "T2", 183: "T3", 184: "T4", 185: "T5"}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    account: Account = entry.runtime_data
    async_add_entities(
        kind(account, charger)
        for charger in account.chargers.values()
        for kind in (Status, OutputLimit, Current)
    )


class Observed(SensorEntity):
    """Something that the stream tells; nothing is written that is as it was."""

    _attr_should_poll = False
    _attr_has_entity_name = True
    key: str

    def __init__(self, account: Account, charger: Charger) -> None:
        self._account = account
        self._charger = charger
        self._written: tuple[object, object] | None = None
        self._attr_name = self.key
        self._attr_unique_id = f"{charger.name}_{self.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={("easee", charger.name)},
            name=charger.name,
            manufacturer="Easee",
            model="Easee Home",
        )

    async def async_added_to_hass(self) -> None:
        self._account.listeners.add(self._hear)
        self.async_on_remove(lambda: self._account.listeners.discard(self._hear))

    def _hear(self) -> None:
        now = (self.native_value, self.extra_state_attributes)
        if now != self._written:
            self._written = now
            self.async_write_ha_state()


class Status(Observed):
    key = "status"
    _attr_translation_key = "easee_status"

    @property
    def native_value(self) -> str:
        return STATUS[round(self._charger.observed[109])]

    @property
    def extra_state_attributes(self) -> dict[str, Any]:
        return {"circuit_id": self._charger.circuit}


class OutputLimit(Observed):
    key = "output_limit"
    _attr_translation_key = "output_limit"
    _attr_native_unit_of_measurement = "A"
    _attr_entity_registry_enabled_default = False

    @property
    def native_value(self) -> float:
        return self._charger.observed[114]


class Current(Observed):
    key = "current"
    _attr_translation_key = "current"
    _attr_native_unit_of_measurement = "A"
    _attr_entity_registry_enabled_default = False

    @property
    def native_value(self) -> float:
        return max(self._charger.observed[number] for number in CURRENTS)

    @property
    def extra_state_attributes(self) -> dict[str, Any]:
        return {
            f"state_inCurrent{name}": self._charger.observed[number]
            for number, name in CURRENTS.items()
        }
