"""Scarcity: when not all fit, who charges and who waits, and when they change places."""

from collections import deque
from dataclasses import dataclass, field

from ..model import Reason

MINIMUM_OFF = 120.0
"""s for which a charger that was paused stays paused, an emptier fuse or not."""
STAGGER = 10.0
"""s between two starts below one node."""
STARTS_AN_HOUR = 8
"""Starts of one car in an hour: contactors and cars wear."""
HOUR = 3600.0
"""s for which starts and forced pauses count."""
HEADROOM_FOR = 30.0
"""s of headroom before a start at least ..."""
LONGEST_WAIT = 240.0
"""... doubled up to this by each forced
pause after the first that counts."""
START_SPARE = 2.0
"""A of headroom beyond the minimum before a start, for each of the same pauses ..."""
MOST_START_SPARE = 6.0
"""... and at most."""


@dataclass(slots=True)
class Turn:
    """One charger's starts and pauses. Times in s, energy in A·s over its phases.

    `length` is how long its turn lasts, s.
    """

    length: float
    started_at: float | None = None
    paused_at: float | None = None
    plugged_in_at: float | None = None
    energy: float = 0.0
    starts: deque[float] = field(default_factory=deque)
    forced: deque[float] = field(default_factory=deque)
    _counted_at: float | None = None

    def change_length(self, length: float) -> None:
        """Let its turn last `length` s, also one that has begun."""
        self.length = length

    def plug_in(self, now: float) -> None:
        """Begin a session."""
        self.plugged_in_at = now
        self.started_at = self.paused_at = None
        self.energy = 0.0
        self.starts.clear()
        self.forced.clear()

    def count(self, current: float, now: float) -> None:
        """Count what is drawn, A over all phases, since the last time."""
        if self._counted_at is not None:
            self.energy += current * (now - self._counted_at)
        self._counted_at = now

    def start(self, now: float) -> None:
        """Begin to charge."""
        self.started_at = now
        self.paused_at = None
        self.starts.append(now)

    def pause(self, now: float, *, forced: bool) -> None:
        """Stop charging; `forced` by an overload rather than by another's turn."""
        self.started_at = None
        self.paused_at = now
        if forced and self.energy:  # who never drew was not stopped
            self.forced.append(now)

    def waits_for(self, now: float) -> float:
        """Return for how long it has waited, s."""
        since = self.plugged_in_at if self.paused_at is None else self.paused_at
        return 0.0 if since is None else now - since

    def waited(self, now: float) -> bool:
        """Return whether it has waited for as long as a turn lasts."""
        return self.waits_for(now) >= self.length

    def ends_at(self) -> float:
        """Return when another may take its place."""
        started = self.started_at
        return (started if started is not None else 0.0) + self.length

    def may_start_at(self, now: float) -> float:
        """Return from when on it may start again; `now` or earlier: at once."""
        for times in (self.starts, self.forced):
            while times and times[0] <= now - HOUR:
                times.popleft()
        earliest = now
        if self.paused_at is not None:
            earliest = self.paused_at + self._minimum_off
        if len(self.starts) >= self._starts_an_hour:
            earliest = max(earliest, self.starts[0] + HOUR)
        return earliest

    def why_not(self, now: float) -> Reason:
        """Return which of the holds keeps it from starting."""
        if self.paused_at is not None and now < self.paused_at + self._minimum_off:
            return Reason.MINIMUM_OFF
        return Reason.STARTS_SPENT

    @property
    def headroom_for(self) -> float:
        """Return how long in s headroom must have lasted before it starts."""
        return min(HEADROOM_FOR * 2.0**self._forced_again, LONGEST_WAIT)

    @property
    def headroom(self) -> float:
        """Return how much A more than its minimum must be there before it starts."""
        return min(START_SPARE * self._forced_again, MOST_START_SPARE)

    @property
    def _forced_again(self) -> int:
        return max(0, len(self.forced) - 1)

    @property
    def _minimum_off(self) -> float:
        return min(MINIMUM_OFF, self.length)

    @property
    def _starts_an_hour(self) -> int:
        # Turns that the owner shortens are not to be cut off by the wear limit.
        return max(STARTS_AN_HOUR, int(HOUR / (2 * self.length)))
