"""A raise, as the meter shows it: which phases a car uses whose charger tells no current.

What flows beside the other chargers is held against what flowed when the car was allowed
more, from nothing at its start. Half a minute after its first phase has risen each of its
phases has risen as well, or has not moved; where one did neither, nothing is learned.
One that fell, or had risen, meanwhile has moved, though it is where it was: a load of the
house that went off hides as much of the car.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ..model import Phase
from .step_response import ALL_PHASES_AFTER

LEAST_RAISE = 4.0
"""A: of a smaller one a meter of whole amps does not tell risen from unmoved."""
USED = 0.5
"""Part of the raise from which on a phase carries the car ..."""
UNUSED = 0.25
"""... and up to which it does not."""
LATEST_RISE = 180.0
"""s after which a rise is no longer waited for: the house is another by then."""

_NEVER = float("-inf")


class Used(NamedTuple):
    """The phases that a raise was seen on; whether that is all, or a start's so far."""

    phases: tuple[Phase, ...]
    whole: bool


class RaiseSeen:
    """Watches one charger's raises. Currents in A, times in s."""

    def __init__(self, wiring: Sequence[Phase]) -> None:
        """Watch a charger that hangs on the phases of `wiring`."""
        self._wiring = wiring
        self._now: Sequence[float] | None = None
        self._before: Sequence[float] | None = None
        self._allowed_before = self._raise = 0.0
        self._lowest: list[float] = []
        self._highest: list[float] = []
        self._since = self._risen_at = _NEVER

    def allow(self, before: float, current: float, now: float) -> None:
        """Take that its car, which was allowed `before`, is allowed `current` from now on.

        What is changed by less before the rise was seen whole belongs to the same raise.
        """
        if current - before >= LEAST_RAISE:
            self._before, self._allowed_before = self._now, before
            self._lowest = [0.0] * len(self._wiring)
            self._since = now
        self._raise = current - self._allowed_before
        self._highest = [0.0] * len(self._wiring)
        self._risen_at = _NEVER
        if not current or self._raise < LEAST_RAISE:
            self._before = None

    def observe(
        self,
        beside_others: Sequence[float],
        time: float,
        *,
        first: Phase,
        charging: bool,
    ) -> Used | None:
        """Take what flows beside the other chargers; return what a raise has shown.

        `first` is the phase that every car uses there.
        """
        self._now = beside_others
        before = self._before
        if before is None or not charging:
            return None
        if time - self._since > LATEST_RISE:
            self._before = None
            return None
        rises = [beside_others[phase] - before[phase] for phase in self._wiring]
        self._lowest = [*map(min, self._lowest, rises, strict=True)]
        used, unused = USED * self._raise, UNUSED * self._raise
        risen = tuple(
            phase
            for phase, rise in zip(self._wiring, rises, strict=True)
            if rise >= used
        )
        if first not in risen:
            return None
        if self._risen_at == _NEVER:
            self._risen_at = time
        self._highest = [*map(max, self._highest, rises, strict=True)]
        if time - self._risen_at < ALL_PHASES_AFTER:
            return None if self._allowed_before else Used(risen, whole=False)
        self._before = None
        clear = all(
            rise >= used or (rise <= unused and lowest >= -unused and highest < used)
            for rise, lowest, highest in zip(
                rises, self._lowest, self._highest, strict=True
            )
        )
        return Used(risen, whole=True) if clear else None
