"""A car that starts, or goes on, long after it was allowed to: its rise is its own."""

import pytest

from custom_components.amp_guard.model import SUPPLY_ID, PhaseValues

from .judge import judge
from .laws import check
from .plant import Outlet, Plant
from .sites import charger, home

HOUSE = PhaseValues(14.0, 14.0, 14.0)


def interrupted(
    *, phases: int = 3, age: float = 2.0, each: float = 0.0, ramp: float = 32.0
) -> tuple[Plant, Outlet]:
    """Return a home that is full, whose car has interrupted itself long after a command."""
    plant = Plant(home(), phases=(phases,))
    outlet = plant.outlets["a"]
    outlet.report_age, outlet.tells_when, outlet.asked_each = age, False, each
    outlet.ramp, outlet.lag, outlet.start_delay = ramp, 1.0, 0.0
    plant.loads[SUPPLY_ID] = HOUSE
    plant.settle(600)
    assert outlet.draw == 11.0
    outlet.wants = 0.0
    plant.settle(45)
    return plant, outlet


@pytest.mark.parametrize("phases", [1, 2, 3])
@pytest.mark.parametrize(("age", "each"), [(0.0, 10.0), (2.0, 0.0), (5.0, 10.0)])
@pytest.mark.parametrize("ramp", [8.0, 32.0])
def test_who_goes_on_after_an_interruption_is_neither_paused_nor_cut(
    phases: int, age: float, each: float, ramp: float
) -> None:
    plant, outlet = interrupted(phases=phases, age=age, each=each, ramp=ramp)
    outlet.wants = 32.0
    for moment in plant.run(60):
        check(plant, moment)
        assert moment.decision.allocations["a"].current >= 11.0
        base_load = moment.decision.nodes[SUPPLY_ID].base_load
        assert max(base_load) <= 14.0
    assert outlet.draw == 11.0
    assert moment.decision.nodes[SUPPLY_ID].base_load == pytest.approx(HOUSE)


@pytest.mark.parametrize("phases", [1, 3])
@pytest.mark.parametrize("age", [2.0, 5.0])
def test_a_load_that_comes_on_another_phase_at_the_same_time_is_the_houses(
    phases: int, age: float
) -> None:
    """The whole overload is cut, whoever is believed to have risen."""
    plant, outlet = interrupted(phases=phases, age=age)
    outlet.wants = 32.0
    plant.loads[SUPPLY_ID] = PhaseValues(14.0, 18.0, 14.0)
    verdict = judge(plant, plant.run(120))
    assert verdict.seconds <= 6.0
    assert outlet.draw == (6.0 if phases == 3 else 11.0)


@pytest.mark.parametrize("age", [2.0, 5.0, 20.0])
@pytest.mark.parametrize("rise", [9.0, 11.0])
def test_the_house_that_rises_like_a_car_is_found_out_by_its_next_report(
    age: float, rise: float
) -> None:
    plant, outlet = interrupted(age=age)
    plant.loads[SUPPLY_ID] = PhaseValues(*(amps + rise for amps in HOUSE))
    moment = plant.settle(4 * age + 90)
    assert moment.decision.nodes[SUPPLY_ID].base_load == plant.loads[SUPPLY_ID]
    outlet.wants = 32.0
    verdict = judge(plant, plant.run(60))
    assert verdict.amp_seconds == 0.0


@pytest.mark.parametrize("delay", [55.0, 75.0, 100.0])
def test_a_slow_car_that_begins_when_nobody_waits_any_longer_is_not_the_house(
    delay: float,
) -> None:
    plant = Plant(home(charger("a")))
    outlet = plant.outlets["a"]
    outlet.report_age, outlet.tells_when, outlet.asked_each = 2.0, False, 10.0
    outlet.lag, outlet.start_delay = 1.0, delay
    plant.loads[SUPPLY_ID] = PhaseValues(4.0, 4.0, 4.0)
    for moment in plant.run(300):
        check(plant, moment)
        assert max(moment.decision.nodes[SUPPLY_ID].base_load) <= 5.0
    assert outlet.draw > 6.0
