"""Leaving: at what chargers are left when nobody balances them any longer.

Each at its offline current limit at most, and together at what fits beside the base load
as it has been lately: nobody will cut them. First come the minimums, of who charges
before the others; who was paused for want of room stays paused.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..model import Ceiling
from .connector import Connector
from .constraint import Currents, constraints_of, fits, no_currents, phase_of, take
from .headroom import BLIND, find_headroom
from .metering import Metering
from .sharing import Demand, fill, in_whole_steps
from .tree import Tree

LOOKS_BACK = 300.0
"""s of which the highest base load counts."""

type Rank = Callable[[Connector], Any]


def leave(
    connectors: Sequence[Connector],
    *,
    tree: Tree,
    metering: Metering,
    ceilings: Mapping[str, Ceiling],
    rank: Rank,
    now: float,
) -> dict[str, float]:
    """Return the A at which to leave each connector; lower ranks come first."""
    left = _left_beside_base_load(tree, metering, ceilings, now)
    for connector in connectors:
        for constraint, current in connector.reserve.whole:
            left[constraint] -= current
    left_at = dict.fromkeys((connector.id for connector in connectors), 0.0)
    in_turn = sorted(connectors, key=lambda each: (not each.allocated, rank(each)))
    for aside in (False, True):
        together = [each for each in in_turn if each.reserve.aside is aside]
        for connector in together:
            for constraint, current in connector.reserve.would_free:
                left[constraint] += current
        demands = {
            each.id: demand
            for each in together
            if (demand := _demand(each, ceilings.get(each.id))) is not None
        }
        left_at |= _share(left, demands)
    return left_at


def _left_beside_base_load(
    tree: Tree,
    metering: Metering,
    ceilings: Mapping[str, Ceiling],
    now: float,
) -> Currents:
    """Return what each constraint carries beside its highest base load of late, A."""
    headroom = find_headroom(
        tree=tree,
        metering=metering,
        ceilings=ceilings,
        committed=no_currents(len(tree.nodes)),
        now=now,
    )
    left = list(headroom.now)
    for node in tree.nodes:
        meter, base_load = metering.meters[node.index], metering.base_loads[node.index]
        if meter is None or metering.trust(node.index, now) in BLIND:
            continue
        for constraint in constraints_of(node.index):
            if base_load.now is None:  # what is not known is not free
                left[constraint] = min(left[constraint], node.max_current_offline)
                continue
            phase = phase_of(constraint)
            highest = base_load.highest(phase, now - LOOKS_BACK)
            left[constraint] -= meter.margin + highest - base_load.now[phase]
    return left


def _demand(connector: Connector, ceiling: Ceiling | None) -> Demand | None:
    """Return what it may be left at, None where it is to be paused."""
    charger, branch = connector.branch.charger, connector.branch
    waits = connector.wants and not connector.allocated and not connector.reclaim.idle
    most = min(charger.offline_current, branch.max_current)
    if ceiling is not None:
        most = min(most, ceiling.current)
    if connector.reserve.aside:
        most = min(most, connector.allocated)
    high = branch.in_steps(most)
    if waits or high < charger.min_current:
        return None
    return Demand(
        low=min(branch.min_current, high),
        high=high,
        step=charger.resolution,
        load=connector.draw.phases.load,
        allocated=connector.allocated,
    )


def _share(left: Currents, demands: Mapping[str, Demand]) -> dict[str, float]:
    """Take from what is `left` what each is left at, A: first the minimums that fit."""
    admitted: dict[str, Demand] = {}
    beside = list(left)
    for id_, demand in demands.items():
        if fits(beside, demand.load, demand.low):
            take(beside, demand.load, demand.low)
            admitted[id_] = demand
    admitted_demands = list(admitted.values())
    shares = in_whole_steps(left, admitted_demands, fill(left, admitted_demands))
    for demand, share in zip(admitted_demands, shares, strict=True):
        take(left, demand.load, share)
    return dict(zip(admitted, shares, strict=True))
