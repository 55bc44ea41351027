"""Explaining: every allocation with its reason, every node with what is left of it."""

from collections.abc import Iterable, Mapping, Sequence

from ..model import (
    NO_CURRENT,
    Allocation,
    Decision,
    MeterTrust,
    Minimum,
    NodeState,
    Phase,
    PhaseValues,
    Reason,
)
from .connector import LEAST_CHANGE, Connector
from .constraint import (
    PHASES,
    Currents,
    Load,
    add,
    at_node,
    fits,
    no_currents,
    place_of,
    tightest,
)
from .metering import Metering
from .offer import Offer
from .plan import Plan
from .tree import Node, Tree

LOOK_AGAIN_AFTER = 1.0
"""s after which to decide again while something is pending."""
REFRESH_AFTER = 3.0
"""s after which to ask again for a fresh reading."""
_PENDING = frozenset(
    {
        Reason.RAISE_HELD,
        Reason.RELEASE_PENDING,
        Reason.STAGGERED,
        Reason.OVERLOAD,
        Reason.MINIMUM_OFF,
        Reason.PHASE_SWITCH,
    }
)
_BOUND = frozenset({Reason.SHARED, Reason.OVERLOAD, Reason.NO_ROOM})
"""What is said of who is limited, and is better said by a power limit's own reason."""
_LIMITED = frozenset(
    {
        Reason.SHARED,
        Reason.OVERLOAD,
        Reason.NO_ROOM,
        Reason.WAITING_TURN,
        Reason.RAISE_HELD,
        Reason.RELEASE_PENDING,
        Reason.METER_STALE,
        Reason.METER_OFFLINE,
    }
)


def explain(
    *,
    tree: Tree,
    connectors: Sequence[Connector],
    metering: Metering,
    plan: Plan,
    commanded: set[str],
    before: Mapping[str, Allocation],
    offset: float,
) -> Decision:
    """Return the decision in the caller's time, `offset` s behind the plan's.

    An allocation that is as it was `before` is the same object.
    """
    offers = {offer.connector.id: offer for offer in plan.offers}
    strays = [c for c in connectors if c.strays]
    to_refresh = _to_refresh(plan, strays) | _to_ask(metering, plan)
    allocations: dict[str, Allocation] = {}
    drawn: dict[str, PhaseValues] = {}
    minimums: dict[str, Minimum] = {}
    limits: dict[Load, tuple[int, Phase]] = {}
    for connector in connectors:
        id_ = connector.id
        offer = offers.get(id_)
        allocations[id_] = (
            _left_alone(connector)
            if offer is None
            else _allocation(
                offer,
                before.get(id_),
                tree=tree,
                plan=plan,
                limits=limits,
                commanded=commanded,
                offset=offset,
            )
        )
        drawn[id_] = connector.draw.estimate
        minimums[id_] = connector.minimum
    return Decision(
        time=plan.now - offset,
        allocations=allocations,
        nodes=_node_states(tree, metering, plan),
        drawn=drawn,
        minimums=minimums,
        not_following=frozenset(
            [
                c.id
                for c in strays
                if c.following.excess_since is not None
                and not c.lost
                and c.following.ignores_for(4, plan.now)
            ]
        ),
        to_refresh=to_refresh,
        seen_wiring=metering.seen_wiring,
        look_again=_look_again(metering, plan, offset, refreshes=bool(to_refresh)),
    )


def _to_refresh(plan: Plan, strays: Iterable[Connector]) -> frozenset[str]:
    """Return whom to ask for a fresh reading: in doubt, on a fuse that is tight."""
    doubtful = [c for c in strays if c.branch.active and c.is_in_doubt(plan.now)]
    if not doubtful:
        return frozenset()
    least = min(offer.connector.branch.min_current for offer in plan.offers)
    return frozenset(
        connector.id
        for connector in doubtful
        if plan.is_overcommitted(connector)
        or not fits(plan.left, connector.draw.phases.full_load, least)
    )


def _to_ask(metering: Metering, plan: Plan) -> frozenset[str]:
    """Return whose reading tells whether a meter or an old report is to be believed."""
    return frozenset(
        [
            connector.id
            for evidence in metering.evidence
            if True in evidence.in_question
            for connector in evidence.to_ask(plan.now)
        ]
    )


def _look_again(
    metering: Metering, plan: Plan, offset: float, *, refreshes: bool
) -> float | None:
    """Return when something may change without news, in the caller's time."""
    now = plan.now
    looks = [now + REFRESH_AFTER] if refreshes else []
    looks += [o.look_again for o in plan.offers if o.look_again is not None]
    if not _PENDING.isdisjoint([offer.reason for offer in plan.offers]):
        looks.append(now + LOOK_AGAIN_AFTER)
    for meter in metering.meters:
        if meter is not None and meter.last_time is not None:
            stale = meter.last_time + meter.stale_after
            offline = meter.last_time + meter.offline_after
            looks += [time for time in (stale, offline) if time > now]
    return max(min(looks), now) - offset if looks else None


def _left_alone(connector: Connector) -> Allocation:
    return Allocation(
        charger=connector.id,
        current=connector.branch.in_range(connector.reading.limit or 0.0),
        reason=Reason.INACTIVE,
        send=False,
    )


def _allocation(
    offer: Offer,
    before: Allocation | None,
    *,
    tree: Tree,
    plan: Plan,
    limits: dict[Load, tuple[int, Phase]],
    commanded: set[str],
    offset: float,
) -> Allocation:
    """Return what it is allocated, and why; `limits` has what limits which load most."""
    connector = offer.connector
    reason = _reason(offer, plan)
    node = phase = None
    if reason in _LIMITED:
        load = connector.draw.phases.load
        limit = limits.get(load)
        if limit is None:
            limits[load] = limit = place_of(tightest(plan.left, load))
        index, phase = limit
        at = tree.nodes[index]
        node = at.id
        if at.reason is not None:
            node = phase = None
            reason = at.reason if reason in _BOUND else reason
    look_again = offer.look_again
    if look_again is None and reason in _PENDING:
        look_again = plan.now + LOOK_AGAIN_AFTER
    if look_again is not None:
        look_again -= offset
    send = connector.id in commanded
    valid_for = connector.valid_for if connector.branch.charger.expiring_limit else None
    phases = connector.switching.order
    if (
        before is not None
        and before.reason is reason
        and before.current == connector.allocated
        and before.node == node
        and before.phase is phase
        and before.send is send
        and before.look_again == look_again
        and before.valid_for == valid_for
        and before.phases == phases
    ):
        return before
    return Allocation(
        charger=connector.id,
        current=connector.allocated,
        reason=reason,
        send=send,
        node=node,
        phase=phase,
        look_again=look_again,
        valid_for=valid_for,
        phases=phases,
    )


def _reason(offer: Offer, plan: Plan) -> Reason:
    """Return the reason that its owner should read."""
    connector = offer.connector
    if connector.lost:
        return Reason.CHARGER_LOST
    if not connector.wants or offer.reason is Reason.NOT_WANTED:
        return offer.reason
    if connector.reserve.aside or connector.reserve.excess:
        return Reason.NOT_FOLLOWING
    if offer.reason in _LIMITED:
        trust = plan.headroom.trust[connector.branch.path[0]]
        if trust is MeterTrust.OFFLINE:
            return Reason.METER_OFFLINE
        if trust is MeterTrust.STALE:
            return Reason.METER_STALE
    if connector.cut and offer.reason in {Reason.SHARED, Reason.RAISE_HELD}:
        return Reason.OVERLOAD
    return offer.reason


def _node_states(tree: Tree, metering: Metering, plan: Plan) -> dict[str, NodeState]:
    allocated = no_currents(len(tree.nodes))
    for offer in plan.offers:
        connector = offer.connector
        if connector.allocated and not connector.reserve.aside:
            add(allocated, connector.draw.phases.load, connector.allocated)
    return {
        node.id: _node_state(node, metering, plan, allocated) for node in tree.fuses
    }


def _node_state(
    node: Node, metering: Metering, plan: Plan, allocated: Currents
) -> NodeState:
    index = node.index
    held = at_node(allocated, index)
    (a, b, c), (x, y, z) = at_node(plan.total, index), held
    free = PhaseValues(max(0.0, a - x), max(0.0, b - y), max(0.0, c - z))
    least = min(free)
    return NodeState(
        trust=plan.headroom.trust[index],
        limit=plan.headroom.limits[index],
        available=free,
        allocated=held,
        base_load=metering.base_loads[index].values if node.metered else NO_CURRENT,
        heat=metering.heats[index].heat,
        overloaded=metering.over_since[index] is not None,
        limiting_phase=PHASES[free.index(least)] if least < LEAST_CHANGE else None,
        worth=metering.evidence[index].worth,
    )
