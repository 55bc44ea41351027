"""Sent: what one charger was sent last, and what of the limits before may still show.

What is drawn and reported follows what was *sent*, not what is allocated: a raise may be
held back. So a report is held against that, and against what was sent before as long as
the report may be older.
"""

from collections import deque

from .command import NEVER
from .draw import Draw

KEPT = 16
"""Limits that are kept for what reports are older than."""


class Sent:
    """The limits that one charger was sent. Currents in A per phase, times in s."""

    def __init__(self, draw: Draw) -> None:
        """Start with nothing sent to the charger of that draw."""
        self._draw = draw
        self.current = 0.0
        """What it was sent last, A."""
        self.at = NEVER
        """When it was sent something else than before."""
        self._noted = 0.0
        self._before: deque[tuple[float, float]] = deque(maxlen=KEPT)
        """What it was sent before, A, and until when, s."""

    def presume(self, current: float, now: float) -> None:
        """Take it to have been sent `current`, A, before the start."""
        self.current = self._noted = current
        self.at = now

    def note(self, now: float) -> bool:
        """Await the answer to what it was sent; return whether that is something else."""
        before, current = self._noted, self.current
        if current == before:
            return False
        self._draw.report_delay.command(current - before, now)
        self._draw.raise_seen.allow(before, current, now)
        self._before.append((before, now))
        self._noted, self.at = current, now
        return True

    def untold_since(self, time: float) -> float:
        """Return since when no report can have shown at `time` what it did, s."""
        return time - max(0.0, self._draw.report_delay.seconds)

    def lately(self, time: float) -> tuple[float, float]:
        """Return the least and the most that it was sent and no report can show yet, A.

        A raise may be taken up late, so that less still shows; a cut has landed soon.
        """
        least = most = self.current
        untold = self.untold_since(time)
        landed = time - 2 * self._draw.branch.charger.command_lag
        for current, until in self._before:
            if until > untold:
                least = min(least, current)
                if until > landed:
                    most = max(most, current)
        return least, most
