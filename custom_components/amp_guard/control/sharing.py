"""Sharing: max-min fair over the whole tree and all phases at once.

Every charger starts at its minimum and all rise together (water-filling); a charger
stops at its own maximum or when a constraint that it loads is full. The result is the
one share-out in which nobody can gain without a loss for somebody who has less.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from .constraint import EPSILON, Constraint, Currents, Load, each, fits, take

_INFINITE = float("inf")


@dataclass(slots=True)
class Demand:
    """What one charger could use: at least `low` A, at most `high`, in `step`s.

    `allocated` is what it has now: among equals, who has the odd ampere keeps it.
    """

    low: float
    high: float
    step: float
    load: Load
    allocated: float


def fill(headroom: Currents, demands: Sequence[Demand]) -> list[float]:
    """Return the max-min fair share of each demand, A, in continuous currents.

    `headroom` is what each constraint may carry, A. The minimums must fit: who cannot
    have its minimum has no demand.
    """
    shares = [demand.high for demand in demands]
    members = _members_of_tight(headroom, demands)
    if not members:
        return shares
    left = list(headroom)
    settled = [False] * len(demands)
    changes = 0  # a level that was found before the last one may have risen since
    heap = [
        (_level(left[constraint], tight, demands, settled), constraint, changes)
        for constraint, tight in members.items()
    ]
    heapify(heap)
    while heap:
        level, constraint, found_after = heappop(heap)
        if level == _INFINITE:
            break
        if found_after < changes:
            level = _level(left[constraint], members[constraint], demands, settled)
            if heap and level > heap[0][0] + EPSILON:
                heappush(heap, (level, constraint, changes))
                continue
        changes += 1
        for number, _ in members[constraint]:
            if settled[number]:
                continue
            settled[number] = True
            demand = demands[number]
            share = shares[number] = min(demand.high, max(demand.low, level))
            take(left, demand.load, share)
    return shares


def _members_of_tight(
    headroom: Currents, demands: Sequence[Demand]
) -> dict[Constraint, list[tuple[int, float]]]:
    """Return the demands on each constraint that cannot carry them all in full.

    Of constraints with the same demands only the tightest binds: the others are left
    out (a group with all of the supply's chargers, the phases of three-phase ones).
    """
    spare = list(headroom)
    for demand in demands:
        take(spare, demand.load, demand.high)
    members: dict[Constraint, list[tuple[int, float]]] = {
        constraint: [] for constraint, current in each(spare) if current < -EPSILON
    }
    if not members:
        return members
    for number, demand in enumerate(demands):
        for constraint, weight in demand.load:
            if constraint in members:
                members[constraint].append((number, weight))
    tightest: dict[tuple[tuple[int, float], ...], Constraint] = {}
    for constraint, loaders in members.items():
        same = tightest.setdefault(tuple(loaders), constraint)
        if headroom[constraint] < headroom[same]:
            tightest[tuple(loaders)] = constraint
    return {constraint: members[constraint] for constraint in tightest.values()}


def _level(
    left: float,
    members: Sequence[tuple[int, float]],
    demands: Sequence[Demand],
    settled: Sequence[bool],
) -> float:
    """Return the level to which the unsettled members can rise together, A."""
    carried = slope = 0.0
    bends: dict[float, float] = {}
    for number, weight in members:
        if settled[number]:
            continue
        demand = demands[number]
        low, high = demand.low, demand.high
        carried += weight * low
        bends[low] = bends.get(low, 0.0) + weight
        bends[high] = bends.get(high, 0.0) - weight
    if not bends:
        return _INFINITE
    level = min(bends)
    for bend, change in sorted(bends.items()):
        rise = slope * (bend - level)
        if carried + rise > left + EPSILON:
            return level + (left - carried) / slope if slope > 0 else level
        carried += rise
        level = bend
        slope += change
    return _INFINITE


def in_whole_steps(
    headroom: Currents, demands: Sequence[Demand], shares: Sequence[float]
) -> list[float]:
    """Return the shares in whole steps of each charger, nothing usable left over.

    Shares are rounded down; what that frees goes a step at a time first to those who
    have it already, then in the order of the demands.
    """
    stepped = [
        max(demand.low, int((share + EPSILON) // demand.step) * demand.step)
        for demand, share in zip(demands, shares, strict=True)
    ]
    left = list(headroom)
    open_demands = []
    for number, demand in enumerate(demands):
        current = stepped[number]
        if current + demand.step <= demand.high + EPSILON:
            open_demands.append(number)
        take(left, demand.load, current)
    open_demands.sort(key=lambda number: demands[number].allocated <= stepped[number])
    while open_demands:
        still_open = []
        for number in open_demands:
            demand = demands[number]
            step = demand.step
            if stepped[number] + step > demand.high + EPSILON:
                continue
            if not fits(left, demand.load, step):
                continue
            stepped[number] += step
            take(left, demand.load, step)
            still_open.append(number)
        open_demands = still_open
    return stepped
