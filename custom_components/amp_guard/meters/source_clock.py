"""When a source sent what came, by a clock of its own that may be wrong by years.

Of its last reports the quickest is taken to have come at once, and one that was held up
shows its age: nothing needs to be known of how that clock is set. A report whose time
does not fit is left out. Several in a row that fit each other are believed: then the
clock was set.
"""

from collections import deque
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from . import MeterResponseError

RECENT = 32
"""Reports by which it is told how long one of them took."""
MOST_OFF = 300.0
"""s by which a report's time may differ from what its clock has shown: one that is
older is of no use, and one that is further ahead is wrong."""
SAID_AGAIN = 3
"""Reports in a row that show that a clock was set."""


class _Report(NamedTuple):
    """When it says that it was sent, by its own clock, and when it came, by ours; s."""

    stamp: float
    came: float

    @property
    def lag(self) -> float:
        """What the one clock is ahead of the other, and how long the report took."""
        return self.came - self.stamp

    def is_followed_by(self, later: _Report) -> bool:
        """Say whether about as much time passed on both clocks until the next one."""
        told, passed = later.stamp - self.stamp, later.came - self.came
        return told > 0 and abs(passed - told) <= told / 2


class SourceClock:
    """The clock of one source beside our own. All times in s."""

    def __init__(self) -> None:
        """Know nothing of it."""
        self._reports: deque[_Report] = deque(maxlen=RECENT)
        self._odd: list[_Report] = []

    @property
    def interval(self) -> float:
        """The usual time from one report to the next; 0 as long as it is not known."""
        steps = [later.stamp - one.stamp for one, later in pairwise(self._reports)]
        return median(steps) if steps else 0.0

    def hear(self, stamp: float, now: float) -> bool:
        """Take a report that came `now`; say whether it is newer than all before.

        Raises MeterResponseError where its time lies in the future.
        """
        report = _Report(stamp, now)
        if self._reports and not self._fits(report):
            if not self._is_said_again(report):
                if report.lag < self._least_lag - MOST_OFF:
                    raise MeterResponseError("its time lies in the future")
                return False
            self._reports.clear()
        self._odd.clear()
        self._reports.append(report)
        return True

    def in_our_time(self, stamp: float) -> float:
        """Return a time of its clock, once a report was heard, as one of ours."""
        return stamp + self._least_lag

    @property
    def _least_lag(self) -> float:
        return min(report.lag for report in self._reports)

    def _fits(self, report: _Report) -> bool:
        off = abs(report.lag - self._least_lag)
        return report.stamp > self._reports[-1].stamp and off <= MOST_OFF

    def _is_said_again(self, report: _Report) -> bool:
        before = self._odd[-1] if self._odd else None
        if before is not None and report.stamp == before.stamp:
            return False  # the same one, sent again
        if before is not None and not before.is_followed_by(report):
            self._odd.clear()
        self._odd.append(report)
        return len(self._odd) == SAID_AGAIN
