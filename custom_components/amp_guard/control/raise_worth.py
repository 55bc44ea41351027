"""Raises: when one is worth its command.

A raise that the next cut takes back is two commands for little, and one more chance to
pass the limit. So a small one waits until it would have brought something, and the more
so the more often the charger was told something else lately: beside a house that comes
and goes it is told less often, and beside a quiet one no later than it needs.
"""

from math import exp

LEAST_CHANGE = 1.0
"""A: a smaller raise waits."""
AT_ONCE = 3.0
"""A: such a raise does not wait ..."""
WORTH = 120.0
"""A·s: ... and a smaller one until it would have brought this, for each change lately ..."""
FORGOTTEN_IN = 600.0
"""s after which a change counts by 1/e. One in 10 min is what a raise costs at least ..."""
MOST = 4.0
"""... and so many changes at most: 1 A that is free for good waits for 8 min."""


class RaiseWorth:
    """How often one charger was changed lately, and since when it could have more."""

    def __init__(self) -> None:
        """Start with none."""
        self._changes = 0.0
        self._changed_at = 0.0
        self._since: float | None = None

    def note_change(self, now: float) -> None:
        """Take that it is told something else now, s."""
        self._changes = 1.0 + self._lately(now)
        self._changed_at = now
        self._since = None

    def is_due(self, more: float, now: float) -> bool:
        """Return whether a raise by `more` A has waited long enough for its size."""
        if more < LEAST_CHANGE:
            self._since = None
            return False
        if self._since is None:
            self._since = now
        price = min(MOST, max(1.0, self._lately(now)))
        return more >= AT_ONCE * price or more * (now - self._since) >= WORTH * price

    def _lately(self, now: float) -> float:
        return self._changes * exp((self._changed_at - now) / FORGOTTEN_IN)
