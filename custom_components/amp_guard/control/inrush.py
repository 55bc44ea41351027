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
    """The sudden rises of one phase. Currents in A, times in s."""

    def __init__(self) -> None:
        """Start with no rise seen: none is taken to be brief."""
        self.rise = 0.0
        """The sudden rise that is there now; 0: none, or it has stayed."""
        self._since = 0.0
        # Its size, and how long it was there; None: longer.
        self._rises: deque[tuple[float, float | None]] = deque(maxlen=RISES_KEPT)
        self._load: float | None = None
        self._base = 0.0

    def observe(self, load: float, time: float) -> None:
        """Take the load of the next sample."""
        before, self._load = self._load, load
        if before is None:
            return
        if self.rise:
            lasted = time - self._since
            gone = load <= self._base + (1 - GONE) * self.rise
            if not gone and lasted < GONE_WITHIN:
                return
            brief = gone and lasted <= GONE_WITHIN
            self._rises.append((self.rise, lasted if brief else None))
        rise = load - before
        self._base, self._since = before, time
        self.rise = rise if rise >= LEAST_RISE else 0.0

    def gone_in(self, now: float) -> float:
        """Return in how many s the rise will be gone, as those of its size were.

        0: it may stay, for all that is known; it does already for longer than any.
        """
        rise = self.rise
        alike = [
            lasted
            for size, lasted in self._rises
            if rise <= ALIKE * size and size <= ALIKE * rise
        ]
        brief = [lasted for lasted in alike if lasted is not None]
        if len(alike) < LEAST_ALIKE or 2 * len(brief) <= len(alike):
            return 0.0
        return max(0.0, self._since + max(brief) - now)
