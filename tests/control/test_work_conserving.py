"""Nothing usable is left while a charger wants it, and every trouble ends.

Each history ends in a long calm: every fault is over, a small load ripples, cars take
what they get. What is left of the fuses then must be of no use to anybody.
"""

from collections.abc import Iterator, Mapping

from hypothesis import given

from custom_components.amp_guard.control.tree import Node
from custom_components.amp_guard.model import (
    BalancerType,
    EarthingSystem,
    Phase,
    PhaseValues,
    Site,
)

from .laws import check_figures, steered
from .plant import MeterMode, Moment, Plant
from .sites import charger, home
from .strategies import Event, currents, examples, histories, live, sites

CALM = 4000.0
"""s: longer than starts that are spent (an hour) hold a car off."""
SAMPLE = 10.0
"""s between the calm's samples."""
MARGIN = 1.0
"""A that a meter each 10 s is trusted less, at most."""
LEAST_CHANGE = 1.0
"""A: a smaller raise is not worth a command."""
NEVER = 1e6
"""s: a turn that does not end while one looks."""


def calm_down(plant: Plant, loads: Mapping[int, PhaseValues]) -> Moment:
    """End all faults, let the loads be small, and wait."""
    for node in plant.nodes:
        plant.modes[node] = MeterMode.GOOD
    plant.ceilings.clear()
    for outlet in plant.outlets.values():
        outlet.reachable = outlet.obeys = True
        outlet.user_limit = outlet.socket_current = None
        outlet.report_age = 0.0
        outlet.ramp = 32.0
        outlet.start_delay = outlet.lag = 0.0
        outlet.full = False
        outlet.wants = max(outlet.wants, 6.0)
    last = plant.step(SAMPLE)
    for step in range(int(CALM / SAMPLE)):
        ripple = 0.1 * (step % 2)
        for index, node in enumerate(plant.nodes):
            load = loads.get(index, PhaseValues(0.0, 0.0, 0.0))
            plant.loads[node] = PhaseValues(*(value + ripple for value in load))
        last = plant.step(SAMPLE)
    return last


def path_up(plant: Plant, node: Node) -> Iterator[int]:
    """Yield the indices of a node and of all above it."""
    yield node.index
    while node.parent is not None:
        node = plant.tree.nodes[node.parent]
        yield node.index


def free_on(
    plant: Plant, moment: Moment, allocated: Mapping[str, float]
) -> list[float]:
    """Return what `allocated` leaves of each phase of each node, A, by the true loads."""
    free = []
    for node in plant.tree.nodes:
        seen = any(plant.tree.nodes[index].metered for index in path_up(plant, node))
        limit = node.max_current_online if seen else node.max_current_offline
        house = [0.0, 0.0, 0.0]
        if node.metered:
            house = list(plant.flow(node.index))
            for name, branch in plant.branches.items():
                if branch.active and node.index in branch.seen_by:
                    outlet = plant.outlets[name]
                    for phase in Phase:
                        house[phase] -= outlet.weights[phase] * outlet.draw
        for phase in Phase:
            taken = sum(
                plant.outlets[name].weights[phase] * current
                for name, current in allocated.items()
                if node.index in plant.branches[name].path
            )
            kept_free = sum(
                branch.charger.socket_current
                for branch in plant.branches.values()
                if branch.active
                and node.index in branch.path
                and phase == branch.charger.wiring[0]
            )
            free.append(limit - house[phase] - taken - kept_free)
    return free


def fits(plant: Plant, free: list[float], name: str, current: float) -> bool:
    """Return whether a charger could take `current` more, whatever the margin."""
    outlet, branch = plant.outlets[name], plant.branches[name]
    # Which phases a car will use is not known before it charges.
    weights = outlet.weights if outlet.draw else branch.weights
    return all(
        free[3 * index + phase] >= weights[phase] * current + MARGIN
        for index in branch.path
        for phase in Phase
        if weights[phase]
    )


def wanting(plant: Plant, moment: Moment) -> list[str]:
    """Return the chargers whose cars would take more than they are allocated."""
    names = []
    for name in steered(plant):
        outlet, branch = plant.outlets[name], plant.branches[name]
        allocated = moment.decision.allocations[name].current
        most = min(outlet.wants, branch.max_current)
        if (
            outlet.connected
            and allocated < most - LEAST_CHANGE - branch.charger.resolution
        ):
            names.append(name)
    return names


def check_nothing_left(plant: Plant, moment: Moment) -> None:
    """Assert that nobody could be given more."""
    allocated = {n: moment.decision.allocations[n].current for n in steered(plant)}
    free = free_on(plant, moment, allocated)
    for name in wanting(plant, moment):
        branch = plant.branches[name]
        usable = max(LEAST_CHANGE, branch.charger.resolution)
        if not allocated[name]:
            usable = branch.min_current
        assert not fits(plant, free, name, usable), (
            name,
            allocated,
            free,
            moment.decision.allocations[name],
        )


@examples(40)
@given(site=sites(turn=NEVER), history=histories(), load=currents(0, 8))
def test_every_trouble_ends_with_nothing_usable_left(
    site: Site, history: list[Event], load: float
) -> None:
    plant = Plant(site, phases=(3, 1, 2))
    for moment in live(plant, history):
        check_figures(moment.decision)
    # A line of an IT net cannot carry more than the two others together.
    is_it = site.supply.earthing_system is EarthingSystem.IT
    loads = {0: PhaseValues(load, load / 2, load / 2 if is_it else 0.0)}
    check_nothing_left(plant, calm_down(plant, loads))


def test_a_running_car_does_not_hold_up_who_goes_before_it() -> None:
    """What the first is to have is not planned beside a car that has no room then."""
    site = home(
        charger("a", max_current=10.0),
        charger("b", wiring=(Phase.L1,), min_current=7.0, max_current=10.0),
        charger("c", wiring=(Phase.L2,), max_current=10.0),
        fuse=20.0,
        balancer_type=BalancerType.PRIORITY_ORDER,
    )
    plant = Plant(site, phases=(3, 1, 1))
    calm_down(plant, {0: PhaseValues(2.4, 1.3, 10.1)})
    moment = calm_down(plant, {0: PhaseValues(2.4, 1.3, 0.0)})
    assert moment.decision.allocations["a"].current == 10.0
