"""Headroom: what each phase of each node may carry for the chargers below it.

Three figures for each constraint, A:

- `now`: what is left of the limit beside the base load as it may be now;
- `sustained`: what has been left, with the meter's margin, for its settling time;
- `allocatable`: what may be allocated. It never passes `now`. What is allocated already
  may stay as long as `now` carries it; more is allocated only up to `sustained`; and
  when something must be cut, it is cut to the margin.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..model import MeterTrust
from .base_load import BaseLoad
from .constraint import EPSILON, PHASES, Constraint, Currents, constraints_of
from .meter import MeterWatch
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
class Headroom:
    """The figures by constraint, A.

    `limits` (A) and `trust`, of the meter that governs it, go by node. `overcommitted`
    are the constraints of which more is committed than there is headroom now.
    """

    allocatable: Currents
    now: Currents
    sustained: Currents
    limits: list[float]
    trust: list[MeterTrust]
    overcommitted: list[Constraint]


def find_headroom(
    *,
    nodes: Sequence[Node],
    meters: Sequence[MeterWatch | None],
    base_loads: Sequence[BaseLoad],
    ceilings: Mapping[str, float],
    committed: Currents,
    now: float,
) -> Headroom:
    """Return the headroom; `committed` is what is allocated or reserved already, A."""
    trusts = [
        MeterTrust.ABSENT if meter is None else meter.trust(now) for meter in meters
    ]
    headroom = Headroom([], [], [], [], [], [])
    for node in nodes:
        own = trusts[node.index]
        trust = own if node.parent is None else _worse(own, headroom.trust[node.parent])
        headroom.trust.append(trust)
        headroom.limits.append(_limit(node, trust, ceilings.get(node.id)))
        _add_phases(
            headroom,
            node.index,
            meter=meters[node.index],
            base_load=base_loads[node.index],
            measured=own not in BLIND,
            committed=committed,
            now=now,
        )
    return headroom


def _worse(one: MeterTrust, other: MeterTrust) -> MeterTrust:
    """Return what the two meters are worth that a node depends on."""
    return max(one, other, key=DOUBT.index)


def _limit(node: Node, trust: MeterTrust, ceiling: float | None) -> float:
    limit = node.max_current_offline if trust in BLIND else node.max_current_online
    return limit if ceiling is None else min(limit, ceiling)


def _add_phases(
    headroom: Headroom,
    node: int,
    *,
    meter: MeterWatch | None,
    base_load: BaseLoad,
    measured: bool,
    committed: Currents,
    now: float,
) -> None:
    """Add the figures of a node's phases; its limit and trust are there."""
    limit, trust = headroom.limits[node], headroom.trust[node]
    margin = meter.margin if meter is not None else 0.0
    rounding = meter.rounding if meter is not None else 0.0
    load = base_load.now if measured else None
    since = now - base_load.settling_time(now)
    settled = trust not in UNSURE and base_load.knows(since)
    for phase, constraint in zip(PHASES, constraints_of(node), strict=True):
        if load is None:
            left = safe = sustained = limit
        else:
            left = limit - rounding - load[phase]
            safe = left - margin
            sustained = limit - rounding - margin - base_load.highest(phase, since)
        if trust in BLIND:  # what a group feeds back adds nothing to its maximum
            left, safe = min(left, limit), min(safe, limit)
            sustained = min(sustained, limit)
        promised = committed[constraint]
        if not settled:
            sustained = min(sustained, promised)
        over = promised > left + EPSILON
        if over:
            headroom.overcommitted.append(constraint)
        headroom.now.append(left)
        headroom.sustained.append(sustained)
        headroom.allocatable.append(
            safe if over else max(sustained, min(promised, left))
        )
