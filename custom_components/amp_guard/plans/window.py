"""A limit on the mean power of a quarter or an hour, which ends by the wall clock.

What is left for the cars is P_rest = (P_target·T − E_used)/(T − t), less what flows beside
them. Only import counts, as in a meter's register: the net of the phases at each moment.
Power in W, energy in J, times in s.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp, inf
from typing import Any

from . import Moment

AGREE = 2.0
"""By which the wall clock and the monotonic one may differ between two looks."""
LONGEST_STEP = 30.0
"""Between two looks; in a longer gap nobody knows what flowed."""
AIM = 0.95
"""Part of the target that is aimed at: a house rises in the last minutes too."""
SHORTEST_REST = 60.0
"""By which what is left is divided at least: the last seconds make no jump."""
WORTH_A_START = 120.0
"""Left of a window for which a paused car is started, where the next carries it not."""
REACTION = 30.0
"""In which a car that is to pause draws its minimum yet."""
SMOOTHED_OVER = 60.0
"""What flows beside the cars is smoothed over that; a kettle is three minutes."""
UNKNOWN_HOUSE = 2000.0
"""What is taken to flow beside the cars where nothing was ever measured, W ..."""
FORGOTTEN_AFTER = 86400.0
"""... and in which the highest mean of a window that was seen halves."""
NEW = 60.0
"""After a start, in which it is not known yet what cars draw: who charges goes on."""
STARTS = 1
"""In one window, of cars that were paused for it."""
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Closed:
    """A window that is over: when it began, and the mean power measured in it, W."""

    start: datetime
    mean: float


class PowerWindow:
    """The window that runs, and how much of its mean power is used."""

    def __init__(self, minutes: int) -> None:
        """Know nothing yet; a window is of 15 or 60 minutes."""
        self._length = 60.0 * minutes
        self._start = NEVER
        self._clock: datetime | None = None
        self._time: float | None = None
        self._measured = self._assumed = 0.0
        self._house_energy = 0.0
        self._power: float | None = None
        """W that flows from the last look on, None where that is not measured."""
        self._cars = 0.0
        self._house: float | None = None
        self._cautious_house = UNKNOWN_HOUSE
        self._granted: bool | None = None
        """Whether cars may charge; None while none is there."""
        self._starts = 0
        self._began: float | None = None
        self._is_new = True

    # --- what is shown ------------------------------------------------------------------

    @property
    def mean(self) -> float | None:
        """The mean power of this window so far, W; None before it has begun."""
        elapsed = self._elapsed
        return self._used / elapsed if elapsed >= 1.0 else None

    @property
    def forecast(self) -> float | None:
        """The mean power at its end if all goes on as it is, W."""
        if self._clock is None:
            return None
        left = self._length - self._elapsed
        return (self._used + left * self._flowing) / self._length

    # --- what is kept ------------------------------------------------------------------

    def as_dict(self) -> dict[str, Any]:
        """Return it for the store."""
        return {
            "start": self._start.isoformat(),
            "until": self._clock and self._clock.isoformat(),
            "measured": self._measured,
            "assumed": self._assumed,
            "house": self._cautious_house,
        }

    def restore(self, stored: Mapping[str, Any]) -> None:
        """Go on from what was kept; what is not known since counts as used."""
        self._start = datetime.fromisoformat(stored["start"])
        if stored["until"] is not None:
            self._clock = datetime.fromisoformat(stored["until"])
        self._measured = float(stored["measured"])
        self._assumed = float(stored["assumed"])
        self._cautious_house = float(stored["house"])

    # --- looking -----------------------------------------------------------------------

    def look(self, moment: Moment, target: float | None) -> Closed | None:
        """Take what is so now; return the window that ended since.

        `target` is what the window may have that was looked at last, W; None: any.
        """
        closed = self._count(moment, target)
        step = 0.0 if self._time is None else moment.time - self._time
        self._clock, self._time = moment.clock.astimezone(UTC), moment.time
        if self._began is None:
            self._began = moment.time
        self._is_new = moment.time - self._began < NEW
        self._power = moment.power
        self._cars = sum(car.drawn for car in moment.cars.values())
        if moment.power is not None:
            now = moment.power - self._cars
            before = now if self._house is None else self._house
            self._house = now + (before - now) * exp(-max(step, 0.0) / SMOOTHED_OVER)
        return closed

    def _count(self, moment: Moment, target: float | None) -> Closed | None:
        """Count what flowed since the last look."""
        now, start = moment.clock.astimezone(UTC), _start(moment.clock, self._length)
        if self._clock is None:
            self._begin(start, (now - start).total_seconds() * (target or 0.0))
            return None
        wall = (now - self._clock).total_seconds()
        passed = inf if self._time is None else moment.time - self._time
        if 0.0 <= passed <= LONGEST_STEP and abs(wall - passed) <= AGREE:
            return self._go_on(start, self._clock, passed)
        # Nobody knows what flowed: it counts at the target's rate, or as it flowed last.
        rate = max(target or 0.0, self._flowing)
        if start == self._start:
            self._assumed += max(wall, 0.0) * rate
            return None
        closed = self._close()
        self._begin(start, (now - start).total_seconds() * rate)
        return closed

    def _go_on(self, start: datetime, since: datetime, passed: float) -> Closed | None:
        """Count a step in which power stood as it was seen, into the next window too."""
        if start <= self._start:  # a clock that is set by a second stays in its window
            self._add(passed)
            return None
        end = self._start + timedelta(seconds=self._length)
        before = min(max((end - since).total_seconds(), 0.0), passed)
        self._add(before)
        closed = self._close()
        self._begin(start, 0.0)
        self._add(passed - before)
        return closed

    def _add(self, seconds: float) -> None:
        if self._power is None:
            self._assumed += self._flowing * seconds
            return
        self._measured += self._flowing * seconds
        self._house_energy += max(self._power - self._cars, 0.0) * seconds

    def _begin(self, start: datetime, assumed: float) -> None:
        self._start = start
        self._measured, self._assumed, self._house_energy = 0.0, assumed, 0.0
        self._starts = 0

    def _close(self) -> Closed:
        kept = 0.5 ** (self._length / FORGOTTEN_AFTER)
        self._cautious_house = max(
            self._house_energy / self._length, kept * self._cautious_house
        )
        return Closed(start=self._start, mean=self._measured / self._length)

    @property
    def _used(self) -> float:
        return self._measured + self._assumed

    @property
    def _elapsed(self) -> float:
        if self._clock is None:
            return 0.0
        return (self._clock - self._start).total_seconds()

    @property
    def _flowing(self) -> float:
        """What is imported from the last look on, W."""
        power = self._power
        return max(self._cars + self._cautious_house if power is None else power, 0.0)

    # --- what the cars may draw ----------------------------------------------------------

    def allow(self, moment: Moment, target: float) -> float:
        """Return what the cars may draw now, W, for a mean power of `target` W."""
        left = self._length - self._elapsed
        rest = AIM * target * self._length - self._used
        power = rest / max(left, SHORTEST_REST)
        house = self._cautious_house if self._house is None else self._house
        if moment.power is None:
            house = max(house, self._cautious_house)
            power = min(power, target)
        # Its highest of late may come yet: the less, the less of the window is left.
        house += max(self._cautious_house - house, 0.0) * left / self._length
        room = power - house
        waiting = [car for car in moment.cars.values() if car.wants]
        if not waiting:
            self._granted = None
            return max(room, 0.0)
        least = min(car.least for car in waiting)
        to_spare = rest - max(house, 0.0) * left
        if self._may_charge(room, least, to_spare, left, AIM * target - house):
            return max(room, least)
        return 0.0

    def _may_charge(
        self, room: float, least: float, to_spare: float, left: float, after: float
    ) -> bool:
        """Say whether cars may charge: started when it lasts, paused when it must be.

        `room` is W, `to_spare` the J that are left beside the house until the end,
        `after` the W that the next window leaves.
        """
        # A window is a mean: its minimum is held for as long as the end can be met, but
        # not on the word of a meter that is gone. At a start none is heard yet.
        is_measured = self._power is not None or self._is_new
        still = least * (min(left, REACTION) if is_measured else left)
        holds = to_spare >= still and (is_measured or after >= least)
        if self._granted is None:  # they charge already, or wait from the beginning
            charges = self._cars >= least / 2 or self._is_new
            self._granted = room >= least or (charges and holds)
        elif self._granted:
            self._granted = room >= least or holds
        elif self._starts < STARTS and room >= least:
            self._granted = left >= WORTH_A_START or after >= least
            self._starts += self._granted
        return self._granted


def _start(clock: datetime, length: float) -> datetime:
    """Return when the window of a moment began: whole quarters or hours of local time."""
    minutes = int(length // 60)
    begun = clock.replace(
        minute=clock.minute - clock.minute % minutes, second=0, microsecond=0
    )
    return begun.astimezone(UTC)
