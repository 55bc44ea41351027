"""A start, as the meter shows it: which phases a car uses whose charger tells no current.

What flows beside the other chargers is held against what flowed when the car was allowed
to start. Half a minute after it began to charge each of its phases has risen by what it
was allowed, or has not moved; where one did neither, nothing is learned from this start.
One that fell, or had risen, meanwhile has moved, though it is where it was: a load of the
house that went off hides as much of the car.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ..model import Phase
from .step_response import ALL_PHASES_AFTER

USED = 0.5
"""Part of what it was allowed from which on a phase carries the car ..."""
UNUSED = 0.25
"""... and up to which it does not."""
LATEST_START = 180.0
"""s after which a start is no longer waited for: the house is another by then."""

_NEVER = float("-inf")


class Used(NamedTuple):
    """The phases that a start was seen on; whether that is all, or only so far."""

    phases: tuple[Phase, ...]
    whole: bool


class StartSeen:
    """Watches one charger's starts. Currents in A, times in s."""

    def __init__(self, wiring: Sequence[Phase]) -> None:
        """Watch a charger that hangs on the phases of `wiring`."""
        self._wiring = wiring
        self._now: Sequence[float] | None = None
        self._before: Sequence[float] | None = None
        self._lowest: list[float] = []
        self._highest: list[float] = []
        self._allowed = 0.0
        self._allowed_at = self._risen_at = _NEVER

    def allow(self, before: float, current: float, now: float) -> None:
        """Take that its car, which was allowed `before`, is allowed `current` from now on."""
        if before or not current:
            self._before = None
            return
        self._before, self._allowed = self._now, current
        self._lowest = [0.0] * len(self._wiring)
        self._highest = [0.0] * len(self._wiring)
        self._allowed_at, self._risen_at = now, _NEVER

    def observe(
        self,
        beside_others: Sequence[float],
        time: float,
        *,
        first: Phase,
        charging: bool,
    ) -> Used | None:
        """Take what flows beside the other chargers; return what its start has shown.

        `first` is the phase that every car uses there.
        """
        self._now = beside_others
        before = self._before
        if before is None or not charging:
            return None
        if time - self._allowed_at > LATEST_START:
            self._before = None
            return None
        rises = [(beside_others[p] - before[p]) / self._allowed for p in self._wiring]
        self._lowest = [*map(min, self._lowest, rises, strict=True)]
        risen = tuple(
            phase
            for phase, rise in zip(self._wiring, rises, strict=True)
            if rise >= USED
        )
        if first not in risen:
            return None
        if self._risen_at == _NEVER:
            self._risen_at = time
        self._highest = [*map(max, self._highest, rises, strict=True)]
        if time - self._risen_at < ALL_PHASES_AFTER:
            return Used(risen, whole=False)
        self._before = None
        clear = all(
            rise >= USED or (rise <= UNUSED and lowest >= -UNUSED and highest < USED)
            for rise, lowest, highest in zip(
                rises, self._lowest, self._highest, strict=True
            )
        )
        return Used(risen, whole=True) if clear else None
