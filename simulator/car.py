"""A car: how its draw follows what the charger offers, and when it is full."""

from dataclasses import dataclass
from math import inf

from custom_components.amp_guard.model import NO_CURRENT, PhaseValues

PHASE_VOLTAGE = 230.0
"""V over each circuit of a car: phase to neutral, or line to line in an IT net."""

RAMP_STEP = 0.1
"""s. While a draw moves, the world is computed in steps of this length."""

ALL_ENERGISED = (True, True, True)

_FULL = 1e-6
"""Wh. A battery that takes no more than this is full."""
_MOMENT = 1e-9
"""s and A. Less than this apart is the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CarModel:
    """What a car is like.

    The defaults were measured at one home with an Easee charger at 1 s: a start in
    27-30 s, about 10 s of it on one phase, a raise used after 10-15 s, a cut within
    3 s. `min_current` is IEC 61851-1's 6 A; some cars do not start below 8-10 A.

    `energy_wh` is what it takes until it is full. `start_delay` is the time in s from
    an offer to the first current, which is `min_current`; `one_phase_first` the time
    that it then stays on one phase. A raise is used after `raise_delay`, at `ramp_up`
    A/s (5 s for 10 A, so that all of it is used within the measured 15 s). A cut or a
    pause is followed in a straight line within `follow_down`. Some cars interrupt
    themselves: each time that they have charged for `charges_for`, they draw nothing
    for `interrupts_for`, s.
    """

    energy_wh: float = 20_000.0
    phases: int = 3
    min_current: float = 6.0
    max_current: float = 16.0
    start_delay: float = 28.0
    one_phase_first: float = 10.0
    raise_delay: float = 10.0
    ramp_up: float = 2.0
    follow_down: float = 3.0
    charges_for: float = inf
    interrupts_for: float = 0.0


class Car:
    """A car in time.

    `energy_left_wh` is what its battery still takes, `energy_taken_wh` what it took.
    """

    def __init__(self, model: CarModel, car_id: str = "car") -> None:
        self.model = model
        self.id = car_id
        self.energy_left_wh = model.energy_wh
        self.energy_taken_wh = 0.0
        self._level = 0.0  # A on each circuit in use
        self._target = 0.0
        self._fall_rate = inf  # A/s
        self._held = 0.0  # s since it was offered more than it draws
        self._charging_for = 0.0  # s since this start
        self._interruption_left = 0.0  # s
        self._one_phase_until = model.one_phase_first - _MOMENT
        self._energised = ALL_ENERGISED
        self._choose_circuits()

    @property
    def full(self) -> bool:
        """Whether it asks for nothing more."""
        return self.energy_left_wh <= _FULL

    @property
    def interrupting(self) -> bool:
        """Whether it draws nothing by its own choice, and will again."""
        return self._interruption_left > 0

    @property
    def power(self) -> float:
        """What it draws now, W."""
        return PHASE_VOLTAGE * self._level * len(self._in_use)

    @property
    def current(self) -> PhaseValues:
        """A on each circuit of the charger: its L1, L2, L3 where there is a neutral."""
        if self._level <= 0:
            return NO_CURRENT
        return PhaseValues(
            *(self._level if circuit in self._in_use else 0.0 for circuit in range(3))
        )

    def steady_for(
        self,
        offered_current: float,
        energised: tuple[bool, bool, bool] = ALL_ENERGISED,
    ) -> float:
        """Return the time in s for which its draw stays as it is now."""
        self._aim(offered_current, energised)
        model = self.model
        if self.interrupting:
            return self._interruption_left
        steady = inf
        if self._level > 0:
            steady = self.energy_left_wh * 3600 / self.power
            steady = min(steady, model.charges_for - self._charging_for)
            if self._charging_for < model.one_phase_first:
                steady = min(steady, model.one_phase_first - self._charging_for)
        if self._target < self._level:
            return min(steady, RAMP_STEP)
        if self._target > self._level:
            return min(steady, max(self._delay - self._held, RAMP_STEP))
        return steady

    def step(
        self,
        dt: float,
        offered_current: float,
        energised: tuple[bool, bool, bool] = ALL_ENERGISED,
    ) -> bool:
        """Draw for `dt` s what it draws now, then move; tell whether the draw changed.

        `dt` is at most what `steady_for` says, or the draw lags by the difference.
        """
        self._aim(offered_current, energised)
        if self.interrupting:
            self._wait(dt)
            return False
        if self._level == self._target == 0:
            return False
        before = self._level, self._in_use
        if self._level > 0:
            energy = min(self.power * dt / 3600, self.energy_left_wh)
            self.energy_left_wh -= energy
            self.energy_taken_wh += energy
            self._charging_for += dt
        if self._target < self._level:
            self._fall(dt)
        elif self._target > self._level:
            self._rise(dt)
        if self.full:
            self._stop()
        elif self._charging_for >= self.model.charges_for - _MOMENT:
            self._stop()
            self._interruption_left = self.model.interrupts_for
        if self._starting != (self._charging_for < self._one_phase_until):
            self._choose_circuits()
        return before != (self._level, self._in_use)

    @property
    def _delay(self) -> float:
        """S from an offer above the draw until the draw moves."""
        return self.model.raise_delay if self._level > 0 else self.model.start_delay

    def _aim(self, offered: float, energised: tuple[bool, bool, bool]) -> None:
        """Turn to what is offered now."""
        if energised != self._energised:
            self._energised = energised
            self._choose_circuits()
        if not any(energised):
            self._stop()
            return
        wanted = min(offered, self.model.max_current)
        if wanted < self.model.min_current or self.full or self.interrupting:
            wanted = 0.0
        if wanted == self._target:
            return
        self._target = wanted
        if wanted <= self._level:
            self._held = 0.0
            follow_down = self.model.follow_down
            self._fall_rate = (self._level - wanted) / max(follow_down, _MOMENT)

    def _wait(self, dt: float) -> None:
        """Let an interruption pass; at its end it draws at once."""
        self._interruption_left -= dt
        if self._interruption_left < _MOMENT:
            self._interruption_left = 0.0
            self._held = self.model.start_delay

    def _fall(self, dt: float) -> None:
        self._level = max(self._target, self._level - self._fall_rate * dt)
        if self._level - self._target < _MOMENT:
            self._level = self._target
        if self._level == 0:
            self._charging_for = 0.0

    def _rise(self, dt: float) -> None:
        delayed = self._held < self._delay - _MOMENT
        self._held += dt
        if not delayed and self._level > 0:
            self._level = min(self._target, self._level + self.model.ramp_up * dt)
        elif self._level == 0 and self._held >= self._delay - _MOMENT:
            self._level = self.model.min_current
            self._held = self.model.raise_delay  # it ramps on from there at once
        if self._level >= self._target:
            self._held = 0.0

    def _stop(self) -> None:
        self._level = 0.0
        self._target = 0.0
        self._held = 0.0
        self._charging_for = 0.0

    def _choose_circuits(self) -> None:
        live = tuple(circuit for circuit in range(3) if self._energised[circuit])
        self._starting = self._charging_for < self._one_phase_until
        self._in_use = live[: 1 if self._starting else self.model.phases]
