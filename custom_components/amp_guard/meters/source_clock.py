"""When a source sent a report, by a clock of its own that may be wrong by years.

Of its last reports the quickest is taken to have arrived at once, and one that was held
up shows its age: nothing needs to be known of how that clock is set. A report whose time
does not fit is left out. Several in a row that fit each other are believed: then the
clock was set.
"""

from collections import deque
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from . import MeterResponseError

RECENT = 32
"""Reports of which the quickest tells how the clock is set."""
LARGEST_DEVIATION = 300.0
"""s by which a report's time may differ from what its clock has shown: one that is
older is of no use, and one that is further ahead is wrong."""
CONFIRMATIONS = 3
"""Reports in a row that show that a clock was set."""


class _Report(NamedTuple):
    """When it was sent, by the source's clock, and when it arrived, by ours; s."""

    sent: float
    arrived: float

    @property
    def offset(self) -> float:
        """What our clock is ahead of the source's, and how long the report took."""
        return self.arrived - self.sent

    def is_followed_by(self, later: _Report) -> bool:
        """Whether about as much time passed on both clocks until the next one."""
        sent, arrived = later.sent - self.sent, later.arrived - self.arrived
        return sent > 0 and abs(arrived - sent) <= sent / 2


class SourceClock:
    """The clock of one source beside our own. All times in s."""

    def __init__(self) -> None:
        self._reports: deque[_Report] = deque(maxlen=RECENT)
        self._odd: list[_Report] = []

    @property
    def interval(self) -> float:
        """The usual time from one report to the next; 0 as long as it is not known."""
        steps = [later.sent - one.sent for one, later in pairwise(self._reports)]
        return median(steps) if steps else 0.0

    def add(self, sent: float, now: float) -> bool:
        """Take a report that arrived `now`; return whether it is newer than all before.

        Raises MeterResponseError where its time lies in the future.
        """
        report = _Report(sent, now)
        if self._reports and not self._fits(report):
            if not self._is_confirmed(report):
                if report.offset < self._least_offset - LARGEST_DEVIATION:
                    raise MeterResponseError("its time lies in the future")
                return False
            self._reports.clear()
        self._odd.clear()
        self._reports.append(report)
        return True

    def to_loop_time(self, time: float) -> float:
        """Return a time of the source's clock, once it has reported, as one of ours."""
        return time + self._least_offset

    @property
    def _least_offset(self) -> float:
        return min(report.offset for report in self._reports)

    def _fits(self, report: _Report) -> bool:
        deviation = abs(report.offset - self._least_offset)
        return report.sent > self._reports[-1].sent and deviation <= LARGEST_DEVIATION

    def _is_confirmed(self, report: _Report) -> bool:
        """Whether reports that do not fit agree with each other for long enough."""
        before = self._odd[-1] if self._odd else None
        if before is not None and report.sent == before.sent:
            return False  # the same one, sent again
        if before is not None and not before.is_followed_by(report):
            self._odd.clear()
        self._odd.append(report)
        return len(self._odd) == CONFIRMATIONS
