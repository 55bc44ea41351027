"""Events: what happens to chargers and fuses, for automations and the activity."""

from dataclasses import dataclass, replace
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
from .model import SUPPLY_ID

PARALLEL_UPDATES = 0


def _types(kind: str) -> list[str]:
    return [type_.value for type_ in EVENT_TYPES[kind]]


FUSE = EventEntityDescription(key="fuse", translation_key="fuse")
EVENTS = {
    SUBENTRY_CHARGER: EventEntityDescription(
        key="charging",
        translation_key="charging",
        event_types=_types(SUBENTRY_CHARGER),
    ),
}
METERED_EVENTS = {
    kind: replace(FUSE, event_types=_types(kind))
    for kind in (SUPPLY_ID, SUBENTRY_GROUP)
}
"""What can happen only where something is measured."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the event entity of the supply, and of each group and charger."""
    coordinator, events = entry.runtime_data, EVENTS
    if coordinator.is_metered:
        events = EVENTS | METERED_EVENTS
        async_add_entities([AmpGuardEvent(coordinator, events[SUPPLY_ID])])
    descriptions = {kind: (event,) for kind, event in events.items()}
    add_to_subentries(entry, async_add_entities, descriptions, AmpGuardEvent)


@dataclass
class _Stored(EventExtraStoredData):
    """What outlives a restart: the last event, and whether what it began lasts."""

    lasts: bool


class AmpGuardEvent(AmpGuardEntity, EventEntity):
    """What happened to a charger, a group or the supply last."""

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
