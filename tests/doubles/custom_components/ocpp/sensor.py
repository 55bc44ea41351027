"""What the charge point says, by the real integration's names."""

from typing import Any

from homeassistant.components.sensor import SensorEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .central_system import METRICS, RECONNECTS, CentralSystem


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    central_system: CentralSystem = entry.runtime_data
    async_add_entities([Reconnects(central_system, RECONNECTS)])
    async_add_entities(
        Metric(central_system, metric, number)
        for number in central_system.connectors
        for metric in METRICS
    )


class Told(SensorEntity):
    """Something that the charge point tells, or one of several connectors."""

    _attr_should_poll = False

    def __init__(
        self, central_system: CentralSystem, metric: str, connector: int | None = None
    ) -> None:
        cpid, key = central_system.cpid, metric.lower().replace(".", "_")
        self._central = central_system
        self._metric = metric
        name, unique_id, device = (
            cpid,
            f"ocpp.{cpid}",
            DeviceInfo(identifiers={("ocpp", cpid)}, name=cpid),
        )
        if connector is not None and len(central_system.connectors) > 1:
            name, unique_id = f"{cpid} {connector}", f"{unique_id}.conn{connector}"
            device = DeviceInfo(
                identifiers={("ocpp", f"{cpid}-conn{connector}")},
                name=f"{cpid} connector {connector}",
                via_device=("ocpp", cpid),
            )
        self._attr_name = f"{name} {metric.replace('.', ' ')}"
        self._attr_unique_id = f"{unique_id}.{key}.sensor"
        self._attr_device_info = device

    async def async_added_to_hass(self) -> None:
        self._central.listeners.add(self.async_write_ha_state)
        self.async_on_remove(
            lambda: self._central.listeners.discard(self.async_write_ha_state)
        )

    @property
    def available(self) -> bool:
        return self._central.charge_point is not None


class Reconnects(Told):
    """How often it connected anew: of the whole charge point."""

    @property
    def native_value(self) -> int:
        return self._central.reconnects


class Metric(Told):
    """One metric of a connector."""

    def __init__(
        self, central_system: CentralSystem, metric: str, connector: int
    ) -> None:
        super().__init__(central_system, metric, connector)
        self._connector = central_system.connectors[connector]
        self._attr_native_unit_of_measurement = METRICS[metric]

    @property
    def native_value(self) -> Any:
        return self._connector.values.get(self._metric)

    @property
    def extra_state_attributes(self) -> dict[str, Any]:
        return self._connector.attributes[self._metric]
