"""What the charge point says, by the real integration's names."""

from typing import Any

from homeassistant.components.sensor import SensorEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .central_system import METRICS, CentralSystem


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    async_add_entities(Metric(entry.runtime_data, metric) for metric in METRICS)


class Metric(SensorEntity):
    """One metric of the only connector."""

    _attr_should_poll = False

    def __init__(self, central_system: CentralSystem, metric: str) -> None:
        cpid, key = central_system.cpid, metric.lower().replace(".", "_")
        self._central = central_system
        self._metric = metric
        self._attr_name = f"{cpid} {metric.replace('.', ' ')}"
        self._attr_unique_id = f"ocpp.{cpid}.{key}.sensor"
        self._attr_native_unit_of_measurement = METRICS[metric]
        self._attr_device_info = DeviceInfo(identifiers={("ocpp", cpid)}, name=cpid)

    async def async_added_to_hass(self) -> None:
        self._central.listeners.add(self.async_write_ha_state)
        self.async_on_remove(
            lambda: self._central.listeners.discard(self.async_write_ha_state)
        )

    @property
    def available(self) -> bool:
        return self._central.charge_point is not None

    @property
    def native_value(self) -> Any:
        return self._central.values.get(self._metric)

    @property
    def extra_state_attributes(self) -> dict[str, Any]:
        return self._central.attributes[self._metric]
