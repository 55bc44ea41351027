"""Sharing: max-min fair over the whole tree and all phases at once.

Every charger starts at its minimum and all rise together (water-filling); a charger
stops at its own maximum or when a constraint that it loads is full. The result is the
one share-out in which nobody can gain without a loss for somebody who has less.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from .tree import Load

EPSILON = 1e-6
"""A. What is smaller is the arithmetic's, not the fuse's."""
INFINITE = float("inf")


@dataclass(slots=True)
class Claim:
    """What one charger could use, A: 'at least `low`, at most `high`, in `step`s'.

    `given` is what it has now: among equals, who has the odd ampere keeps it.
    """

    low: float
    high: float
    step: float
    load: Load
    given: float


def fill(rooms: Sequence[float], claims: Sequence[Claim]) -> list[float]:
    """Return the max-min fair share of each claim, A, in continuous currents.

    `rooms` is what each constraint may carry, A. The minimums must fit: who cannot
    have its minimum is not to claim.
    """
    shares = [claim.high for claim in claims]
    members = _members_of_tight(rooms, claims)
    if not members:
        return shares
    left = list(rooms)
    settled = [False] * len(claims)
    changes = 0  # a level that was found before the last one may have risen since
    heap = [
        (_level(left[constraint], tight, claims, settled), constraint, changes)
        for constraint, tight in members.items()
    ]
    heapify(heap)
    while heap:
        level, constraint, found_after = heappop(heap)
        if level == INFINITE:
            break
        if found_after < changes:
            level = _level(left[constraint], members[constraint], claims, settled)
            if heap and level > heap[0][0] + EPSILON:
                heappush(heap, (level, constraint, changes))
                continue
        changes += 1
        for number, _ in members[constraint]:
            if settled[number]:
                continue
            settled[number] = True
            claim = claims[number]
            share = shares[number] = min(claim.high, max(claim.low, level))
            for loaded, weight in claim.load:
                left[loaded] -= weight * share
    return shares


def _members_of_tight(
    rooms: Sequence[float], claims: Sequence[Claim]
) -> dict[int, list[tuple[int, float]]]:
    """Return the claims on each constraint that cannot carry them all in full.

    Of constraints with the same claims only the tightest binds: the others are left
    out (a group with all of the supply's chargers, the phases of three-phase ones).
    """
    spare = list(rooms)
    for claim in claims:
        high = claim.high
        for constraint, weight in claim.load:
            spare[constraint] -= weight * high
    members: dict[int, list[tuple[int, float]]] = {
        constraint: [] for constraint, current in enumerate(spare) if current < -EPSILON
    }
    if not members:
        return members
    for number, claim in enumerate(claims):
        for constraint, weight in claim.load:
            if constraint in members:
                members[constraint].append((number, weight))
    tightest: dict[tuple[tuple[int, float], ...], int] = {}
    for constraint, loaders in members.items():
        same = tightest.setdefault(tuple(loaders), constraint)
        if rooms[constraint] < rooms[same]:
            tightest[tuple(loaders)] = constraint
    return {constraint: members[constraint] for constraint in tightest.values()}


def _level(
    left: float,
    members: Sequence[tuple[int, float]],
    claims: Sequence[Claim],
    settled: Sequence[bool],
) -> float:
    """Return the level to which the unsettled members can rise together, A."""
    carried = slope = 0.0
    bends: dict[float, float] = {}
    for number, weight in members:
        if settled[number]:
            continue
        claim = claims[number]
        low, high = claim.low, claim.high
        carried += weight * low
        bends[low] = bends.get(low, 0.0) + weight
        bends[high] = bends.get(high, 0.0) - weight
    if not bends:
        return INFINITE
    level = min(bends)
    for bend, change in sorted(bends.items()):
        rise = slope * (bend - level)
        if carried + rise > left + EPSILON:
            return level + (left - carried) / slope if slope > 0 else level
        carried += rise
        level = bend
        slope += change
    return INFINITE


def in_whole_steps(
    rooms: Sequence[float], claims: Sequence[Claim], shares: Sequence[float]
) -> list[float]:
    """Return the shares in whole steps of each charger, nothing usable left over.

    Shares are rounded down; what that frees goes a step at a time first to those who
    have it already, then in the order of the claims.
    """
    stepped = [
        max(claim.low, int((share + EPSILON) // claim.step) * claim.step)
        for claim, share in zip(claims, shares, strict=True)
    ]
    left = list(rooms)
    open_claims = []
    for number, claim in enumerate(claims):
        current = stepped[number]
        if current + claim.step <= claim.high + EPSILON:
            open_claims.append(number)
        for constraint, weight in claim.load:
            left[constraint] -= weight * current
    open_claims.sort(key=lambda number: claims[number].given <= stepped[number])
    while open_claims:
        still_open = []
        for number in open_claims:
            claim = claims[number]
            step = claim.step
            if stepped[number] + step > claim.high + EPSILON:
                continue
            load = claim.load
            if any(left[c] + EPSILON < weight * step for c, weight in load):
                continue
            stepped[number] += step
            for constraint, weight in load:
                left[constraint] -= weight * step
            still_open.append(number)
        open_claims = still_open
    return stepped
