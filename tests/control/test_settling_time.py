"""How long headroom must have lasted: longer after a raise that was in vain, if it was."""

import pytest

from custom_components.amp_guard.model import SUPPLY_ID, PhaseValues

from .plant import Plant
from .sites import charger, home


def house(plant: Plant, current: float) -> None:
    plant.loads[SUPPLY_ID] = PhaseValues(current, current, current)


def back_after(plant: Plant) -> float:
    """Return how many s after its load has gone the car has all of its current again."""
    for moment in plant.run(300):
        if moment.decision.allocations["a"].current >= 16.0:
            return plant.now
    return float("inf")


def charging() -> Plant:
    plant = Plant(home(charger("a")))
    house(plant, 5.0)
    plant.settle(300)
    assert plant.outlets["a"].draw == 16.0
    return plant


def come_and_go(plant: Plant, load: float, seconds: float) -> float:
    """Let a load come for so long; return how long the car waits when it has gone."""
    house(plant, 5.0 + load)
    plant.settle(seconds)
    house(plant, 5.0)
    gone = plant.now
    return back_after(plant) - gone


def test_an_oven_that_comes_back_after_a_raise_makes_it_wait_longer() -> None:
    plant = charging()
    assert come_and_go(plant, 10.0, 30.0) <= 32.0
    plant.settle(5)
    assert 55.0 <= come_and_go(plant, 10.0, 30.0) <= 65.0
    plant.settle(5)
    assert 110.0 <= come_and_go(plant, 10.0, 30.0) <= 125.0


@pytest.mark.parametrize("each", [1.0, 10.0, 20.0, 30.0])
def test_a_raise_waits_for_three_samples_however_slow_the_meter(each: float) -> None:
    """Two that both met the load while it was away say little."""
    plant = Plant(home(charger("a")))
    house(plant, 17.0)
    plant.settle(20 * each, each)
    assert 6.0 <= plant.outlets["a"].draw <= 8.0
    house(plant, 5.0)
    gone = plant.now
    for moment in plant.run(600, each):
        if moment.decision.allocations["a"].current > 8.0:
            break
    assert plant.now - gone >= max(30.0, 2 * each)
    assert plant.now - gone <= max(30.0, 2 * each) + each
