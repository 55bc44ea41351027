"""Inrush: which sudden rises are but a motor's start, learned from this household.

A pump draws a multiple of its current for half a second. A sample that hits this
moment looks like an overload for which a car would have to be paused, and is over
before the pause lands. Where most of the last rises of that size on a phase were gone
at once, the next one is given one more sample.
"""

from collections import deque

LEAST_RISE = 3.0
"""A from one sample to the next that count as a sudden rise."""
GONE = 0.5
"""Part of a rise that must be gone again for it to have been brief ..."""
GONE_WITHIN = 6.0
"""... within so many s (a car that is cut meanwhile hides it for a moment)."""
ALIKE = 1.25
"""Rises within this factor are of one size."""
RISES_KEPT = 24
"""Rises of any size that are remembered."""
LEAST_ALIKE = 2
"""Rises of one size that must be known before the next one is judged."""


class Inrush:
    """The sudden rises of one phase, A."""

    def __init__(self) -> None:
        """Start with no rise seen: none is taken to be brief."""
        self._rises: deque[tuple[float, bool]] = deque(maxlen=RISES_KEPT)
        self._load: float | None = None
        self._base = 0.0
        self._rise = 0.0
        self._since = 0.0

    def observe(self, load: float, time: float) -> None:
        """Take the load of the next sample."""
        before, self._load = self._load, load
        if before is None:
            return
        if self._rise:
            gone = load <= self._base + (1 - GONE) * self._rise
            if not gone and time - self._since < GONE_WITHIN:
                return
            self._rises.append((self._rise, gone))
        rise = load - before
        self._base, self._since = before, time
        self._rise = rise if rise >= LEAST_RISE else 0.0

    @property
    def brief(self) -> bool:
        """Return whether the rise to the last sample will soon be gone."""
        rise = self._rise
        alike = [
            gone
            for size, gone in self._rises
            if rise <= ALIKE * size and size <= ALIKE * rise
        ]
        return len(alike) >= LEAST_ALIKE and 2 * sum(alike) > len(alike)
