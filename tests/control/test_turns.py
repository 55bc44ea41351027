"""When not all fit: who charges, who waits, and that nobody waits for ever."""

from collections.abc import Iterable
from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.model import (
    SUPPLY_ID,
    BalancerType,
    Charger,
    Phase,
    PhaseValues,
    Reason,
)

from .plant import Plant
from .sites import charger, home
from .strategies import examples

HOUR = 3600.0


def crowded(chargers: Iterable[Charger], house: float, *, turn: float) -> Plant:
    """Return a home with a car at every charger that wants all it can get."""
    plant = Plant(home(*chargers, turn=turn))
    plant.loads[SUPPLY_ID] = PhaseValues(house, house, house)
    return plant


def charged(plant: Plant, seconds: float) -> dict[str, float]:
    """Return the A·s that each car takes in so many s."""
    taken = dict.fromkeys(plant.outlets, 0.0)
    for moment in plant.run(seconds, each=5.0):
        assert moment.decision.time == moment.now
        for name, outlet in plant.outlets.items():
            taken[name] += 5.0 * outlet.draw
    return taken


@examples(40)
@given(
    minimums=st.lists(st.sampled_from([6.0, 7.0, 8.0, 10.0]), min_size=2, max_size=5),
    room=st.integers(10, 20),
)
def test_nobody_waits_for_ever(minimums: list[float], room: int) -> None:
    """Everyone whose minimum fits alone has charged within a cycle of turns."""
    chargers = [
        charger(f"c{number}", min_current=low) for number, low in enumerate(minimums)
    ]
    plant = crowded(chargers, 25.0 - room - 0.5, turn=600.0)
    taken = charged(plant, 600.0 * (len(chargers) + 2))
    assert min(taken.values()) > 0, taken


def test_equals_get_equal_energy_by_turns() -> None:
    plant = crowded(map(charger, "abc"), 15.0, turn=600.0)
    taken = charged(plant, 6 * HOUR)
    mean = sum(taken.values()) / 3
    assert all(value == pytest.approx(mean, rel=0.15) for value in taken.values())


def test_who_needs_more_to_start_has_its_turn_too() -> None:
    chargers = (charger("a"), charger("b"), charger("c", min_current=8.0))
    plant = crowded(chargers, 16.0, turn=600.0)
    taken = charged(plant, 6 * HOUR)
    assert taken["c"] >= 0.5 * max(taken.values())


def test_the_fewest_pause() -> None:
    plant = crowded(map(charger, "abc"), 5.0, turn=HOUR)
    moment = plant.settle(300)
    currents = sorted(a.current for a in moment.decision.allocations.values())
    assert currents == [6.0, 7.0, 7.0]
    plant.loads[SUPPLY_ID] = PhaseValues(8.0, 8.0, 8.0)
    moment = plant.settle(60)
    currents = sorted(a.current for a in moment.decision.allocations.values())
    assert currents[0] == 0.0
    assert sum(currents) == pytest.approx(17.0, abs=1.0)
    assert currents[1] >= 6.0


def test_priority_is_strict() -> None:
    chargers = (charger("a", priority=2), charger("b", priority=1))
    plant = crowded(chargers, 5.0, turn=HOUR)
    moment = plant.settle(600)
    allocations = moment.decision.allocations
    assert allocations["b"].current == 16.0
    assert allocations["a"].current == 0.0
    assert allocations["a"].reason in {Reason.WAITING_TURN, Reason.NO_ROOM}


def test_first_come_is_first_served() -> None:
    plant = Plant(
        home(charger("a"), charger("b"), balancer_type=BalancerType.FIRST_COME)
    )
    plant.loads[SUPPLY_ID] = PhaseValues(5.0, 5.0, 5.0)
    plant.outlets["a"].connected = False
    plant.settle(60)
    plant.outlets["a"].connected = True
    moment = plant.settle(600)
    assert moment.decision.allocations["b"].current == 16.0


def test_starts_are_staggered_below_a_node() -> None:
    plant = Plant(home(*map(charger, "abc"), fuse=63.0))
    started: dict[str, float] = {}
    for moment in plant.run(120):
        for name, allocation in moment.decision.allocations.items():
            if allocation.current:
                started.setdefault(name, moment.now)
    times = sorted(started.values())
    assert len(times) == 3
    assert all(b - a >= 10.0 for a, b in pairwise(times))


def test_who_was_paused_stays_so_for_two_minutes() -> None:
    plant = crowded([charger("a")], 5.0, turn=HOUR)
    plant.settle(60)
    plant.loads[SUPPLY_ID] = PhaseValues(24.0, 24.0, 24.0)
    paused = plant.settle(5)
    assert paused.decision.allocations["a"].current == 0.0
    plant.loads[SUPPLY_ID] = PhaseValues(5.0, 5.0, 5.0)
    for moment in plant.run(110):
        assert moment.decision.allocations["a"].current == 0.0
    assert plant.settle(60).decision.allocations["a"].current == 16.0


def test_a_car_is_started_at_most_eight_times_an_hour() -> None:
    plant = crowded([charger("a")], 5.0, turn=HOUR)
    starts, before = [], 0.0
    for moment in plant.run(4 * HOUR, each=5.0):
        rough = moment.now % 400 < 100
        house = 24.0 if rough else 5.0
        plant.loads[SUPPLY_ID] = PhaseValues(house, house, house)
        current = moment.decision.allocations["a"].current
        if current and not before:
            starts.append(moment.now)
        before = current
    assert len(starts) >= 8
    for first, ninth in zip(starts, starts[8:], strict=False):
        assert ninth - first >= HOUR


@pytest.mark.parametrize("turn", [600.0, HOUR])
def test_turns_that_end_together_are_handed_over_one_by_one(turn: float) -> None:
    """Nobody pauses for one who cannot start yet: starts are 10 s apart."""
    plant = crowded((charger(f"c{number}") for number in range(6)), 6.5, turn=turn)
    plant.settle(60)
    charging = []
    for moment in plant.run(3 * turn):
        allocations = moment.decision.allocations.values()
        charging.append(sum(a.current > 0 for a in allocations))
    assert max(charging) == 3
    assert min(charging) >= 2, charging


@pytest.mark.parametrize("room", [13.0, 15.0, 19.0, 20.0])
def test_a_turn_is_handed_over_with_all_that_it_leaves(room: float) -> None:
    """Who comes after has the odd ampere: nobody else needs to be commanded for it."""
    plant = crowded(map(charger, "abcd"), 25.0 - room, turn=600.0)
    plant.settle(500)
    short = 0.0
    for moment in plant.run(6 * 600.0):
        allocations = moment.decision.allocations.values()
        short += room - sum(a.current for a in allocations)
    # Of each turn no more than what the one who leaves is seen to leave, and a stagger.
    assert short <= 6 * int(room // 6) * 16.0 * 7.0 / 2


def test_who_was_often_stopped_needs_no_more_for_ever_than_alone() -> None:
    """Little more than its minimum fits beside another, and has for minutes."""
    plant = crowded([charger("a"), charger("b", wiring=(Phase.L3,))], 2.0, turn=HOUR)
    for _ in range(5):
        plant.settle(250)
        assert plant.outlets["a"].draw
        plant.loads[SUPPLY_ID] = PhaseValues(24.0, 2.0, 2.0)
        plant.settle(20)
        assert not plant.outlets["a"].draw
        plant.loads[SUPPLY_ID] = PhaseValues(2.0, 2.0, 2.0)
    plant.loads[SUPPLY_ID] = PhaseValues(2.0, 2.0, 11.9)
    plant.settle(540)
    assert plant.outlets["a"].draw
