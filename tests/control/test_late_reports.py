"""Reports that are older than they say: only their arrival is known."""

from collections.abc import Iterable

import pytest

from custom_components.amp_guard.model import SUPPLY_ID, PhaseValues

from .judge import judge
from .laws import check
from .plant import Moment, Plant
from .sites import home


def all_phases(current: float) -> PhaseValues:
    return PhaseValues(current, current, current)


def late(age: float, **how: float) -> Plant:
    """Return a home whose only charger reports `age` s late, and does not say so."""
    plant = Plant(home())
    outlet = plant.outlets["a"]
    outlet.report_age, outlet.tells_when = age, False
    outlet.start_delay, outlet.ramp, outlet.lag = 8.0, 2.0, 1.0
    for name, value in how.items():
        setattr(outlet, name, value)
    return plant


def pauses(moments: Iterable[Moment], plant: Plant, name: str = "a") -> int:
    """Let the moments pass, hold the laws; return how often a charger was paused."""
    paused = 0
    for moment in moments:
        check(plant, moment)
        before = moment.before and moment.before.allocations[name].current
        paused += bool(before and not moment.decision.allocations[name].current)
    return paused


@pytest.mark.parametrize("age", [0.0, 1.0, 2.0, 5.0, 15.0, 30.0, 50.0])
@pytest.mark.parametrize("start_delay", [2.0, 20.0, 50.0])
def test_a_cars_own_start_is_not_taken_for_the_house(
    age: float, start_delay: float
) -> None:
    plant = late(age, start_delay=start_delay)
    plant.loads[SUPPLY_ID] = all_phases(14.0)
    assert pauses(plant.run(900), plant) == 0
    assert plant.outlets["a"].draw == 11.0


@pytest.mark.parametrize("age", [1.0, 5.0, 15.0])
@pytest.mark.parametrize("at", [50.0, 60.0, 75.0, 200.0])
def test_a_rise_of_the_house_is_cut_for_however_late_the_reports(
    age: float, at: float
) -> None:
    """Wherever in the car's start it comes."""
    plant = late(age)
    plant.loads[SUPPLY_ID] = all_phases(11.0)
    plant.settle(at)
    plant.loads[SUPPLY_ID] = all_phases(17.0)
    verdict = judge(plant, plant.run(300))
    assert verdict.seconds <= 6.0
    assert verdict.amp_seconds <= 25.0
    assert plant.outlets["a"].draw == 8.0
