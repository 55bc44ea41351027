"""Report delay: how old a charger's report is when it arrives, learned from the meter.

Few integrations tell when a value was measured; some chargers report through a cloud,
a quarter of a minute late. After a command the meter and the report both show the
charger's answer: what the report comes later by is its delay (negative where the
meter's samples are the later ones).
"""

from collections import deque
from statistics import median

from .meter import LATEST_REPORT, OLDEST_REPORT
from .step_response import ANSWERS_KEPT, GIVE_UP_AFTER, LEAST_STEP, StepResponse

LEAST_DELAY = 1.5
"""s: less is but the moment at which each was asked."""
ALONE_FOR = 30.0
"""s since the command before: sooner what is seen may be the answer to that one."""
LATEST_METER = -10.0
"""s: no meter is later than that."""
LEAST_ANSWERS = 3
"""Answers before any is believed: the base load moves as well, and one may have been
its."""
LEAST_LEAD = 1.0
"""s by which a report comes sooner than a meter that is the later one ..."""
EARLIEST_REPORT = 5.0
"""... and at the most, as far as that is relied on."""
JITTER = 5.0
"""s by which a report may be later than any was, while few answers are known."""

_NEVER = float("-inf")


class ReportDelay:
    """The delay of one charger's reports, s."""

    def __init__(self) -> None:
        """Take reports to be of the moment until they are seen to be late."""
        self.seconds = 0.0
        self.doubt = OLDEST_REPORT
        """By how much older than taken for a report may be, s."""
        self.latest = OLDEST_REPORT
        """How much later than the meter a report may show something, s."""
        self.oldest = OLDEST_REPORT
        """How old a report may be when it arrives, s."""
        self.awaits = False
        """Whether the answer to a command may be seen yet."""
        self.earliest = 0.0
        """By how much sooner than the meter a report may show something, s."""
        self._answers: deque[float] = deque(maxlen=ANSWERS_KEPT)
        self._commanded_at = _NEVER
        self._awaited_since = _NEVER
        self._metered = StepResponse(0.0)
        self._reported = StepResponse(0.0)

    def command(self, step: float, now: float) -> None:
        """Await the answer to a command that changes the current by `step` A."""
        alone = now - self._commanded_at >= ALONE_FOR
        self._commanded_at = now
        if self._is_awaited(now) and self._metered.seen_at is not None:
            return  # a late report still tells of the command before
        learns = alone and abs(step) >= LEAST_STEP
        self._await_since(now if learns else _NEVER)
        self._metered = StepResponse(step)
        self._reported = StepResponse(step)

    def observe_meter(self, current: float, time: float) -> None:
        """Take what the meter shows on the charger's phase, A."""
        self._observe(self._metered, current, time)

    def observe_report(self, current: float, time: float) -> None:
        """Take what the charger reports to draw on its phase, A."""
        self._observe(self._reported, current, time)

    def _observe(self, response: StepResponse, current: float, time: float) -> None:
        if response.seen_at is not None or not self._is_awaited(time):
            return
        if response.observe(current, time):
            self._conclude()

    def _is_awaited(self, time: float) -> bool:
        metered_at = self._metered.seen_at
        if metered_at is not None and self.awaits:
            return time - metered_at <= OLDEST_REPORT
        return time - self._awaited_since <= GIVE_UP_AFTER

    def _await_since(self, time: float) -> None:
        self._awaited_since = time
        self.awaits = time > _NEVER

    def _conclude(self) -> None:
        metered_at, reported_at = self._metered.seen_at, self._reported.seen_at
        if metered_at is None or reported_at is None:
            return
        self._await_since(_NEVER)
        delay = reported_at - metered_at
        if delay < LATEST_METER:
            return
        answers = self._answers
        answers.append(delay)
        jitter = JITTER
        if len(answers) >= LEAST_ANSWERS:
            jitter, delay = LEAST_DELAY, median(answers)
            self.seconds = delay if abs(delay) >= LEAST_DELAY else 0.0
            self.oldest = LATEST_REPORT + max(0.0, self.seconds)
        self.doubt = max(0.0, max(answers) - self.seconds) + jitter
        sooner = -min(answers)
        if sooner >= LEAST_LEAD:
            self.earliest = min(sooner + LEAST_DELAY, EARLIEST_REPORT)
        else:
            self.earliest = 0.0
        self.latest = max(0.0, self.seconds) + self.doubt
