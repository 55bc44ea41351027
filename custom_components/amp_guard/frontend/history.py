"""The last 15 minutes at the main fuse, kept in memory: who opens a page sees them."""

from collections import deque
from collections.abc import Iterable
from math import inf
from typing import Any

from ..loop.state import SiteState
from ..model import SUPPLY_ID
from .site import Json, phases

SPAN = 900.0
"""s that are kept."""
STEP = 5.0
"""s for which one moment stands: the fullest."""
MOST_EVENTS = 100
CLOCK_SET = 1.0
"""s by which the wall clock must have moved against the loop's to be read anew."""

type Added = dict[str, list[Json]]
"""What is told of it: "points", "events", or both."""


class History:
    """Keeps the fullest moment of every 5 s, and what happened.

    By the loop's own clock, which nobody sets; told by the wall clock.
    """

    def __init__(self) -> None:
        """Know nothing."""
        self._points: deque[Json] = deque(maxlen=round(SPAN / STEP))
        self._events: deque[Json] = deque(maxlen=MOST_EVENTS)
        self._fullest = 0.0
        self._wall = inf

    def take(self, state: SiteState) -> Added:
        """Keep a moment; return what was added: a point that is over, events."""
        now = state.decision.time
        wall = state.decided_at.timestamp() - now
        if not abs(wall - self._wall) < CLOCK_SET:
            self._wall = wall
        over, new = self._keep_point(state, now), self._keep_events(state, now)
        for kept in (self._points, self._events):
            while kept and kept[0]["t"] < now - SPAN:
                kept.popleft()
        return self._told(over, new)

    @property
    def all(self) -> Added:
        """All that is kept; the last point may still be told again."""
        return self._told(self._points, self._events)

    def _keep_point(self, state: SiteState, now: float) -> list[Json]:
        """Let the fullest moment of a step stand for it; return the last step's."""
        load, begun = _load(state), now - now % STEP
        if not self._points or self._points[-1]["t"] != begun:
            over = [self._points[-1]] if self._points else []
            self._points.append(_moment(state, begun))
            self._fullest = load
            return over
        if load > self._fullest:
            self._points[-1] = _moment(state, begun)
            self._fullest = load
        return []

    def _keep_events(self, state: SiteState, now: float) -> list[Json]:
        new: list[Json] = [
            {"t": now, "target": event.target, "type": event.told}
            for event in state.events
        ]
        self._events.extend(new)
        return new

    def _told(self, points: Iterable[Json], events: Iterable[Json]) -> Added:
        told = {
            key: [{**each, "t": round(each["t"] + self._wall)} for each in kept]
            for key, kept in (("points", points), ("events", events))
        }
        return {key: new for key, new in told.items() if new}


def _load(state: SiteState) -> float:
    if state.meter_is_online(SUPPLY_ID):
        return max(state.samples[SUPPLY_ID].current)
    return sum(max(drawn) for drawn in state.decision.drawn.values())


def _moment(state: SiteState, time: float) -> Json:
    moment: dict[str, Any] = {
        "t": time,
        "drawn": {
            charger: phases(drawn)
            for charger, drawn in state.decision.drawn.items()
            if any(drawn)
        },
    }
    if (house := state.house_current()) is not None:
        moment["current"] = phases(state.samples[SUPPLY_ID].current)
        moment["house"] = phases(house)
    return moment
