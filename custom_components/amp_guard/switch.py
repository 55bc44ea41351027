"""Switches: which groups and chargers are balanced, which outlets are in use."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.components.switch.const import SwitchDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import (
    CONF_ACTIVE,
    CONF_CHARGES_UNASKED,
    CONF_SOCKET,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
    AmpGuardConfigEntry,
)
from .entity import AmpGuardEntity, AmpGuardSettingEntity, add_to_subentries
from .loop.requests import may_charge
from .loop.state import SiteState
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
            # By which the automation editor finds groups: see `triggers.yaml`.
            device_class=SwitchDeviceClass.SWITCH,
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
            key=CONF_CHARGES_UNASKED,
            translation_key=CONF_CHARGES_UNASKED,
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


REQUESTED_CHARGING = SwitchEntityDescription(
    key="requested_charging",
    translation_key="requested_charging",
    entity_registry_enabled_default=False,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switches of each group and charger."""
    add_to_subentries(entry, async_add_entities, SWITCHES, AmpGuardSwitch)
    requested = {SUBENTRY_CHARGER: (REQUESTED_CHARGING,)}
    add_to_subentries(entry, async_add_entities, requested, RequestedCharging)


class RequestedCharging(AmpGuardEntity, SwitchEntity):
    """Whether a charger charges at all, as far as planners are concerned."""

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Let it charge with what was asked for."""
        self.coordinator.requests.resume(self.target)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let it not charge."""
        self.coordinator.requests.pause(self.target)

    @override
    def _update_from(self, state: SiteState) -> bool:
        is_on = may_charge(state.ceilings, self.target)
        if self._attr_available and is_on == self._attr_is_on:
            return False
        self._attr_available, self._attr_is_on = True, is_on
        return True


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
