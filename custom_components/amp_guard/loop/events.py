"""Events: what happens to chargers and groups, and is worth telling.

Event entities, device triggers and the logbook tell the same ones. The latter two hear
them as `EVENT_AMP_GUARD` on the bus, with the keys `device_id`, `type` and, of a
charger, `reason` and `current` (A).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from homeassistant.const import ATTR_DEVICE_ID, CONF_TYPE
from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN, SUBENTRY_CHARGER, SUBENTRY_GROUP, AmpGuardConfigEntry
from ..model import Reason
from ..site.devices import device_of

EVENT_AMP_GUARD = f"{DOMAIN}_event"
ATTR_REASON = "reason"
ATTR_CURRENT = "current"


class EventType(StrEnum):
    """What can happen to a charger or a group."""

    REDUCED = "reduced"
    """A charger is allocated less than before, for lack of current."""
    PAUSED = "paused"
    """A car that charged is allocated nothing, whatever the reason."""
    RESUMED = "resumed"
    NOT_FOLLOWING = "not_following"
    """A charger draws more than it was allocated, though it was commanded again."""
    OVERLOAD = "overload"
    """More flows than the fuse of a group, or one above it, is made for."""
    FALLBACK_ENTERED = "fallback_entered"
    """The meter is lost: a group is held to its AG Offline maximum."""
    FALLBACK_LEFT = "fallback_left"


EVENT_TYPES = {
    SUBENTRY_CHARGER: (
        EventType.REDUCED,
        EventType.PAUSED,
        EventType.RESUMED,
        EventType.NOT_FOLLOWING,
    ),
    SUBENTRY_GROUP: (
        EventType.OVERLOAD,
        EventType.FALLBACK_ENTERED,
        EventType.FALLBACK_LEFT,
    ),
}
"""By the kind of what they happen to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteEvent:
    """What happened to a group or charger; of a charger, why, and what it has now, A."""

    target: str
    type: EventType
    reason: Reason | None = None
    current: float | None = None

    @property
    def attributes(self) -> dict[str, Any]:
        """What is told beside the type."""
        if self.reason is None:
            return {}
        return {ATTR_REASON: self.reason.value, ATTR_CURRENT: self.current}


@callback
def fire_events(
    hass: HomeAssistant, entry: AmpGuardConfigEntry, events: Iterable[SiteEvent]
) -> None:
    """Tell device triggers and the logbook."""
    for event in events:
        if (device := device_of(hass, entry, event.target)) is not None:
            data = {ATTR_DEVICE_ID: device.id, CONF_TYPE: event.type.value}
            hass.bus.async_fire(EVENT_AMP_GUARD, data | event.attributes)
