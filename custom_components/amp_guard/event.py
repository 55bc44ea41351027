"""Events: what happens to chargers and groups, for automations."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.event import (
    EventEntity,
    EventEntityDescription,
    EventExtraStoredData,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import SUBENTRY_CHARGER, SUBENTRY_GROUP, AmpGuardConfigEntry
from .entity import AmpGuardEntity, add_to_subentries
from .loop.events import EVENT_TYPES
from .loop.state import SiteState

PARALLEL_UPDATES = 0

EVENTS = {
    SUBENTRY_CHARGER: EventEntityDescription(
        key="charging",
        translation_key="charging",
        event_types=[type_.value for type_ in EVENT_TYPES[SUBENTRY_CHARGER]],
    ),
    SUBENTRY_GROUP: EventEntityDescription(
        key="fuse",
        translation_key="fuse",
        event_types=[type_.value for type_ in EVENT_TYPES[SUBENTRY_GROUP]],
    ),
}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the event entity of each group and charger."""
    descriptions = {kind: (event,) for kind, event in EVENTS.items()}
    add_to_subentries(entry, async_add_entities, descriptions, AmpGuardEvent)


@dataclass
class _Stored(EventExtraStoredData):
    """What outlives a restart: the last event, and whether what it began lasts."""

    lasts: bool


class AmpGuardEvent(AmpGuardEntity, EventEntity):
    """What happened to a charger or group last."""

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
                self._trigger_event(event.type.value, event.attributes)
                self.async_write_ha_state()
        return False
