"""Reclaim: what a car does not use goes to others, and comes back when it asks."""

from dataclasses import dataclass
from math import ceil

UNUSED = 1.0
"""A under its grant from which on the rest counts as unused."""
AFTER = 60.0
"""s for which it must have been unused."""
SETTLED = 30.0
"""s after a change from which on a car that draws is taken to go on with it."""
SPARE = 1.0
"""A above its draw that a car keeps, so that its wish for more is seen."""
NEAR = 0.5
"""A below its cap at which a car is taken to want more."""
WAKING_CURRENTS = (8.0, 10.0)
"""A: some cars do not start below. Tried in turn when one does not start."""


@dataclass(slots=True)
class Reclaim:
    """What one car makes of what it is given.

    `cap` is the most it is given (None: no cap), `needs` the least with which it is
    worth trying to charge it (0: its charger's minimum). `idle` says that it was
    given current and does not take any.
    """

    cap: float | None = None
    needs: float = 0.0
    idle: bool = False
    _unused_since: float | None = None
    _told_at: float = float("-inf")

    def plug_in(self) -> None:
        """Forget the last car."""
        self.cap = None
        self.needs = 0.0
        self.idle = False
        self._unused_since = None

    def told(self, now: float) -> None:
        """Give the car new time: it was given something else."""
        self._told_at = now
        self._unused_since = None

    def see(
        self, drawn: float, given: float, *, least: float, step: float, now: float
    ) -> None:
        """Compare what the car draws with what it is given, both A per phase.

        A cap is in whole `step`s and never below `least`: a car that tapers off at
        its end is not to be paused.
        """
        if drawn >= UNUSED:
            self.idle = False
            if given and now - self._told_at >= SETTLED:
                self.needs = min(self.needs, given)
        if self.cap is not None and drawn >= self.cap - NEAR:
            self.cap = None
        if given <= 0 or drawn >= given - UNUSED:
            self._unused_since = None
            return
        if self._unused_since is None:
            self._unused_since = now
        if now - self._unused_since < AFTER:
            return
        if drawn >= UNUSED:
            self.cap = max(least, ceil((drawn + SPARE) / step) * step)
            return
        self._wake(given)

    def _wake(self, given: float) -> None:
        """Ask for more on behalf of a car that does not start; else give it up."""
        higher = [current for current in WAKING_CURRENTS if current > given]
        self._unused_since = None
        if higher:
            self.needs = higher[0]
        else:
            self.idle = True
