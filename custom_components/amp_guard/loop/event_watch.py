"""What is worth telling, found between one published state of the site and the next."""

from collections.abc import Iterator

from ..model import SUPPLY_ID, Reason
from .events import EventType, SiteEvent
from .state import ASKS_NOTHING, SiteState

LACKS_NOTHING = (
    *ASKS_NOTHING,
    Reason.RECLAIMED,
    Reason.FULL_CURRENT,
    Reason.CEILING,
    Reason.USER_LIMIT,
)
"""Why a charger is allocated less that gets all that it uses, or all that it is allowed."""


class EventWatch:
    """Finds what happens between one published state and the next.

    Some of it lasts: a charger is paused, the meter is lost. That it is over is told
    as well, so who watches after a restart needs to know what began before.
    """

    def __init__(self) -> None:
        """Start with nothing that lasts."""
        self._lasting: set[str] = set()
        self._before: SiteState | None = None

    def restore(self, target: str) -> None:
        """Go on with what began at a charger or the meter before a restart."""
        self._lasting.add(target)

    def lasts(self, target: str) -> bool:
        """Say whether a charger is paused, or the meter lost, as was told."""
        return target in self._lasting

    def look(self, now: SiteState) -> Iterator[SiteEvent]:
        """Return what happened since the last look."""
        before, self._before = self._before or now, now
        for charger in now.decision.allocations:
            for type_ in self._of_charger(charger, before, now):
                allocation = now.decision.allocations[charger]
                yield SiteEvent(
                    target=charger,
                    type=type_,
                    reason=allocation.reason,
                    current=allocation.current,
                )
        if now.overloaded(SUPPLY_ID) and not before.overloaded(SUPPLY_ID):
            yield SiteEvent(target=SUPPLY_ID, type=EventType.OVERLOAD)
        for type_, one, other in (
            (EventType.LOADS_OFF, now, before),
            (EventType.LOADS_ON, before, now),
        ):
            if loads := tuple(e for e in one.loads_off if e not in other.loads_off):
                yield SiteEvent(target=SUPPLY_ID, type=type_, loads=loads)
        for type_ in self._of_meter(now):
            yield SiteEvent(target=SUPPLY_ID, type=type_)

    def _of_charger(
        self, charger: str, before: SiteState, now: SiteState
    ) -> Iterator[EventType]:
        allocated = now.decision.allocations[charger]
        had = before.decision.allocations[charger].current
        if allocated.reason in ASKS_NOTHING:
            # Nobody knows what becomes of one that is lost.
            if allocated.reason is not Reason.CHARGER_LOST:
                self._lasting.discard(charger)
        elif allocated.current == 0:
            # One that has not begun yet is not paused: it waits.
            if had > 0 and charger not in self._lasting:
                self._lasting.add(charger)
                yield EventType.PAUSED
        elif charger in self._lasting:
            self._lasting.discard(charger)
            yield EventType.RESUMED
        elif allocated.current < had and allocated.reason not in LACKS_NOTHING:
            yield EventType.REDUCED
        ignores = charger in now.decision.not_following
        if ignores and charger not in before.decision.not_following:
            yield EventType.NOT_FOLLOWING

    def _of_meter(self, now: SiteState) -> Iterator[EventType]:
        if not now.site.supply.metered:
            return
        if now.in_fallback(SUPPLY_ID) and SUPPLY_ID not in self._lasting:
            self._lasting.add(SUPPLY_ID)
            yield EventType.FALLBACK_ENTERED
        # A meter that was not heard since a restart is not back yet.
        if now.meter_governs(SUPPLY_ID) and SUPPLY_ID in self._lasting:
            self._lasting.discard(SUPPLY_ID)
            yield EventType.FALLBACK_LEFT
