"""Rooms: what each phase of each node may carry for the chargers below it, now.

Three figures for each constraint, A:

- `hard`: what is left of the limit beside the house as it may be now;
- `calm`: what has been left, with the meter's margin, for some time (30 s or more);
- `room`: what may be given. It never passes `hard`. What is given already may stay as
  long as `hard` carries it; more is given only up to `calm`; and when something must
  be cut, it is cut to the margin.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..model import MeterTrust
from .house import HouseLoad
from .meter import MeterWatch
from .sharing import EPSILON
from .tree import Node

BLIND = (MeterTrust.ABSENT, MeterTrust.OFFLINE)
"""What a meter is worth while the offline maximum holds."""
DOUBT = (
    MeterTrust.ABSENT,
    MeterTrust.ONLINE,
    MeterTrust.STARTING,
    MeterTrust.STALE,
    MeterTrust.OFFLINE,
)
"""From the least doubt to the most; no meter raises none."""
UNSURE = (MeterTrust.STARTING, MeterTrust.STALE)
"""What a meter is worth while nothing is raised on its word."""


@dataclass(slots=True)
class Rooms:
    """The figures by constraint, A; `trust` by node, of the meter that governs it."""

    room: list[float]
    hard: list[float]
    calm: list[float]
    limits: list[float]
    trust: list[MeterTrust]
    over: list[int]
    """The constraints of which more is promised than the limit carries."""


def _worse(one: MeterTrust, other: MeterTrust) -> MeterTrust:
    """Return what the two meters are worth that a node depends on."""
    return max(one, other, key=DOUBT.index)


def find_rooms(
    *,
    nodes: Sequence[Node],
    meters: Sequence[MeterWatch | None],
    houses: Sequence[HouseLoad],
    ceilings: dict[str, float],
    granted: Sequence[float],
    now: float,
) -> Rooms:
    """Return the rooms; `granted` is what each constraint is promised already, A."""
    trusts = [
        MeterTrust.ABSENT if meter is None else meter.trust(now) for meter in meters
    ]
    rooms = Rooms(room=[], hard=[], calm=[], limits=[], trust=[], over=[])
    for node in nodes:
        own = trusts[node.index]
        trust = own if node.parent is None else _worse(own, rooms.trust[node.parent])
        blind = trust in BLIND
        limit = node.max_current_offline if blind else node.max_current_online
        ceiling = ceilings.get(node.id)
        if ceiling is not None:
            limit = min(limit, ceiling)
        rooms.limits.append(limit)
        rooms.trust.append(trust)
        meter, house = meters[node.index], houses[node.index]
        margin = meter.margin if meter is not None else 0.0
        rounding = meter.rounding if meter is not None else 0.0
        seen = None if own in BLIND else house.now
        since = now - house.patience(now)
        for phase in range(3):
            promised = granted[node.index * 3 + phase]
            if seen is None:
                hard = safe = calm = limit
            else:
                hard = limit - rounding - seen[phase]
                safe = hard - margin
                calm = limit - rounding - margin - house.peak(phase, since)
            if blind:  # what a group feeds back adds nothing to its offline maximum
                hard, safe, calm = min(hard, limit), min(safe, limit), min(calm, limit)
            if trust in UNSURE or not house.knows(since):
                calm = min(calm, promised)
            rooms.hard.append(hard)
            rooms.calm.append(calm)
            over = promised > hard + EPSILON
            if over:
                rooms.over.append(node.index * 3 + phase)
            rooms.room.append(safe if over else max(calm, min(promised, hard)))
    return rooms
