"""Switches: which groups and chargers are balanced, which outlets are in use."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import (
    CONF_ACTIVE,
    CONF_SOCKET,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
    AmpGuardConfigEntry,
)
from .entity import AmpGuardSettingEntity, add_to_subentries
from .site.settings import Setting

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class AmpGuardSwitchDescription(SwitchEntityDescription):
    """A setting that is on or off; `default` where nothing is stored."""

    default: bool


SWITCHES = {
    SUBENTRY_GROUP: (
        # Switched off, the group's chargers are left at their offline limits.
        AmpGuardSwitchDescription(
            key=CONF_ACTIVE,
            translation_key="load_balancing",
            entity_category=EntityCategory.CONFIG,
            default=True,
        ),
    ),
    SUBENTRY_CHARGER: (
        AmpGuardSwitchDescription(
            key=CONF_ACTIVE,
            translation_key="takes_part",
            entity_category=EntityCategory.CONFIG,
            entity_registry_enabled_default=False,
            default=True,
        ),
        AmpGuardSwitchDescription(
            key=CONF_SOCKET,
            translation_key="socket",
            entity_category=EntityCategory.CONFIG,
            entity_registry_enabled_default=False,
            default=False,
        ),
    ),
}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switches of each group and charger."""
    add_to_subentries(entry, async_add_entities, SWITCHES, AmpGuardSwitch)


class AmpGuardSwitch(AmpGuardSettingEntity, SwitchEntity):
    """A setting that is on or off."""

    entity_description: AmpGuardSwitchDescription

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Set it."""
        self._change(setting=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Clear it."""
        self._change(setting=False)

    @override
    def _show(self, setting: Setting) -> bool:
        is_on = self.entity_description.default if setting is None else bool(setting)
        changed = is_on != self._attr_is_on
        self._attr_is_on = is_on
        return changed
