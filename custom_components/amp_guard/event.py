"""Events: what happens to chargers and fuses, for automations and the activity."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.event import (
    EventEntity,
    EventEntityDescription,
    EventExtraStoredData,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import SUBENTRY_CHARGER, AmpGuardConfigEntry
from .entity import AmpGuardEntity, add_to_subentries
from .loop.events import told_of
from .loop.state import SiteState
from .model import SUPPLY_ID

PARALLEL_UPDATES = 0


CHARGING = EventEntityDescription(
    key="charging",
    translation_key="charging",
    event_types=told_of(SUBENTRY_CHARGER),
)
FUSE = EventEntityDescription(
    key="fuse", translation_key="fuse", event_types=told_of(SUPPLY_ID)
)
"""What can happen only where something is measured."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the event entity of the supply, and of each charger."""
    coordinator = entry.runtime_data
    if coordinator.is_metered:
        async_add_entities([AmpGuardEvent(coordinator, FUSE)])
    descriptions = {SUBENTRY_CHARGER: (CHARGING,)}
    add_to_subentries(entry, async_add_entities, descriptions, AmpGuardEvent)


@dataclass
class _Stored(EventExtraStoredData):
    """What outlives a restart: the last event, and whether what it began lasts."""

    lasts: bool


class AmpGuardEvent(AmpGuardEntity, EventEntity):
    """What happened to a charger or the supply last."""

    @override
    async def async_added_to_hass(self) -> None:
        """Know what had not ended before a restart, so that its end is told."""
        stored = await self.async_get_last_extra_data()
        if stored is not None and stored.as_dict().get("lasts"):
            self.coordinator.events.restore(self.target)
        await super().async_added_to_hass()

    @property
    @override
    def extra_restore_state_data(self) -> EventExtraStoredData:
        """Return what is to outlive a restart."""
        last = super().extra_restore_state_data
        return _Stored(
            last.last_event_type,
            last.last_event_attributes,
            lasts=self.coordinator.events.lasts(self.target),
        )

    @override
    def _update_from(self, state: SiteState) -> bool:
        if not self._attr_available:
            # What is restored is shown first: what is told then is news beside it.
            self._attr_available = True
            self.async_write_ha_state()
        for event in state.events:
            if event.target == self.target:
                # Each is a state of its own, also where two come at once.
                self._trigger_event(event.told, event.attributes)
                self.async_write_ha_state()
        return False
