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

from ..const import DOMAIN, SUBENTRY_CHARGER, SUBENTRY_GROUP
from ..model import Reason
from ..site.devices import device_of
from .state import ASKS_NOTHING, Published

EVENT_HAPPENING = f"{DOMAIN}_event"
ATTR_REASON = "reason"
ATTR_CURRENT = "current"


class HappeningType(StrEnum):
    """What can happen to a charger or a group."""

    REDUCED = "reduced"
    """A charger was given less than before, for lack of current."""
    PAUSED = "paused"
    """A car that charged is given nothing, whatever the reason."""
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

LACKS_NOTHING = (
    *ASKS_NOTHING,
    Reason.RECLAIMED,
    Reason.FULL_CURRENT,
    Reason.CEILING,
    Reason.USER_LIMIT,
)
"""Why a charger is given less that gets all that it uses, or all that it is allowed."""


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
    """Finds what happens between publications.

    `lasting` are the chargers that are paused and the groups in fallback: that it is
    over is told as well. Who watches after a restart needs to know them.
    """

    def __init__(self) -> None:
        """Nothing was published yet."""
        self.lasting: set[str] = set()
        self._before: Published | None = None

    def look(self, now: Published) -> Iterator[Happening]:
        """Return what happened since the last look."""
        before, self._before = self._before or now, now
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
            for type_ in self._of_group(group.id, before, now):
                yield Happening(target=group.id, type=type_)

    def _of_charger(
        self, charger: str, before: Published, now: Published
    ) -> Iterator[HappeningType]:
        given = now.decision.allocations[charger]
        had = before.decision.allocations[charger].current
        if given.reason in ASKS_NOTHING:
            # Nobody knows what becomes of one that is lost.
            if given.reason is not Reason.CHARGER_LOST:
                self.lasting.discard(charger)
        elif given.current == 0:
            # One that has not begun yet is not paused: it waits.
            if had > 0 and charger not in self.lasting:
                self.lasting.add(charger)
                yield HappeningType.PAUSED
        elif charger in self.lasting:
            self.lasting.discard(charger)
            yield HappeningType.RESUMED
        elif given.current < had and given.reason not in LACKS_NOTHING:
            yield HappeningType.REDUCED
        ignores = charger in now.decision.not_following
        if ignores and charger not in before.decision.not_following:
            yield HappeningType.NOT_FOLLOWING

    def _of_group(
        self, group: str, before: Published, now: Published
    ) -> Iterator[HappeningType]:
        if now.overloaded(group) and not before.overloaded(group):
            yield HappeningType.OVERLOAD
        if now.in_fallback(group) and group not in self.lasting:
            self.lasting.add(group)
            yield HappeningType.FALLBACK_ENTERED
        # A meter that was not heard since a restart is not back yet.
        if now.meter_governs(group) and group in self.lasting:
            self.lasting.discard(group)
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
