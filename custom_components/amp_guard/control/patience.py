"""Patience: for how long headroom must have lasted before it is allocated.

Loads come and go. Who gives away at once what they leave passes the limit each time that
they come back; who waits gives away less. So several waits are held against what the house
does, as if each had been kept to all the time: what it would have let the cars draw, and
what it would have cost above the limit until a cut landed. The one that would have been
worth most is gone by. What was long ago counts less.
"""

from collections.abc import Sequence
from math import exp
from typing import NamedTuple

WAITS = (30.0, 60.0, 120.0, 240.0)
"""s for which headroom may have to last, the shortest where nothing speaks for another."""
PRICE = 60.0
"""A·s that must be drawn for one A·s above the limit."""
FORGOTTEN_IN = 1800.0
"""s after which what a wait would have been worth counts by 1/e."""
_TIE = 1e-6
"""A·s by which a longer wait must be worth more than a shorter one."""


class Use(NamedTuple):
    """What the chargers behind a meter could make of headroom.

    `most` is what they could draw of each phase, A; less than `least` A is of no use. A
    cut lands `lag` s after it is decided on. An A more flows on so many `phases`.
    """

    most: tuple[float, float, float] = (0.0, 0.0, 0.0)
    least: float = 0.0
    lag: float = 0.0
    phases: float = 1.0


class Weight(NamedTuple):
    """How much one sample tells of each wait, the same for all phases.

    What was before it `keeps` so much of its worth. An A that is left brings `drawn` A·s,
    if `least` A are left; one that is passed costs `lands` A·s.
    """

    keeps: float
    drawn: float
    lands: float
    least: float


def weigh(use: Use, *, interval: float, passed: float) -> Weight:
    """Return the weight of a sample that is `passed` s, above 0, after the one before."""
    return Weight(
        exp(-passed / FORGOTTEN_IN),
        passed * use.phases,
        PRICE * (use.lag + interval / 2),
        use.least,
    )


class Patience:
    """For how long one phase of one node is waited for. Currents in A, times in s."""

    def __init__(self) -> None:
        """Start with the shortest wait."""
        self.wait = 0
        """The number of the wait that would have been worth most."""
        self._worth = [0.0] * len(WAITS)

    def learn(
        self,
        load: float,
        lasting: Sequence[float],
        *,
        limit: float,
        most: float,
        weight: Weight,
    ) -> None:
        """Take the `load` of a sample, and its `weight`.

        `lasting` are the highest loads within each of the waits until that one: each wait
        has left room for its own. At `most` so much, above 0, can be drawn beside it.
        """
        keeps, drawn, lands, least = weight
        unlimited = limit - most  # up to here the house takes nothing from the cars
        if lasting[-1] <= unlimited and load <= unlimited:
            self._worth = [each * keeps for each in self._worth]  # all are as good
            return
        worths, before, brought = self._worth, None, 0.0
        for wait, highest in enumerate(lasting):
            if highest != before:  # else it brings as much as the shorter one
                before = highest
                level = max(unlimited, highest)
                level = min(level, limit)
                left = limit - level
                brought = drawn * left if left >= least else 0.0
                if load > level:
                    brought -= lands * (min(load, limit) - level)
            worths[wait] = worths[wait] * keeps + brought
        enough = max(worths) - _TIE
        self.wait = 0
        while worths[self.wait] < enough:
            self.wait += 1
