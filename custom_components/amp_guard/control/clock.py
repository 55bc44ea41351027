"""A clock that never steps back, whatever the caller's does."""

from math import isfinite


class SteadyClock:
    """Turns the caller's time in s into one that only goes on.

    `offset` is added to the caller's times; it grows by each step back.
    """

    def __init__(self) -> None:
        """Start with no time; the caller's first is its first too."""
        self.offset = 0.0
        self._now: float | None = None

    def advance(self, now: float) -> float:
        """Return the steady time at the caller's `now`."""
        if self._now is None:
            self._now = now if isfinite(now) else 0.0
            return self._now
        if not isfinite(now):
            return self._now
        if now + self.offset < self._now:
            self.offset = self._now - now
        self._now = now + self.offset
        return self._now
