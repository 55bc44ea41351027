"""Binary sensors: is the meter there, is a fuse overloaded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import SUBENTRY_GROUP, AmpGuardConfigEntry
from .entity import AmpGuardEntity, add_to_subentries
from .loop.state import SiteState

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class AmpGuardBinarySensorDescription(BinarySensorEntityDescription):
    """A fact about one node of the site."""

    is_on_fn: Callable[[SiteState, str], bool]


METER_BINARY_SENSORS = (
    AmpGuardBinarySensorDescription(
        key="connectivity",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on_fn=SiteState.meter_lives,
    ),
)

GROUP_BINARY_SENSORS = (
    AmpGuardBinarySensorDescription(
        key="overload",
        translation_key="overload",
        device_class=BinarySensorDeviceClass.PROBLEM,
        # That it begins is an event; who wants a state of it as well can have it.
        entity_registry_enabled_default=False,
        is_on_fn=SiteState.overloaded,
    ),
    AmpGuardBinarySensorDescription(
        key="meter_online",
        translation_key="meter_online",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        is_on_fn=SiteState.meter_governs,
    ),
    AmpGuardBinarySensorDescription(
        key="fallback",
        translation_key="fallback",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        is_on_fn=SiteState.in_fallback,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up what is known of the meter and its groups where there is one."""
    coordinator = entry.runtime_data
    if not coordinator.is_metered:
        return
    async_add_entities(
        AmpGuardBinarySensor(coordinator, description)
        for description in METER_BINARY_SENSORS
    )
    descriptions = {SUBENTRY_GROUP: GROUP_BINARY_SENSORS}
    add_to_subentries(entry, async_add_entities, descriptions, AmpGuardBinarySensor)


class AmpGuardBinarySensor(AmpGuardEntity, BinarySensorEntity):
    """A fact that was published."""

    entity_description: AmpGuardBinarySensorDescription

    @override
    def _update_from(self, state: SiteState) -> bool:
        is_on = self.entity_description.is_on_fn(state, self.target)
        if self._attr_available and is_on == self._attr_is_on:
            return False
        self._attr_available, self._attr_is_on = True, is_on
        return True
