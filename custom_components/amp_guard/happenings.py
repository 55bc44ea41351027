"""Happenings: what is worth telling, found between one publication and the next.

Event entities, device triggers and the logbook tell the same ones. The latter two hear
them as `EVENT_HAPPENING` on the bus, with the keys `device_id`, `type` and, of a
charger, `reason` and `current` (A).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_DEVICE_ID, CONF_TYPE
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN, SUBENTRY_CHARGER, SUBENTRY_GROUP
from .devices import device_of
from .model import Reason
from .published import ASKS_NOTHING, Published

EVENT_HAPPENING = f"{DOMAIN}_event"
ATTR_REASON = "reason"
ATTR_CURRENT = "current"


class HappeningType(StrEnum):
    """What can happen to a charger or a group."""

    REDUCED = "reduced"
    """A charger was given less than before, for lack of current."""
    PAUSED = "paused"
    RESUMED = "resumed"
    NOT_FOLLOWING = "not_following"
    """A charger draws more than it was given, though it was told again."""
    OVERLOAD = "overload"
    """More flows than the fuse of a group, or one above it, is made for."""
    FALLBACK_ENTERED = "fallback_entered"
    """The meter is lost: a group is held to its AG Offline maximum."""
    FALLBACK_LEFT = "fallback_left"


HAPPENING_TYPES = {
    SUBENTRY_CHARGER: (
        HappeningType.REDUCED,
        HappeningType.PAUSED,
        HappeningType.RESUMED,
        HappeningType.NOT_FOLLOWING,
    ),
    SUBENTRY_GROUP: (
        HappeningType.OVERLOAD,
        HappeningType.FALLBACK_ENTERED,
        HappeningType.FALLBACK_LEFT,
    ),
}
"""By the kind of what they happen to."""

USES_LESS = (*ASKS_NOTHING, Reason.RECLAIMED)
"""Why a charger is given less that lacks nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """What happened to a group or charger; of a charger, why, and what it has now, A."""

    target: str
    type: HappeningType
    reason: Reason | None = None
    current: float | None = None

    @property
    def attributes(self) -> dict[str, Any]:
        """What is told beside the type."""
        if self.reason is None:
            return {}
        return {ATTR_REASON: self.reason.value, ATTR_CURRENT: self.current}


class HappeningWatch:
    """Finds what happens between publications; nothing happened before the first."""

    def __init__(self) -> None:
        """Nothing was published yet."""
        self._before: Published | None = None
        self._paused: set[str] = set()

    def look(self, now: Published) -> Iterator[Happening]:
        """Return what happened since the last look."""
        before, self._before = self._before, now
        if before is None:
            return
        for charger in now.decision.allocations:
            for type_ in self._of_charger(charger, before, now):
                allocation = now.decision.allocations[charger]
                yield Happening(
                    target=charger,
                    type=type_,
                    reason=allocation.reason,
                    current=allocation.current,
                )
        for group in now.site.groups:
            for type_ in _of_group(group.id, before, now):
                yield Happening(target=group.id, type=type_)

    def _of_charger(
        self, charger: str, before: Published, now: Published
    ) -> Iterator[HappeningType]:
        given = now.decision.allocations[charger]
        had = before.decision.allocations[charger].current
        if given.reason in ASKS_NOTHING:
            self._paused.discard(charger)
        elif given.current == 0:
            # One that has not begun yet is not paused: it waits.
            if had > 0:
                self._paused.add(charger)
                yield HappeningType.PAUSED
        elif charger in self._paused:
            self._paused.discard(charger)
            yield HappeningType.RESUMED
        elif given.current < had and given.reason not in USES_LESS:
            yield HappeningType.REDUCED
        ignores = charger in now.decision.not_following
        if ignores and charger not in before.decision.not_following:
            yield HappeningType.NOT_FOLLOWING


def _of_group(group: str, before: Published, now: Published) -> Iterator[HappeningType]:
    if now.overloaded(group) and not before.overloaded(group):
        yield HappeningType.OVERLOAD
    if now.in_fallback(group) and not before.in_fallback(group):
        yield HappeningType.FALLBACK_ENTERED
    if before.in_fallback(group) and not now.in_fallback(group):
        yield HappeningType.FALLBACK_LEFT


@callback
def tell_bus(
    hass: HomeAssistant, entry: ConfigEntry, happenings: Iterable[Happening]
) -> None:
    """Tell device triggers and the logbook."""
    for happening in happenings:
        if (device := device_of(hass, entry, happening.target)) is not None:
            hass.bus.async_fire(
                EVENT_HAPPENING,
                {
                    ATTR_DEVICE_ID: device.id,
                    CONF_TYPE: happening.type.value,
                    **happening.attributes,
                },
            )
