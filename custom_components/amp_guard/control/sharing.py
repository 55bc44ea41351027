"""Sharing: max-min fair over the whole tree and all phases at once.

Every charger starts at its minimum and all rise together (water-filling); a charger
stops at its own maximum or when a constraint that it loads is full. The result is the
one share-out in which nobody can gain without a loss for somebody who has less.
"""

from collections.abc import Sequence
from heapq import heapify, heappop, heapreplace
from math import inf
from typing import NamedTuple

from .constraint import EPSILON, Constraint, Currents, Load, each, fits, take


class Demand(NamedTuple):
    """What one charger could use: at least `low` A, at most `high`, in `step`s.

    `allocated` is what it has now: among equals, who has the odd ampere keeps it.
    """

    low: float
    high: float
    step: float
    load: Load
    allocated: float


class Shared(NamedTuple):
    """What was shared out of some headroom to some demands, A, in whole steps."""

    headroom: Currents
    demands: Sequence[Demand]
    shares: Sequence[float]


def share_out(
    headroom: Currents, demands: Sequence[Demand], before: Shared | None
) -> Shared:
    """Share out; the same as `before` where all that it depends on is the same."""
    if before is not None and (headroom, demands) == (before.headroom, before.demands):
        return before
    shares = in_whole_steps(headroom, demands, fill(headroom, demands))
    return Shared(headroom, demands, shares)


def fill(headroom: Currents, demands: Sequence[Demand]) -> list[float]:
    """Return the max-min fair share of each demand, A, in continuous currents.

    `headroom` is what each constraint may carry, A. The minimums must fit: who cannot
    have its minimum has no demand.
    """
    spare = list(headroom)
    for demand in demands:
        take(spare, demand.load, demand.high)
    tight = {constraint for constraint, amps in each(spare) if amps < -EPSILON}
    if not tight:
        return [demand.high for demand in demands]
    return _Filling(headroom, demands, tight).shares


class _Filling:
    """A level that rises from the lowest minimum on: all shares rise with it, A.

    Who loads one of the `tight` constraints that gets full stays where it is. What a
    constraint has left was right when the level was `_at`, and falls by `_slope` A for
    each A of the level.
    """

    def __init__(
        self, headroom: Currents, demands: Sequence[Demand], tight: set[Constraint]
    ) -> None:
        """Fill."""
        self.shares = [demand.high for demand in demands]
        self._demands = demands
        self._loaders: dict[Constraint, list[int]] = {c: [] for c in tight}
        self._left = list(headroom)
        self._slope = [0.0] * len(headroom)
        self._at = [0.0] * len(headroom)
        self._waiting = set(range(len(demands)))
        self._rising: set[int] = set()
        bends: dict[float, list[int]] = {}
        for number, (low, high, _, load, _) in enumerate(demands):
            for constraint, weight in load:
                self._left[constraint] -= weight * low
                if constraint in tight:
                    self._loaders[constraint].append(number)
            bends.setdefault(low, []).append(number)
            bends.setdefault(high, []).append(number)
        reached = 0.0
        for level in sorted(bends):
            if self._rising:
                self._rise(reached, level)
            for number in bends[level]:
                self._bend(number, level)
            reached = level

    def _rise(self, level: float, to: float) -> None:
        """Let the level rise, and settle who loads a constraint that gets full."""
        full = [(self._full_at(constraint), constraint) for constraint in self._loaders]
        heapify(full)
        while full and full[0][0] < to:
            full_at, constraint = full[0]
            later = self._full_at(constraint)  # others have settled meanwhile
            if later > full_at + EPSILON:
                heapreplace(full, (later, constraint))
                continue
            heappop(full)
            level = max(level, full_at)
            for number in self._loaders[constraint]:
                if number in self._rising:
                    self.shares[number] = level
                    self._settle(number, level)
                elif number in self._waiting:
                    self._waiting.remove(number)
                    self.shares[number] = self._demands[number].low

    def _bend(self, number: int, level: float) -> None:
        """Let rise who waits at its minimum, settle who rises at its maximum."""
        if number in self._rising:
            self._settle(number, level)
        elif number in self._waiting:
            self._waiting.remove(number)
            self._rising.add(number)
            self._change(number, level, 1.0)

    def _settle(self, number: int, level: float) -> None:
        self._rising.remove(number)
        self._change(number, level, -1.0)

    def _change(self, number: int, level: float, by: float) -> None:
        left, slopes, at = self._left, self._slope, self._at
        for constraint, weight in self._demands[number].load:
            slope = slopes[constraint]
            left[constraint] -= slope * (level - at[constraint])
            at[constraint] = level
            slopes[constraint] = slope + by * weight

    def _full_at(self, constraint: Constraint) -> float:
        """Return the level at which a constraint is full if all go on as they do."""
        slope = self._slope[constraint]
        if slope <= EPSILON:
            return inf
        return self._at[constraint] + self._left[constraint] / slope


def in_whole_steps(
    headroom: Currents, demands: Sequence[Demand], shares: Sequence[float]
) -> list[float]:
    """Return the shares in whole steps of each charger, nothing usable left over.

    Shares are rounded down; what that frees goes a step at a time first to those who
    have it already, then to those who start and so are commanded anyway, then in the
    order of the demands.
    """
    left = list(headroom)
    stepped, open_demands = [], []
    for number, (low, high, step, load, _) in enumerate(demands):
        current = max(low, int((shares[number] + EPSILON) // step) * step)
        stepped.append(current)
        if current + step <= high + EPSILON:
            open_demands.append(number)
        take(left, load, current)
    open_demands.sort(key=lambda number: _place(demands[number], stepped[number]))
    while open_demands:
        still_open = []
        for number in open_demands:
            _, high, step, load, _ = demands[number]
            if stepped[number] + step > high + EPSILON or not fits(left, load, step):
                continue
            stepped[number] += step
            take(left, load, step)
            still_open.append(number)
        open_demands = still_open
    return stepped


def _place(demand: Demand, current: float) -> int:
    """Return whether it is first, second or third to have a step more than `current`."""
    if demand.allocated > current:
        return 0
    return 2 if demand.allocated else 1
