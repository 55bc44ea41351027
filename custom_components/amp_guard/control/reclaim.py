"""Reclaim: what a car does not use goes to others, and comes back when it asks."""

from dataclasses import dataclass
from math import ceil

UNUSED = 1.0
"""A under its allocation from which on the rest counts as unused."""
RECLAIM_AFTER = 60.0
"""s for which it must have been unused."""
DRAWS_ON_AFTER = 30.0
"""s after a change from which on a car that draws is taken to go on with it."""
KEPT_ABOVE_DRAW = 1.0
"""A above its draw that a car keeps, so that its wish for more is seen."""
REOPEN_WITHIN = 0.5
"""A below its cap at which a car is taken to want more."""
RISES = 0.5
"""A by which a car's draw must have risen to be still on its way up."""
WAKING_CURRENTS = (8.0, 10.0)
"""A: some cars do not start below. Tried in turn when one does not start."""


@dataclass(slots=True)
class Reclaim:
    """What one car makes of what it is allocated.

    `cap` is the most it is allocated (None: no cap), `needs` the least with which it is
    worth trying to charge it (0: its charger's minimum). `idle` says that it was
    allocated current and does not take any.
    """

    cap: float | None = None
    needs: float = 0.0
    idle: bool = False
    _needed: float = 0.0
    _unused_since: float | None = None
    _drawn: float = 0.0
    _allocated_at: float = float("-inf")

    def plug_in(self) -> None:
        """Forget the last car."""
        self.cap = None
        self.needs = self._needed = 0.0
        self.idle = False
        self._unused_since = None

    def note_allocation(self, now: float) -> None:
        """Give the car new time: its allocation was changed."""
        self._allocated_at = now
        self._unused_since = None

    def is_used(self, drawn: float, allocated: float) -> bool:
        """Return whether a car goes on to draw all that it is `allocated`, `drawn`, A.

        Then there is nothing to reclaim, nor to give back.
        """
        return (
            drawn == self._drawn
            and drawn >= UNUSED
            and drawn >= allocated - UNUSED
            and self._unused_since is None
            and self.cap is None
            and not (self.needs or self.idle)
        )

    def observe(
        self,
        drawn: float,
        allocated: float,
        *,
        seen: float,
        least: float,
        step: float,
        late: float,
        now: float,
    ) -> None:
        """Compare what the car draws with what it is allocated, both A per phase.

        `drawn` may be known `late` s after it was so; `seen` is what it is taken to draw
        meanwhile, by the meter too. A cap is in whole `step`s and never
        below `least`: a car that tapers off at its end is not to be paused.
        """
        if drawn >= UNUSED:
            self.idle = False
            if 0 < allocated < self.needs:
                self.needs = self._needed  # it was late, or late to say so
            elif allocated and now - self._allocated_at >= DRAWS_ON_AFTER:
                self.needs = min(self.needs, allocated)
        if self.cap is not None and drawn >= self.cap - REOPEN_WITHIN:
            self.cap = None
        rises = drawn >= self._drawn + RISES
        if rises or drawn < self._drawn:
            self._drawn = drawn
        if rises or allocated <= 0 or drawn >= allocated - UNUSED:
            self._unused_since = None
            return
        if self._unused_since is None:
            self._unused_since = now
        if now - self._unused_since < max(RECLAIM_AFTER, DRAWS_ON_AFTER + late):
            return
        if drawn >= UNUSED:
            self.cap = max(least, ceil((drawn + KEPT_ABOVE_DRAW) / step) * step)
            return
        if seen < UNUSED:
            self._wake(allocated)

    def _wake(self, allocated: float) -> None:
        """Ask for more on behalf of a car that does not start; else give it up."""
        higher = [current for current in WAKING_CURRENTS if current > allocated]
        self._unused_since = None
        if higher and self.needs != higher[0]:
            self._needed, self.needs = self.needs, higher[0]
        elif not higher:
            self.idle = True
