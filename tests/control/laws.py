"""What must hold of every decision, checked from outside with the plant's own figures."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from math import isclose, isfinite

from custom_components.amp_guard.model import (
    MINIMUM_SIGNALLED_CURRENT,
    NO_CURRENT,
    ChargerStatus,
    Decision,
    EarthingSystem,
    MeterTrust,
    Phase,
    Reason,
    Worth,
)

from .plant import DRAWS, Moment, Outlet, Plant

ARITHMETIC = 1e-4
"""A that only floating point can tell apart."""
RIDE = 0.13
"""Part of a limit by which running minimums may pass it for one sample, and a start that is
tried."""
BETWEEN_SWITCHES = 600.0
"""s."""
SEEN_AFTER = 60.0
"""s for which a car draws by which every law has seen it: no report is older."""
NEXT_SAMPLE = 1.25
"""s by which a meter's next sample must be there for minimums to ride through."""

_BLIND = (MeterTrust.ABSENT, MeterTrust.OFFLINE)


def check(plant: Plant, moment: Moment) -> None:
    """Assert every law of one decision."""
    check_figures(moment.decision)
    check_commanded(plant, moment)
    check_allocations(plant, moment)
    check_base_load(plant, moment)
    check_limits(plant, moment)
    check_power_limits(plant, moment)
    check_unbalance(plant, moment)
    check_raises(plant, moment)
    check_lost(plant, moment)
    check_switches(plant, moment)


def check_figures(decision: Decision) -> None:
    """Every figure is a number, and nothing is drawn backwards."""
    figures = [decision.time]
    figures += [a.current for a in decision.allocations.values()]
    for drawn in decision.drawn.values():
        figures += drawn
        assert min(drawn) >= 0, drawn
    for state in decision.nodes.values():
        figures += [state.limit, *state.available, *state.allocated]
        figures += [*state.base_load, *state.heat]
    assert all(map(isfinite, figures)), decision


def check_commanded(plant: Plant, moment: Moment) -> None:
    """Every charger has its allocation, and is commanded when it changes."""
    allocations = moment.decision.allocations
    assert set(allocations) == set(plant.outlets)
    if moment.before is None:
        return
    for name in steered(plant):
        before = moment.before.allocations[name].current
        allocation = allocations[name]
        assert allocation.send or allocation.current == before, (before, allocation)


def check_allocations(plant: Plant, moment: Moment) -> None:
    """An allocation is 0, or whole steps between the minimum and every maximum."""
    groups = {group.id: group for group in plant.site.groups}
    for name in steered(plant):
        charger = plant.outlets[name].charger
        current = moment.decision.allocations[name].current
        if current == 0:
            continue
        least = max(
            charger.min_current,
            groups[charger.group].min_current,
            MINIMUM_SIGNALLED_CURRENT,
        )
        user_limit = moment.snapshot.chargers[name].user_limit
        most = min(
            charger.max_current,
            ceiling(moment, name),
            user_limit if user_limit is not None else charger.max_current,
        )
        assert least - ARITHMETIC <= current <= most + ARITHMETIC, (name, current, most)
        steps = current / charger.resolution
        assert isclose(steps, round(steps), abs_tol=1e-6), (name, current)


def check_base_load(plant: Plant, moment: Moment) -> None:
    """The base load is what was measured without what the chargers are taken to draw.

    But on a phase that is in doubt; and on one that shows less than the chargers on it say
    that they draw it stays what it was, which is more. The lines of an IT net share that:
    none flows without another.
    """
    is_it = plant.site.supply.earthing_system is EarthingSystem.IT
    for node in plant.tree.fuses:
        if node.id not in moment.fresh:
            continue
        expected = list(moment.snapshot.measurements[node.id].current)
        for name, branch in plant.branches.items():
            if branch.active and node.index in branch.seen_by:
                for phase, drawn in enumerate(moment.decision.drawn[name]):
                    expected[phase] -= drawn
        state = moment.decision.nodes[node.id]
        base_load = state.base_load
        for seen, value, worth in zip(base_load, expected, state.worth, strict=True):
            least = min(expected) if is_it else value
            is_in_question = least < 0.0 and seen > value
            assert (
                worth.doubt is not None
                or is_in_question
                or isclose(seen, value, abs_tol=ARITHMETIC)
            ), (
                node.id,
                base_load,
                expected,
            )


def check_limits(plant: Plant, moment: Moment) -> None:
    """What is allocated fits beside the base load, on every phase of every node."""
    allocations = moment.decision.allocations
    allocated = _sums(
        plant,
        steered(plant),
        lambda outlet, w, _: w * allocations[outlet.charger.id].current,
    )
    headroom = _headroom(plant, moment)
    for node in plant.tree.fuses:
        ride = _ride_through(plant, moment, node.id)
        for phase in Phase:
            number = 3 * node.index + phase
            tried = _tried(plant, moment, node.index, phase)
            carried = max(0.0, headroom[number]) + max(ride, tried)
            assert allocated[number] <= carried + ARITHMETIC, (
                node.id,
                phase,
                allocated[number],
                headroom[number],
            )


def check_power_limits(plant: Plant, moment: Moment) -> None:
    """What chargers are allocated together is no more power than they may have.

    A start that is tried, since a car may use one phase, is there until it is seen to draw.
    """
    for limit in plant.site.power_limits:
        together = 0.0
        for name in set(steered(plant)).intersection(limit.chargers):
            branch, outlet = plant.branches[name], plant.outlets[name]
            current = moment.decision.allocations[name].current
            a, b, c = outlet.weights
            if _starts(plant, moment, name):
                first = outlet.charger.wiring[0]
                a, b, c = (w if p == first else 0.0 for p, w in enumerate((a, b, c)))
            together += current * branch.power_weight((a, b, c))
        most = ceiling(moment, limit.id)
        assert together <= most + ARITHMETIC, (limit, together, most)


def check_unbalance(plant: Plant, moment: Moment) -> None:
    """Chargers on fewer than three phases load none with more than it may differ by."""
    limit, net = plant.site.unbalance, plant.site.supply.earthing_system
    if limit is None or net is EarthingSystem.IT:
        return
    together = [0.0, 0.0, 0.0]
    for name in steered(plant):
        outlet = plant.outlets[name]
        if len(outlet.charger.wiring) == len(Phase):
            continue
        current = moment.decision.allocations[name].current
        starts = _starts(plant, moment, name)
        for phase in outlet.charger.wiring[: 1 if starts else None]:
            together[phase] += current * outlet.weights[phase]
    assert max(together) <= limit + ARITHMETIC, (limit, together)


def _starts(plant: Plant, moment: Moment, name: str) -> bool:
    """Say whether a start is tried: with the least that it takes, until it is seen to draw.

    That is the charger's minimum, or what its car was found to start from.
    """
    decision = moment.decision
    least = (plant.branches[name].min_current, decision.minimums[name].fewest)
    is_least = decision.allocations[name].current in least
    return is_least and not _is_seen_to_draw(plant, moment, name)


def _is_seen_to_draw(plant: Plant, moment: Moment, name: str) -> bool:
    """Say whether a car draws, and the law knows it, was told it, or has had its time.

    What it was told is what the charger says at that moment, whatever the law makes of it.
    """
    outlet = plant.outlets[name]
    if outlet.draws_since is None:
        return False
    told = moment.snapshot.chargers[name].current or NO_CURRENT
    return (
        max(*moment.decision.drawn[name], *told) >= DRAWS
        or moment.now - outlet.draws_since > SEEN_AFTER
    )


def check_raises(plant: Plant, moment: Moment) -> None:
    """What is raised fits beside all that others are allocated, or still draw."""
    if moment.before is None:
        return
    decision = moment.decision
    raised = [
        name
        for name in steered(plant)
        if decision.allocations[name].current > moment.before.allocations[name].current
    ]
    if not raised:
        return

    def holds(outlet: Outlet, weight: float, phase: Phase) -> float:
        name = outlet.charger.id
        allocated = weight * decision.allocations[name].current
        if name in raised:
            return allocated
        in_force = weight * _in_force(outlet) if outlet.may_charge() else 0.0
        return max(allocated, decision.drawn[name][phase], in_force)

    held = _sums(plant, steered(plant), holds)
    headroom = _headroom(plant, moment)
    for name in raised:
        for index in plant.branches[name].path:
            for phase in Phase:
                number = 3 * index + phase
                if plant.outlets[name].weights[phase]:
                    tried = _tried(plant, moment, index, phase)
                    assert held[number] <= headroom[number] + tried + ARITHMETIC, (
                        name,
                        plant.nodes[index],
                        phase,
                        held[number],
                        headroom[number],
                    )


def check_lost(plant: Plant, moment: Moment) -> None:
    """Who is lost is never raised, and asks nobody for what is reserved for it."""
    if moment.before is None:
        return
    for name, reading in moment.snapshot.chargers.items():
        before = moment.before.allocations[name]
        allocation = moment.decision.allocations[name]
        if reading.status is ChargerStatus.LOST and plant.branches[name].active:
            if before.reason is not Reason.INACTIVE:
                assert allocation.current <= before.current, (before, allocation)
            assert allocation.reason is Reason.CHARGER_LOST


def check_switches(plant: Plant, moment: Moment) -> None:
    """No charger is switched while its car draws, nor twice within ten minutes."""
    for name, outlet in plant.outlets.items():
        allocation = moment.decision.allocations[name]
        assert allocation.phases is None or allocation.current == 0, allocation
        assert not outlet.switched_under_load, name
        times = outlet.switched_at
        assert all(b - a >= BETWEEN_SWITCHES for a, b in pairwise(times)), (name, times)


def _in_force(outlet: Outlet) -> float:
    """Return what may be in force, A; 0 where nobody tells of commands."""
    return outlet.may_be_in_force() if outlet.driver is not None else 0.0


def steered(plant: Plant) -> list[str]:
    """Return the chargers that are balanced and can be reached."""
    return [
        name
        for name, branch in plant.branches.items()
        if branch.active and plant.outlets[name].reachable
    ]


def ceiling(moment: Moment, target: str) -> float:
    """Return the temporary limit of a node or charger, A."""
    return min(
        (
            max(0.0, ceiling.current)
            for ceiling in moment.snapshot.ceilings
            if ceiling.target == target and ceiling.expires > moment.told
        ),
        default=float("inf"),
    )


def _sums(
    plant: Plant, names: Iterable[str], value: Callable[[Outlet, float, Phase], float]
) -> list[float]:
    """Return a value of chargers summed over each phase of each node, A."""
    sums = [0.0] * (3 * len(plant.nodes))
    for name in names:
        outlet = plant.outlets[name]
        for phase in Phase:
            amount = value(outlet, outlet.weights[phase], phase)
            if amount:
                for index in plant.branches[name].path:
                    sums[3 * index + phase] += amount
    return sums


def _headroom(plant: Plant, moment: Moment) -> list[float]:
    """Return what each phase of each node may carry for the chargers in reach, A.

    The limit in force, less the base load where the meter is trusted to see it, less
    what may truly be in force at those who cannot be reached, or their fail-safe.
    """
    lost = [
        name
        for name, branch in plant.branches.items()
        if branch.active and not plant.outlets[name].reachable
    ]

    def reserved(outlet: Outlet, weight: float, phase: Phase) -> float:
        charger = outlet.charger
        in_force = weight * _in_force(outlet)
        if charger.offline_phase not in {None, phase}:
            return in_force
        wired = plant.branches[charger.id].weights[phase]
        return max(in_force, wired * charger.offline_current)

    taken = _sums(plant, lost, reserved)
    headroom = []
    for node in plant.tree.fuses:
        state = moment.decision.nodes[node.id]
        blind = state.trust in _BLIND
        limit = node.max_current_offline if blind else node.max_current_online
        limit = min(limit, ceiling(moment, node.id))
        seen = node.metered and not blind and plant.last_two(node.id)
        base_load = state.base_load if seen else NO_CURRENT
        headroom += [
            limit - base_load[phase] - taken[3 * node.index + phase] for phase in Phase
        ]
    return headroom


def _tried(plant: Plant, moment: Moment, index: int, phase: Phase) -> float:
    """Return by how much a start may be tried there that fits on its first phase, A.

    With its minimum, until the car is seen to draw, and on which phases. Of one that says
    that it is set to one phase and lies, only once that is told.
    """
    decision = moment.decision
    for name in steered(plant):
        branch, outlet = plant.branches[name], plant.outlets[name]
        is_least = decision.allocations[name].current == branch.min_current
        if not is_least or index not in branch.path:
            continue
        if outlet.lies and decision.drawn[name][phase] == 0.0:
            return branch.min_current
        if phase in outlet.charger.wiring[1:] and not _is_seen_to_draw(
            plant, moment, name
        ):
            return RIDE * plant.tree.fuses[index].max_current_online
    return 0.0


def _bounded(decision: Decision, node: str) -> set[Phase]:
    """Return the lines of a node that are not measured themselves."""
    worths = zip(Phase, decision.nodes[node].worth, strict=True)
    return {phase for phase, worth in worths if worth.worth is Worth.BOUNDED}


def _ride_through(plant: Plant, moment: Moment, node: str) -> float:
    """Return by how much running minimums may pass a node's limit now, A.

    Only from the first sample above the limit until the next one is due; of a line that is
    bounded by the two others, from the first one at which it is.
    """
    if moment.before is not None and _bounded(moment.decision, node) > _bounded(
        moment.before, node
    ):
        limit = plant.tree.fuses[plant.nodes.index(node)].max_current_online
        return RIDE * limit
    samples = plant.last_two(node)
    if not samples or moment.now - samples[-1][0] > NEXT_SAMPLE:
        return 0.0
    limit = plant.tree.fuses[plant.nodes.index(node)].max_current_online
    *before, last = [highest > limit for _, highest in samples]
    return RIDE * limit if last and not any(before) else 0.0
