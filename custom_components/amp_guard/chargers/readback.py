"""What a charger shows, held against what it was told."""

from dataclasses import dataclass

TOLERANCE = 0.05
"""A that two readings of one limit may lie apart."""

MOST_REPEATS = 2
"""Times that a limit is told again that a charger does not show."""


@dataclass(kw_only=True, slots=True)
class ReadBack:
    """Tells a command that was not taken from a limit that somebody else has set.

    A charger that showed the limit it was told, and later shows a lower one, was set
    lower by its user or its app. One that never showed it has not taken it, and is told
    again; if it then still shows a lower one, that is the most that it will go to.
    Either way the lower one is a ceiling, `user_limit`, until it shows a higher one.

    Currents in A, times in s: `settles` is how long after a command old readings may
    come in, `tolerance` how far apart two readings of one limit may lie.
    """

    settles: float
    tolerance: float = TOLERANCE
    current: float | None = None
    """What it was told last."""
    told_at: float = 0.0
    user_limit: float | None = None
    _since: float = 0.0
    _shown: bool = False
    _repeats: int = 0

    def tell(self, current: float, now: float) -> None:
        """Note what it was told."""
        if current != self.current:
            self._since, self._shown, self._repeats = now, False, 0
        self.current, self.told_at = current, now

    def settled_at(self) -> float | None:
        """Return when it must show what it was told, None where it does or need not."""
        if self.current is None or self._shown or self._repeats > MOST_REPEATS:
            return None
        return self._since + self.settles

    def see(self, limit: float | None, now: float, *, is_set: bool = True) -> bool:
        """Take the limit that it shows; return whether it is to be told again.

        A limit that is in force, and not one that somebody has set (`is_set`), may be
        low for reasons of the charger's own, and is no ceiling.
        """
        if limit is None or self.current is None:
            return False
        if self.user_limit is not None and limit > self.user_limit + self.tolerance:
            self.user_limit = None
        if limit >= self.current - self.tolerance:
            self._shown = self._shown or limit <= self.current + self.tolerance
            return False
        if now - self._since < self.settles:
            return False
        if not self._shown and self._repeats < MOST_REPEATS:
            self._repeats += 1
            self._since = now
            return True
        self._repeats = MOST_REPEATS + 1
        if is_set:
            self.user_limit = limit
        return False

    def forget(self, now: float) -> None:
        """Take back control from whoever has set a lower limit."""
        self.user_limit = None
        self._since, self._shown, self._repeats = now, False, 0
