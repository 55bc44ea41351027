"""What is learned of a charger and its car while they are driven, kept over restarts."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import voluptuous as vol

from ..control.step_response import (
    ALL_PHASES_AFTER,
    ANSWERS_KEPT,
    GIVE_UP_AFTER,
    LEAST_STEP,
    USED_FROM,
)
from ..model import ChargerReading, ChargerStatus

REACHED = 1.0
"""A from what it was told at which a car has followed."""
LARGEST_LAG = 30.0
"""s. A car that follows later than this is not waited for as if that were its way."""


_FIGURE = vol.All(vol.Any(int, float), vol.Range(min=0.0, max=1e6))
_LIMIT = vol.Any(None, _FIGURE)
_TIME = vol.Any(None, vol.All(vol.Any(int, float), vol.Range(min=0.0, max=1e11)))
STORED = vol.Schema(
    {
        vol.Required("lags"): [_FIGURE],
        vol.Required("ramps"): [_FIGURE],
        vol.Required("phases"): vol.Any(None, 1, 2, 3),
        vol.Required("user_limit"): _LIMIT,
        vol.Optional("may_hold", default=None): _LIMIT,
        vol.Optional("left_at", default=None): _LIMIT,
        vol.Optional("phases_told", default=None): vol.Any(None, 1, 3),
        vol.Optional("switched_at", default=None): _TIME,
    },
    extra=vol.REMOVE_EXTRA,
)
"""How it is stored; what came to it later may be missing."""


@dataclass(kw_only=True, slots=True)
class Learned:
    """What is known of one charger: the last measurements, and of its car.

    `lags` are the s from a cut until it was reported to be followed, `ramps` A/s from a
    raise until it was used, `phases` how many the car uses. `user_limit` is the ceiling
    (A) that was set at the charger for this car. `may_hold` is the highest limit (A) that
    may be in force of what it was commanded, `left_at` what it was left at last (A).
    `phases_told` is how many phases it was told to use, where nothing but that tells, and
    `switched_at` when it was told last to use another number (s since 1970).
    """

    lags: deque[float] = field(default_factory=lambda: deque(maxlen=ANSWERS_KEPT))
    ramps: deque[float] = field(default_factory=lambda: deque(maxlen=ANSWERS_KEPT))
    phases: int | None = None
    user_limit: float | None = None
    may_hold: float | None = None
    left_at: float | None = None
    phases_told: int | None = None
    switched_at: float | None = None

    @property
    def lag(self) -> float | None:
        """The s that it needs to follow a cut, None until measured."""
        return min(median(self.lags), LARGEST_LAG) if self.lags else None

    @property
    def ramp(self) -> float | None:
        """The A/s by which its car takes up a raise, None until measured."""
        return median(self.ramps) if self.ramps else None

    def as_dict(self) -> dict[str, Any]:
        """Return it for the store."""
        return {
            "lags": [round(lag, 1) for lag in self.lags],
            "ramps": [round(ramp, 2) for ramp in self.ramps],
            "phases": self.phases,
            "user_limit": self.user_limit,
            "may_hold": self.may_hold,
            "left_at": self.left_at,
            "phases_told": self.phases_told,
            "switched_at": self.switched_at,
        }

    @classmethod
    def restored(cls, stored: object) -> Learned:
        """Return what was stored; raise vol.Invalid where it is nothing of the kind."""
        values = STORED(stored)
        return cls(
            lags=deque(values["lags"], maxlen=ANSWERS_KEPT),
            ramps=deque(values["ramps"], maxlen=ANSWERS_KEPT),
            phases=values["phases"],
            user_limit=values["user_limit"],
            may_hold=values["may_hold"],
            left_at=values["left_at"],
            phases_told=values["phases_told"],
            switched_at=values["switched_at"],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Step:
    """A command that changes what the car draws: from and to A, at a loop time."""

    begin: float
    target: float
    time: float


class Learning:
    """Measures one charger, and keeps what a restart must not forget of it.

    `on_learned(soon)` is called when there is something to keep; soon, where a crash in
    the next minute must not lose it.
    """

    def __init__(
        self,
        learned: Learned | None = None,
        on_learned: Callable[[bool], None] = lambda _soon: None,
    ) -> None:
        """Go on from what is learned."""
        self._learned = learned or Learned()
        self._on_learned = on_learned
        self._step: _Step | None = None
        self._charging_since: float | None = None

    @property
    def user_limit(self) -> float | None:
        """The ceiling that was set at the charger for this car, A."""
        return self._learned.user_limit

    def tell(self, reading: ChargerReading, current: float, now: float) -> None:
        """Note that a charger that says this is told `current` A.

        Which of two commands is answered cannot be told: then neither teaches.
        """
        step, drawn = self._step, _drawn(reading)
        if step is not None and now - step.time <= GIVE_UP_AFTER:
            self._step = step if step.target == current else None
        elif drawn is not None and abs(current - drawn) >= LEAST_STEP:
            self._step = _Step(begin=drawn, target=current, time=now)

    def see(self, reading: ChargerReading, now: float) -> None:
        """Take what it says now."""
        self._see_step(reading, now)
        self._see_phases(reading, now)

    @property
    def may_hold(self) -> float | None:
        """The highest limit that may be in force of what it was commanded, A."""
        return self._learned.may_hold

    def keep_may_hold(self, may_hold: float | None) -> None:
        """Note the highest limit that may be in force.

        After a crash that much is kept free until the charger says what is: so a raise
        is written at once, while to forget a cut only costs room for a moment.
        """
        before, self._learned.may_hold = self._learned.may_hold, may_hold
        if may_hold is not None and may_hold != before:
            self._on_learned(before is None or may_hold > before)

    def keep_user_limit(self, user_limit: float | None) -> None:
        """Note the ceiling that was set at the charger."""
        if user_limit != self._learned.user_limit:
            self._learned.user_limit = user_limit
            self._on_learned(False)

    @property
    def phases_told(self) -> int | None:
        """How many phases it was told to use, where nothing but that tells."""
        return self._learned.phases_told

    def keep_phases_told(self, phases: int | None) -> None:
        """Note it: None where it turns out that it cannot be told."""
        if phases != self._learned.phases_told:
            self._learned.phases_told = phases
            self._on_learned(True)

    @property
    def switched_at(self) -> float | None:
        """When it was told last to use another number of phases, s since 1970."""
        return self._learned.switched_at

    def keep_switched_at(self, time: float) -> None:
        """Note it at once: contactors and cars wear over crashes as well."""
        self._learned.switched_at = round(time, 1)
        self._on_learned(True)

    def _see_step(self, reading: ChargerReading, now: float) -> None:
        step, drawn = self._step, _drawn(reading)
        if step is None or drawn is None:
            return
        taken_at = now if reading.current_time is None else reading.current_time
        if taken_at <= step.time:
            return
        if taken_at - step.time > GIVE_UP_AFTER:
            self._step = None
        elif step.target < step.begin and drawn <= step.target + REACHED:
            self._learned.lags.append(taken_at - step.time)
            self._finish()
        elif step.target > step.begin and drawn >= step.target - REACHED:
            ramp = (step.target - step.begin) / (taken_at - step.time)
            self._learned.ramps.append(ramp)
            self._finish()

    def _finish(self) -> None:
        self._step = None
        self._on_learned(False)

    def _see_phases(self, reading: ChargerReading, now: float) -> None:
        drawn = _drawn(reading)
        if reading.status is not ChargerStatus.CHARGING or not drawn:
            self._charging_since = None
            return
        if self._charging_since is None:
            self._charging_since = now
        if now - self._charging_since < ALL_PHASES_AFTER or reading.current is None:
            return
        used = sum(current >= USED_FROM for current in reading.current)
        if used and used != self._learned.phases:
            self._learned.phases = used
            self._on_learned(False)


def _drawn(reading: ChargerReading) -> float | None:
    """Return A on its highest phase, None where it does not say."""
    return None if reading.current is None else max(reading.current)
