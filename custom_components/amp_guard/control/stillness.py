"""Stillness: since when each phase of a meter stands still, and at what."""

from collections import deque
from itertools import pairwise
from math import inf
from statistics import median
from typing import NamedTuple

from ..model import Measurement, Phase, PhaseValues

STILL_FOR = 25.0
"""s, or an interval of the meter if that is longer, for which it must stand still before
a move and after it: longer than a move takes. A load that comes and goes as often as
the moves do, and would pass for an answer, is told by that ..."""
STILL_WITHIN = 1.0
"""... within so many A."""
MOST_JITTER = 0.9
"""Part of a time that samples cover of it at the least."""
KEPT = 300
"""Samples that are kept."""


class Still(NamedTuple):
    """A phase that has stood still `since` a time, s, at `current`, A."""

    since: float
    current: float


class Stillness:
    """What a meter has shown lately. Times in s, currents in A.

    `lasts` is for how long a phase must not have moved, `is_whole` whether the meter has
    shown nothing but whole amperes.
    """

    def __init__(self) -> None:
        """Start with nothing shown."""
        self.lasts = STILL_FOR
        self.is_whole = True
        self._samples: deque[Measurement] = deque(maxlen=KEPT)

    @property
    def newest(self) -> float:
        """Return the time of the last sample; infinitely long ago without one."""
        return self._samples[-1].time if self._samples else -inf

    @property
    def interval(self) -> float:
        """Return the meter's interval; 0 while it is not known."""
        gaps = [later.time - sooner.time for sooner, later in pairwise(self._samples)]
        return median(gaps) if gaps else 0.0

    def take(self, sample: Measurement) -> None:
        """Take the newest sample; one that was taken before changes nothing."""
        if sample.time > self.newest:
            self._samples.append(sample)
            self.is_whole = self.is_whole and is_whole(sample.current)

    def of(self, phase: Phase, *, since: float) -> Still | None:
        """Return since when a phase stands still, and at what.

        None if that is not long enough; only samples from `since` on count.
        """
        least, most = inf, -inf
        taken: list[float] = []
        oldest = self.newest
        for sample in reversed(self._samples):
            amps = sample.current[phase]
            least, most = min(least, amps), max(most, amps)
            if sample.time < since or most - least > STILL_WITHIN:
                break
            taken.append(amps)
            oldest = sample.time
        span = MOST_JITTER * max(self.lasts, self.interval)
        if not taken or self.newest - oldest < span:
            return None
        return Still(oldest, median(taken))


def is_whole(current: PhaseValues) -> bool:
    """Say whether all of it is in whole amperes."""
    return all(amps == round(amps) for amps in current)
