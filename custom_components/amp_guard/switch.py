"""Switches: load balancing of a group."""

from typing import Any

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import RestoreEntity

from .const import SUBENTRY_GROUP
from .coordinator import AmpGuardConfigEntry
from .entity import AmpGuardEntity
from .published import Published

PARALLEL_UPDATES = 0

LOAD_BALANCING = SwitchEntityDescription(
    key="load_balancing", translation_key="load_balancing"
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switch of each group."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_GROUP):
        async_add_entities(
            [LoadBalancingSwitch(entry.runtime_data, LOAD_BALANCING, subentry)],
            config_subentry_id=subentry.subentry_id,
        )


class LoadBalancingSwitch(AmpGuardEntity, SwitchEntity, RestoreEntity):
    """Activates a group; while it is off its chargers are left alone.

    A new group is active, unless set-up said otherwise: it protects the fuse from its
    first moment.
    """

    async def async_added_to_hass(self) -> None:
        """Restore what the user chose, before the loop runs."""
        last_state = await self.async_get_last_state()
        if last_state is not None and last_state.state in (STATE_ON, STATE_OFF):
            self.coordinator.set_active(
                self.target, active=last_state.state == STATE_ON
            )
        self._attr_available = True
        self._attr_is_on = self.coordinator.is_active(self.target)
        await super().async_added_to_hass()

    async def async_turn_on(self, **kwargs: Any) -> None:
        """Balance the chargers of the group."""
        self._set_active(active=True)

    async def async_turn_off(self, **kwargs: Any) -> None:
        """Leave the chargers of the group alone."""
        self._set_active(active=False)

    def _set_active(self, *, active: bool) -> None:
        self.coordinator.set_active(self.target, active=active)
        self._attr_is_on = active
        self.async_write_ha_state()

    def _update_from(self, published: Published) -> bool:
        return False
