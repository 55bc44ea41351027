"""What a meter's samples are worth: are they fresh, are they true, how fine are they."""

from collections import deque
from itertools import pairwise
from math import isfinite
from statistics import median
from typing import NamedTuple

from ..model import Measurement, MeterTrust, PhaseValues

STALE_AFTER = 15.0
"""s of silence after which nothing is raised (or 3 usual intervals, if that is more)."""
OFFLINE_AFTER_STALE = 15.0
"""s further after which the meter counts as offline (or one usual interval)."""
GOOD_SAMPLES = 3
"""Samples in a row that make a meter trusted (again)."""
IMPOSSIBLE_FACTOR = 20.0
"""A current of more than this many times the limit is no measurement."""
CREEP = 0.05
"""A/s by which a household's load typically moves unseen between two samples ..."""
CREEPS_BEYOND = 1.0
"""... further apart than this, s ..."""
MOST_CREEP = 1.0
"""... and the most of it, A: more would take from the cars and not come sooner."""
CHANGES_TO_LEARN = 40
"""Changes that must be seen before a habit of the meter is believed."""
ALIGNED = 1.0
"""s within which a report and a sample may be of the same moment."""
LATEST_REPORT = 30.0
"""s by which a report may mostly come after what the meter has shown ..."""
OLDEST_REPORT = 75.0
"""... or of a charger whose delay is not known: some are polled each minute, some come
through a cloud a minute late ..."""
LATEST_SAMPLE = 10.0
"""... and by which the meter may show what a charger has reported."""
OLD_REPORTS_FOR = 60.0
"""s after a silence in which reports may still tell of what happened meanwhile."""
DRAW_CHANGE = 2.0
"""A by which a charger's own reading must change to prove that a meter is frozen."""
SHOWN_KEPT = 128
"""Samples that are kept to see whether a report is but late."""
SAMPLES_KEPT = 32
"""Samples from which interval and noise are taken ..."""
LEARN_EACH = 8
"""... and after how many new ones they are taken again."""
FIGURES_KEPT = 4
"""Figures before it that a sample is held against: loads that come and go bring one of
them back, noise does not."""
NEAREST_TO_DEVIATION = 0.5
"""How far noise usually leaves a sample from the nearest of those, in its deviations."""
MOST_NOISE = 1.0
"""A: the most that a meter is taken to err by; what moves by more is the house."""


class ReportedDraw(NamedTuple):
    """What the chargers behind a meter say they draw together, A by phase.

    `since` is the time of the oldest of their reports, s; `reporters` is how many of
    them report.
    """

    current: PhaseValues
    since: float
    reporters: int = 0


class MeterWatch:
    """One meter as the balancer sees it. Currents in A, times in s."""

    def __init__(self, limit: float) -> None:
        """Watch a meter at a node that may carry `limit`."""
        self._limit = limit
        self._started: float | None = None
        self._taken: Measurement | None = None
        self._good = 0
        self._times: deque[float] = deque(maxlen=SAMPLES_KEPT)
        self._figures: deque[PhaseValues] = deque(maxlen=FIGURES_KEPT)
        self._strays: deque[float] = deque(maxlen=SAMPLES_KEPT)
        self._changes = 0
        self._whole = True
        self._equal_since: float | None = None
        self._draw_when_equal: float | None = None
        self._reporters = 0
        self._back_at = float("-inf")
        self._moved_since: float | None = None
        self._shown: deque[tuple[float, float]] = deque(maxlen=SHOWN_KEPT)
        self.last_time: float | None = None
        self.current: PhaseValues | None = None
        self._note_interval(1.0)
        self.rounding = 0.0
        self.margin = 0.0

    def change_limit(self, limit: float) -> None:
        """Let the node carry `limit` from now on."""
        self._limit = limit

    def take(
        self,
        measurement: Measurement | None,
        offset: float,
        now: float,
        draw: ReportedDraw,
    ) -> bool:
        """Take the newest sample; return whether it is a new and a possible one.

        `offset` is added to the sample's time. A meter that stands still while the
        `draw` of the chargers behind it moves is frozen.
        """
        if self._started is None:
            self._started = now
        if measurement is None:
            return False
        taken_at = measurement.time
        if not isfinite(taken_at):
            return False
        if self._taken is not None and measurement == self._taken:
            return False
        time = min(taken_at + offset, now)
        if self.last_time is not None and time <= self.last_time:
            return False
        self._taken = measurement
        current = measurement.current
        impossible = IMPOSSIBLE_FACTOR * self._limit
        a, b, c = current
        if not (
            -impossible <= a <= impossible
            and -impossible <= b <= impossible
            and -impossible <= c <= impossible
        ):
            self._good = 0
            return False
        self._compare(current, time, draw)
        self._count(time)
        self.last_time = time
        self.current = current
        return True

    def trust(self, now: float) -> MeterTrust:
        """Return what the meter is worth now."""
        since = self.last_time if self.last_time is not None else self._started
        silence = now - since if since is not None else 0.0
        frozen = 0.0 if self._moved_since is None else self._frozen_for(now)
        if silence >= self.offline_after or frozen >= self.offline_after:
            return MeterTrust.OFFLINE
        if self.last_time is None:
            return MeterTrust.STARTING
        if silence >= self.stale_after or frozen > 0:
            return MeterTrust.STALE
        if self._good < GOOD_SAMPLES:
            return MeterTrust.STARTING
        return MeterTrust.ONLINE

    def is_frozen(self, now: float) -> bool:
        """Return whether it is known to repeat one sample whatever flows."""
        return self._moved_since is not None and self._frozen_for(now) > 0

    def _note_interval(self, interval: float) -> None:
        """Note the usual interval, s, and the silences that are worth a doubt."""
        self.interval = interval
        self.stale_after = max(STALE_AFTER, 3 * interval)
        """The silence in s after which nothing is raised."""
        self.offline_after = self.stale_after + max(OFFLINE_AFTER_STALE, interval)
        """The silence in s after which the meter is offline."""

    def _count(self, time: float) -> None:
        if self.last_time is not None and time - self.last_time >= self.stale_after:
            self._good = 0
            self._back_at = time
        self._good += 1
        self._times.append(time)
        if len(self._times) > 1 and (
            self._good < SAMPLES_KEPT or not self._good % LEARN_EACH
        ):
            self._learn()

    def _compare(self, current: PhaseValues, time: float, draw: ReportedDraw) -> None:
        """Learn from a new figure how fine and how noisy the meter is."""
        before = self.current
        self._shown.append((time, sum(current)))
        if draw.reporters != self._reporters:
            # A charger that begins to report has not begun to draw.
            self._reporters = draw.reporters
            self._draw_when_equal = self._moved_since = None
        if before == current and self._equal_since is not None:
            if draw.since > self._equal_since + ALIGNED:
                self._compare_with_draw(sum(draw.current), time)
            return
        self._equal_since = time
        self._draw_when_equal = None
        self._moved_since = None
        if before is None:
            return
        self._changes += 1
        self._whole = self._whole and all(value == round(value) for value in current)
        self._figures.append(before)
        self._strays.append(min([_apart(current, each) for each in self._figures]))

    def _compare_with_draw(self, draw: float, time: float) -> None:
        """Hold what the chargers draw, A, against a meter that stands still."""
        if self._draw_when_equal is None or time - self._back_at < OLD_REPORTS_FOR:
            self._draw_when_equal = draw
        change = abs(draw - self._draw_when_equal)
        if change < DRAW_CHANGE:
            self._moved_since = None
            return
        if self._moved_since is not None:
            return
        # What it showed last before that time counts: it may have been silent since.
        shown = []
        for shown_at, total in reversed(self._shown):
            shown.append(total)
            if shown_at < time - OLDEST_REPORT:
                break
        if max(shown) - min(shown) >= change / 2:
            self._draw_when_equal = draw  # the report is late, the meter is not frozen
        else:
            self._moved_since = time

    def _learn(self) -> None:
        """Learn the usual interval, and what a sample may be off by, A.

        `rounding` is half a step of its resolution: the true current may be that much
        higher. `margin` is kept on top: one deviation of its noise (the highest of a
        window is what raises go by, so more would count it twice) or what a load
        creeps from one sample to the next.
        """
        self._note_interval(median(b - a for a, b in pairwise(self._times)))
        known = self._changes >= CHANGES_TO_LEARN
        self.rounding = 0.5 if known and self._whole else 0.0
        noise = median(self._strays) / NEAREST_TO_DEVIATION if known else 0.0
        creep = min(MOST_CREEP, CREEP * max(0.0, self.interval - CREEPS_BEYOND))
        self.margin = max(min(noise, MOST_NOISE) - self.rounding, creep, 0.0)

    def _frozen_for(self, now: float) -> float:
        """Return for how long in s the meter is known to have stood still.

        Some go on answering with one figure for hours (Koenkk/zigbee2mqtt#31790). Only a
        charger can prove it: a quiet household shows the same for as long.
        """
        moved = self._moved_since
        if self._equal_since is None or moved is None or now - moved < LATEST_SAMPLE:
            return 0.0
        return now - self._equal_since


def _apart(one: PhaseValues, other: PhaseValues) -> float:
    """Return how far two figures are apart, A: on the middle one of the phases.

    A load on a single phase moves them by nothing, noise moves all.
    """
    (a, b, c), (x, y, z) = one, other
    a, b, c = abs(a - x), abs(b - y), abs(c - z)
    if a > b:
        a, b = b, a
    return max(a, c) if c < b else b
