"""Lateness: how old a charger's report is when it arrives, learned from the meter.

Few integrations tell when a value was measured; some chargers report through a cloud,
a quarter of a minute late. After a command the meter and the report both show the
charger's answer: what the report comes later by is its lateness (negative where the
meter's samples are the later ones).
"""

from collections import deque
from statistics import median

LEAST_STEP = 2.0
"""A of a command whose answer can be told from the house's changes."""
SEEN = 0.5
"""Part of the commanded step from which on it counts as seen."""
GIVE_UP = 60.0
"""s after which an answer is no longer waited for."""
LEAST_LATENESS = 1.5
"""s: less is but the moment at which each was asked."""
SETTLED = 30.0
"""s since the command before: sooner what is seen may be the answer to that one."""
EARLIEST = -10.0
"""s: no meter is later than that."""
REMEMBERED = 5
"""Answers of which the middle one is believed ..."""
LEAST_ANSWERS = 3
"""... once there are so many: the house moves as well, and one may have been its."""


class Lateness:
    """The lateness of one charger's reports, s."""

    def __init__(self) -> None:
        """Take reports to be of the moment until they are seen to be late."""
        self.seconds = 0.0
        self._answers: deque[float] = deque(maxlen=REMEMBERED)
        self._commanded_at = float("-inf")
        self._told_at = float("-inf")
        self._step = 0.0
        self._metered: float | None = None
        self._reported: float | None = None
        self._metered_at: float | None = None
        self._reported_at: float | None = None

    def tell(self, step: float, now: float) -> None:
        """Wait for the answer to a command that changes the current by `step` A."""
        settled = now - self._commanded_at >= SETTLED
        self._commanded_at = now
        learns = settled and abs(step) >= LEAST_STEP
        self._told_at = now if learns else float("-inf")
        self._step = step
        self._metered = self._reported = None
        self._metered_at = self._reported_at = None

    def meter(self, current: float, time: float) -> None:
        """Take what the meter shows on the charger's phase, A."""
        if self._metered_at is None and self._waits(time):
            if self._metered is None:
                self._metered = current
            elif self._answers_it(current - self._metered):
                self._metered_at = time
                self._conclude()

    def report(self, current: float, time: float) -> None:
        """Take what the charger reports to draw on its phase, A."""
        if self._reported_at is None and self._waits(time):
            if self._reported is None:
                self._reported = current
            elif self._answers_it(current - self._reported):
                self._reported_at = time
                self._conclude()

    def _waits(self, time: float) -> bool:
        return time - self._told_at <= GIVE_UP

    def _answers_it(self, change: float) -> bool:
        return change * self._step > 0 and abs(change) >= SEEN * abs(self._step)

    def _conclude(self) -> None:
        if self._metered_at is None or self._reported_at is None:
            return
        self._told_at = float("-inf")
        late = self._reported_at - self._metered_at
        if late < EARLIEST:
            return
        self._answers.append(late)
        if len(self._answers) >= LEAST_ANSWERS:
            late = median(self._answers)
            self.seconds = late if abs(late) >= LEAST_LATENESS else 0.0
