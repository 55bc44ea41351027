"""Overrides: ceilings and boosts, each with an end, kept over restarts.

An end is counted on two clocks: the wall clock, which may be set by an hour, and the
event loop's, which begins anew with each start. A ceiling is over when it is so by both, a
boost when it is so by one of them: each errs on the side of the fuse.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from ..model import Ceiling
from .storage import Storage

STORAGE_VERSION = 1
MAX_CEILINGS = 50
"""Of one supply at a time: each is stored, and shown, and looked at in each cycle."""
REQUEST = "request"
"""The name of the ceiling of a current that a planner asked for ..."""
PAUSE = "request_pause"
"""... and of 0 A while one asks that a charger does not charge: two of each charger."""
SAVE_DELAY = 1.0
"""s; what is asked for in one go is written once."""


AGREE = timedelta(seconds=5)
"""By which the clocks may differ, as they run at slightly different speeds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TimedCeiling:
    """A limit of `current` A per phase on a node or charger (`target`) until `end`.

    `name` tells apart who asks for it, such as a tariff and the grid's operator: of
    several the lowest counts.
    """

    target: str
    name: str
    current: float
    end: datetime


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise vol.Invalid("a time without a zone")
    return moment


STORED = vol.Schema(
    {
        vol.Required("ceilings"): [
            {
                vol.Required("target"): str,
                vol.Required("name"): str,
                vol.Required("current"): vol.All(vol.Any(int, float), vol.Range(min=0)),
                vol.Required("end"): _moment,
            }
        ],
        vol.Required("boosts"): {str: _moment},
    },
    extra=vol.REMOVE_EXTRA,
)
"""How they are stored."""


class Overrides:
    """The ceilings and boosts of one supply.

    `on_change` is called after each change.
    """

    def __init__(
        self, hass: HomeAssistant, entry_id: str, on_change: Callable[[], None]
    ) -> None:
        """Start with none."""
        self._storage = _storage(hass, entry_id)
        self._on_change = on_change
        self._loop = hass.loop
        self._ceilings: dict[tuple[str, str], TimedCeiling] = {}
        self._boosts: dict[str, datetime] = {}
        # By what ends, its end in the loop's time, s.
        self._ends: dict[tuple[str, ...], float] = {}

    async def load(self, targets: Container[str]) -> None:
        """Take up what was asked for before the restart, of targets that are there."""
        if (stored := await self._storage.load(STORED)) is None:
            return
        ceilings = [TimedCeiling(**each) for each in stored["ceilings"]]
        self._ceilings = {
            (each.target, each.name): each
            for each in ceilings
            if each.target in targets
        }
        self._boosts = {
            charger: end
            for charger, end in stored["boosts"].items()
            if charger in targets
        }
        for key, ceiling in self._ceilings.items():
            self._ends[key] = self._in_loop_time(ceiling.end)
        for charger, end in self._boosts.items():
            self._ends[charger,] = self._in_loop_time(end)

    async def save_now(self) -> None:
        """Store what waits to be stored: who loads it next must find it."""
        await self._storage.save_now()

    @property
    def ceilings(self) -> tuple[TimedCeiling, ...]:
        """The ceilings whose end has not come, by the clock by which it comes later."""
        ends = {key: self._end(key, c.end, max) for key, c in self._ceilings.items()}
        return tuple(
            replace(ceiling, end=ends[key])
            for key, ceiling in self._ceilings.items()
            if ends[key] > dt_util.utcnow()
        )

    @property
    def boosts(self) -> dict[str, datetime]:
        """The boosts whose end has not come by either clock, by charger."""
        ends = {c: self._end((c,), end, min) for c, end in self._boosts.items()}
        return {c: end for c, end in ends.items() if end > dt_util.utcnow()}

    def _end(
        self,
        key: tuple[str, ...],
        end: datetime,
        choose: Callable[[datetime, datetime], datetime],
    ) -> datetime:
        """Return an end by the wall clock; the same for as long as the clocks agree."""
        left = timedelta(seconds=self._ends[key] - self._loop.time())
        by_loop = dt_util.utcnow() + left
        return end if abs(by_loop - end) < AGREE else choose(by_loop, end)

    def _in_loop_time(self, end: datetime) -> float:
        return in_loop_time(end, self._loop.time())

    def has_room(self, *ceilings: TimedCeiling) -> bool:
        """Say whether ceilings may be set: in place of some, or some of not too many.

        What planners ask takes nobody's room.
        """
        present = {
            (each.target, each.name)
            for each in (*self.ceilings, *ceilings)
            if each.name not in (REQUEST, PAUSE)
        }
        return len(present) <= MAX_CEILINGS

    @callback
    def set_ceiling(self, ceiling: TimedCeiling) -> None:
        """Set a ceiling, in place of the one with its name."""
        key = ceiling.target, ceiling.name
        self._ceilings[key] = ceiling
        self._ends[key] = self._in_loop_time(ceiling.end)
        self._changed()

    @callback
    def clear_ceilings(
        self, target: str, name: str | None = None
    ) -> list[TimedCeiling]:
        """Lift the ceiling with that name, or all, off a target; return them."""
        cleared = [
            ceiling
            for ceiling in self.ceilings
            if ceiling.target == target and name in (None, ceiling.name)
        ]
        for ceiling in cleared:
            del self._ceilings[ceiling.target, ceiling.name]
        self._changed()
        return cleared

    @callback
    def boost(self, charger: str, end: datetime) -> None:
        """Serve a charger before all others until then."""
        self._boosts[charger] = end
        self._ends[charger,] = self._in_loop_time(end)
        self._changed()

    @callback
    def end_boost(self, charger: str) -> None:
        """Serve a charger in its turn again."""
        self._boosts.pop(charger, None)
        self._changed()

    def _changed(self) -> None:
        ceilings, boosts = self.ceilings, self.boosts
        present = {(c.target, c.name) for c in ceilings}
        self._ceilings = {k: c for k, c in self._ceilings.items() if k in present}
        self._boosts = {c: end for c, end in self._boosts.items() if c in boosts}
        there = {*present, *((charger,) for charger in boosts)}
        self._ends = {key: end for key, end in self._ends.items() if key in there}
        self._storage.save(self._to_store, SAVE_DELAY)
        self._on_change()

    def _to_store(self) -> dict[str, Any]:
        return {
            "ceilings": [
                {
                    "target": ceiling.target,
                    "name": ceiling.name,
                    "current": ceiling.current,
                    "end": ceiling.end.isoformat(),
                }
                for ceiling in self.ceilings
            ],
            "boosts": {id_: end.isoformat() for id_, end in self.boosts.items()},
        }


async def forget_overrides(hass: HomeAssistant, entry_id: str) -> None:
    """Remove what is stored for an entry."""
    await _storage(hass, entry_id).remove()


def as_ceiling(ceiling: TimedCeiling, now: float) -> Ceiling:
    """Return a ceiling in the loop's time, which is `now` s."""
    return Ceiling(
        target=ceiling.target,
        current=ceiling.current,
        expires=in_loop_time(ceiling.end, now),
    )


def in_loop_time(end: datetime, now: float) -> float:
    """Return a time of the wall clock in the loop's, which is `now` s."""
    return now + (end - dt_util.utcnow()).total_seconds()


def _storage(hass: HomeAssistant, entry_id: str) -> Storage:
    return Storage(hass, f"{DOMAIN}.{entry_id}", STORAGE_VERSION)
