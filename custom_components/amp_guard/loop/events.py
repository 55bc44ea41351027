"""Events: what happens to chargers and groups, and is worth telling.

Event entities and triggers tell the same ones. The latter hear them as `EVENT_AMP_GUARD`
on the bus, with the keys `device_id`, `type` and, of a charger, `reason` and `current` (A); of
loads, `loads` (entity ids).
The activity shows the event entities, in the language of who looks: each once, and in one
word what happened and why, since a type is all that it shows of an event.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from homeassistant.const import ATTR_DEVICE_ID, CONF_TYPE
from homeassistant.core import Event, HomeAssistant, callback

from ..const import DOMAIN, SUBENTRY_CHARGER, SUBENTRY_GROUP, AmpGuardConfigEntry
from ..model import SUPPLY_ID, Reason
from ..site.devices import device_of, kind_of, target_of

EVENT_AMP_GUARD = f"{DOMAIN}_event"
ATTR_REASON = "reason"
ATTR_CURRENT = "current"
ATTR_LOADS = "loads"


class EventType(StrEnum):
    """What can happen to a charger, a group or the supply."""

    REDUCED = "reduced"
    """A charger is allocated less than before, for lack of current."""
    PAUSED = "paused"
    """A car that charged is allocated nothing, whatever the reason."""
    RESUMED = "resumed"
    NOT_FOLLOWING = "not_following"
    """A charger draws more than it was allocated, though it was commanded again."""
    OVERLOAD = "overload"
    """More flows than the main fuse is made for: a group has no meter of its own."""
    LOADS_OFF = "loads_off"
    """No charger could end an overload: the owner's controllable loads went off."""
    LOADS_ON = "loads_on"
    """One of them comes on again, or was switched on by somebody."""
    FALLBACK_ENTERED = "fallback_entered"
    """The meter is lost: groups are held to their AG Offline maximum."""
    FALLBACK_LEFT = "fallback_left"


_OF_FUSES = (
    EventType.OVERLOAD,
    EventType.FALLBACK_ENTERED,
    EventType.FALLBACK_LEFT,
)
EVENT_TYPES = {
    SUPPLY_ID: (
        EventType.OVERLOAD,
        EventType.LOADS_OFF,
        EventType.LOADS_ON,
        EventType.FALLBACK_ENTERED,
        EventType.FALLBACK_LEFT,
    ),
    SUBENTRY_CHARGER: (
        EventType.REDUCED,
        EventType.PAUSED,
        EventType.RESUMED,
        EventType.NOT_FOLLOWING,
    ),
}
"""By the kind of what they happen to."""

HEARD_OF = EVENT_TYPES | {SUBENTRY_GROUP: _OF_FUSES}
"""By the kind of what is watched: see `concerns`."""

_LIMITS = (
    Reason.POWER_WINDOW,
    Reason.GRID_OPERATOR,
    Reason.UNBALANCE,
    Reason.SURPLUS,
    Reason.METER_OFFLINE,
)
OTHER_REASONS: Mapping[EventType, Collection[Reason]] = {
    EventType.REDUCED: _LIMITS,
    EventType.PAUSED: (
        *_LIMITS,
        Reason.WAITING_TURN,
        Reason.PHASE_SWITCH,
        Reason.CEILING,
        Reason.USER_LIMIT,
    ),
}
"""Why it happened, where that is not that the fuses have not enough current left."""


def told_of(kind: str) -> list[str]:
    """Return all that can be told of a kind, each in one word: see `SiteEvent.told`."""
    return [
        word
        for type_ in EVENT_TYPES[kind]
        for word in (
            type_.value,
            *(f"{type_}_{reason}" for reason in OTHER_REASONS.get(type_, ())),
        )
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteEvent:
    """What happened to a node or charger; of a charger, why, and what it has now, A.

    `loads` are the entities that were switched.
    """

    target: str
    type: EventType
    reason: Reason | None = None
    current: float | None = None
    loads: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """What happened and why, in one word."""
        if self.reason in OTHER_REASONS.get(self.type, ()):
            return f"{self.type}_{self.reason}"
        return self.type.value

    @property
    def attributes(self) -> dict[str, Any]:
        """What is told beside the type."""
        if self.loads:
            return {ATTR_LOADS: list(self.loads)}
        if self.reason is None:
            return {}
        return {ATTR_REASON: self.reason.value, ATTR_CURRENT: self.current}


@callback
def fire_events(
    hass: HomeAssistant, entry: AmpGuardConfigEntry, events: Iterable[SiteEvent]
) -> None:
    """Tell triggers."""
    for event in events:
        if (device := device_of(hass, entry, event.target)) is not None:
            data = {ATTR_DEVICE_ID: device.id, CONF_TYPE: event.type.value}
            hass.bus.async_fire(EVENT_AMP_GUARD, data | event.attributes)


@callback
def concerns(hass: HomeAssistant, event: Event, devices: Collection[str]) -> bool:
    """Say whether what happened, as it was told, is an event of one of these devices.

    What happens to the main fuse, or its meter, concerns all groups that it feeds.
    """
    happened_to = event.data[ATTR_DEVICE_ID]
    if happened_to in devices:
        return True
    if event.data[CONF_TYPE] not in HEARD_OF[SUBENTRY_GROUP]:
        return False
    return any(
        kind_of(hass, device_id) == SUBENTRY_GROUP
        and _entry_of(hass, device_id) is _entry_of(hass, happened_to)
        for device_id in devices
    )


def _entry_of(hass: HomeAssistant, device_id: str) -> AmpGuardConfigEntry | None:
    found = target_of(hass, device_id)
    return found and found[0]
