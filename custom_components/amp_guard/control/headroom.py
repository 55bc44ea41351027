"""Headroom: what each phase of each node may carry for the chargers below it.

Three figures for each constraint, A:

- `now`: what is left of the limit beside the base load as it may be now;
- `sustained`: what has been left, with the meter's margin, for its settling time;
- `allocatable`: what may be allocated. It never passes `now`. What is allocated already
  may stay as long as `now` carries it; more is allocated only up to `sustained`; and
  when something must be cut, it is cut to the margin.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..model import Ceiling, MeterTrust
from .constraint import EPSILON, Constraint, Currents, constraints_of, place_of
from .evidence import UNDOUBTED
from .metering import Metering
from .tree import Node, Tree

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
    are the constraints of which more is committed than there is headroom now. `fuses` is
    how many of the nodes, the first, are fuses.
    """

    allocatable: Currents
    now: Currents
    sustained: Currents
    limits: list[float]
    trust: list[MeterTrust]
    overcommitted: list[Constraint]
    fuses: int

    def is_of_fuse(self, constraint: Constraint) -> bool:
        """Return whether it is a fuse's, and no limit on power."""
        return place_of(constraint)[0] < self.fuses

    @property
    def forced(self) -> bool:
        """Return whether a fuse asks for a cut."""
        return any(map(self.is_of_fuse, self.overcommitted))


def find_headroom(
    *,
    tree: Tree,
    metering: Metering,
    ceilings: Mapping[str, Ceiling],
    committed: Currents,
    now: float,
) -> Headroom:
    """Return the headroom; `committed` is what is allocated or reserved already, A."""
    headroom = Headroom([], [], [], [], [], [], len(tree.fuses))
    for node in tree.nodes:
        own = metering.trust(node.index, now)
        trust = own if node.parent is None else _worse(own, headroom.trust[node.parent])
        headroom.trust.append(trust)
        in_force = ceilings.get(node.id)
        ceiling = None if in_force is None else in_force.current
        headroom.limits.append(_limit(node, trust, ceiling))
        _add_phases(
            headroom,
            node,
            metering=metering,
            measured=own not in BLIND,
            ceiling=ceiling,
            committed=committed,
            now=now,
        )
    return headroom


def _worse(one: MeterTrust, other: MeterTrust) -> MeterTrust:
    """Return what the two meters are worth that a node depends on."""
    return one if one is other else max(one, other, key=DOUBT.index)


def _limit(node: Node, trust: MeterTrust, ceiling: float | None) -> float:
    limit = node.max_current_offline if trust in BLIND else node.max_current_online
    return limit if ceiling is None else min(limit, ceiling)


def _add_phases(
    headroom: Headroom,
    node: Node,
    *,
    metering: Metering,
    measured: bool,
    ceiling: float | None,
    committed: Currents,
    now: float,
) -> None:
    """Add the figures of a node's phases; its limit and trust are there."""
    index = node.index
    full = limit = headroom.limits[index]
    trust = headroom.trust[index]
    meter, evidence = metering.meters[index], metering.evidence[index]
    base_load = metering.base_loads[index]
    margin = rounding = 0.0
    if meter is not None:
        margin, rounding = meter.margin, meter.rounding
    load = base_load.now if measured else None
    if evidence.offline and meter is not None and meter.trust(now) not in BLIND:
        # A phase that is still measured shows what it has left.
        load = base_load.now
        full = (
            node.max_current_online
            if ceiling is None
            else min(node.max_current_online, ceiling)
        )
    settled = trust not in UNSURE and base_load.is_settled(now)
    blind = trust in BLIND
    believed, in_question = evidence.worth is UNDOUBTED, evidence.in_question
    for phase, constraint in enumerate(constraints_of(index)):
        promised = committed[constraint]
        if load is None or not (believed or evidence.believes(phase)):
            left = limit
            if load is not None and evidence.shows_least(phase):
                left = min(limit, full - rounding - base_load.shown[phase])
            safe = sustained = left
        else:
            left = full - rounding - load[phase]
            safe = left - margin
            sustained = full - rounding - margin - base_load.lasting(phase, now)
        if blind:  # what a group feeds back adds nothing to its maximum
            left, safe = min(left, limit), min(safe, limit)
            sustained = min(sustained, limit)
        if not settled or in_question[phase]:
            sustained = min(sustained, promised)
        over = promised > left + EPSILON
        if over:
            headroom.overcommitted.append(constraint)
        headroom.now.append(left)
        headroom.sustained.append(sustained)
        kept = min(promised, left)
        headroom.allocatable.append(safe if over else max(sustained, kept))
