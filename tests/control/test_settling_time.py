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


def thermostat(plant: Plant, load: float, on: float, off: float, cycles: int) -> float:
    """Let a load come and go; return for how long the car had all its current, s."""
    whole = 0.0
    for _ in range(cycles):
        house(plant, 5.0 + load)
        plant.settle(on)
        house(plant, 5.0)
        for moment in plant.run(off):
            whole += moment.decision.allocations["a"].current >= 16.0
    return whole


def test_what_a_load_leaves_for_long_is_drawn_and_what_it_leaves_for_short_is_not() -> (
    None
):
    """The same load: by what a raise brings until it is taken back again."""
    short, long = charging(), charging()
    thermostat(short, 10.0, on=60.0, off=90.0, cycles=4)
    assert thermostat(short, 10.0, on=60.0, off=90.0, cycles=6) == 0.0
    thermostat(long, 10.0, on=60.0, off=900.0, cycles=2)
    assert thermostat(long, 10.0, on=60.0, off=900.0, cycles=2) >= 2 * (900.0 - 60.0)


def test_a_house_that_is_calm_again_is_not_waited_for_longer_than_it_was_restless() -> (
    None
):
    plant = charging()
    thermostat(plant, 10.0, on=60.0, off=90.0, cycles=10)
    house(plant, 5.0)
    calm_since = plant.now
    assert back_after(plant) - calm_since <= 480.0
    plant.settle(7200)
    assert come_and_go(plant, 10.0, 30.0) <= 62.0
