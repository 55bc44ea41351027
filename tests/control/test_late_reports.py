"""Reports that are older than they say: only their arrival is known."""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace

import pytest

from custom_components.amp_guard.model import (
    NO_CURRENT,
    SUPPLY_ID,
    Measurement,
    PhaseValues,
    Reason,
)

from .judge import judge
from .laws import check
from .plant import Moment, Plant
from .sites import charger, home


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


@pytest.mark.parametrize("age", [20.0, 45.0, 60.0])
@pytest.mark.parametrize("house", [4.0, 11.0])
def test_a_car_that_stops_by_itself_gives_others_no_more_before_it_says_so(
    age: float, house: float
) -> None:
    plant = Plant(home(charger("a"), charger("b")))
    for outlet in plant.outlets.values():
        outlet.report_age, outlet.tells_when = age, False
        outlet.lag, outlet.ramp = 1.0, 2.0
    plant.loads[SUPPLY_ID] = all_phases(house)
    moment = plant.settle(600)
    before = moment.decision.allocations["b"].current
    plant.outlets["a"].wants = 0.0
    for moment in plant.run(age - 1.0):
        check(plant, moment)
        assert moment.decision.allocations["b"].current <= before
        assert moment.decision.nodes[SUPPLY_ID].base_load == all_phases(house)
    moment = plant.settle(400)  # then it does
    assert moment.decision.allocations["b"].current > before
    assert moment.decision.nodes[SUPPLY_ID].base_load == all_phases(house)


@pytest.mark.parametrize("age", [2.0, 20.0, 60.0])
@pytest.mark.parametrize("only_changes", [False, True])
def test_a_house_that_falls_by_all_that_a_car_draws_is_found_out(
    age: float, only_changes: bool
) -> None:
    plant = late(age, only_changes=only_changes)
    plant.loads[SUPPLY_ID] = all_phases(16.0)
    moment = plant.settle(600)
    assert moment.decision.drawn["a"] == all_phases(9.0)
    plant.loads[SUPPLY_ID] = all_phases(7.0)
    assert pauses(plant.run(240), plant) == 0
    assert plant.outlets["a"].draw == 16.0


@pytest.mark.parametrize("for_", [5.0, 25.0, 40.0])
def test_a_car_that_interrupts_itself_is_itself_when_it_goes_on(for_: float) -> None:
    plant = late(30.0, start_delay=0.0, ramp=32.0)
    plant.loads[SUPPLY_ID] = all_phases(14.0)
    plant.settle(600)
    plant.outlets["a"].wants = 0.0
    plant.settle(for_)
    plant.outlets["a"].wants = 32.0
    verdict = judge(plant, plant.run(300))
    assert verdict.amp_seconds == 0.0
    assert plant.outlets["a"].draw == 11.0


@pytest.mark.parametrize("age", [2.0, 10.0, 20.0, 45.0])
@pytest.mark.parametrize("lag", [2.0, 8.0])
def test_a_cut_that_the_meter_shows_before_the_report_is_no_fall_of_the_house(
    age: float, lag: float
) -> None:
    """Or the start of the next car, for which it was made, is given what is not there."""
    plant = Plant(home(charger("a"), charger("b"), fuse=35.0))
    for outlet in plant.outlets.values():
        outlet.report_age, outlet.tells_when = age, False
        outlet.lag, outlet.start_delay, outlet.ramp = lag, 10.0, 2.0
    plant.loads[SUPPLY_ID] = all_phases(12.0)
    plant.outlets["b"].connected = False
    plant.settle(300)
    assert plant.outlets["a"].draw == 16.0
    plant.outlets["b"].connected = True
    for moment in plant.run(300):
        check(plant, moment)
        assert min(moment.decision.nodes[SUPPLY_ID].base_load) >= 11.0
        assert sum(each.draw for each in plant.outlets.values()) <= 23.0
    assert plant.outlets["b"].draw >= 10.0


@pytest.mark.parametrize("age", [5.0, 15.0, 30.0, 45.0, 60.0])
@pytest.mark.parametrize("after", [20.0, 30.0, 45.0])
def test_a_start_that_is_not_told_yet_is_a_cars_also_above_the_limit(
    age: float, after: float
) -> None:
    """The house rises before the first report: the car is cut, for there is room."""
    plant = late(age)
    plant.loads[SUPPLY_ID] = all_phases(7.0)
    assert pauses(plant.run(after), plant) == 0
    plant.loads[SUPPLY_ID] = all_phases(15.0)
    assert pauses(plant.run(120), plant) == 0
    assert plant.outlets["a"].draw >= 8.0


@pytest.mark.parametrize("age", [20.0, 30.0, 45.0])
@pytest.mark.parametrize("low", [9.0, 11.0])
def test_what_was_sent_since_a_late_report_may_be_drawn(age: float, low: float) -> None:
    """It was cut and raised again, and is cut before its report shows any of it."""
    plant = late(age, lag=3.0)
    for _ in range(3):  # three answers tell how late it is
        for house in (5.0, 17.0):
            plant.loads[SUPPLY_ID] = all_phases(house)
            assert pauses(plant.run(150), plant) == 0
    plant.loads[SUPPLY_ID] = all_phases(low)
    assert pauses(plant.run(age - 2.0 + 30.0), plant) == 0
    plant.loads[SUPPLY_ID] = all_phases(17.0)
    assert pauses(plant.run(120), plant) == 0


@pytest.mark.parametrize("age", [20.0, 30.0, 45.0, 60.0])
def test_who_is_seen_to_follow_a_cut_need_not_have_said_so(age: float) -> None:
    plant = late(age, lag=3.0)
    plant.loads[SUPPLY_ID] = all_phases(9.0)
    plant.settle(300)
    plant.loads[SUPPLY_ID] = all_phases(13.0)
    for moment in plant.run(120):
        allocation = moment.decision.allocations["a"]
        assert allocation.reason is not Reason.NOT_FOLLOWING


@pytest.mark.parametrize("by", [1.0, 2.0])
@pytest.mark.parametrize("ramp", [2.0, 5.0, 32.0])
def test_a_meter_that_is_later_than_a_charger_makes_no_base_load_of_a_cut(
    by: float, ramp: float
) -> None:
    plant = Plant(home())
    outlet = plant.outlets["a"]
    outlet.lag, outlet.ramp = 2.0, ramp
    plant.damage = LateMeter(by)
    plant.loads[SUPPLY_ID] = all_phases(3.0)
    plant.settle(300)
    plant.loads[SUPPLY_ID] = all_phases(17.0)
    assert pauses(plant.run(60), plant) == 0
    assert outlet.draw >= 7.0


@pytest.mark.parametrize("restarted", [False, True])
def test_who_tells_nothing_is_taken_to_have_followed_in_time(
    *, restarted: bool
) -> None:
    """Also after a restart, when it never said that its car rests."""
    plant = Plant(home())
    outlet = plant.outlets["a"]
    outlet.report_age, outlet.tells_limit = None, False
    plant.loads[SUPPLY_ID] = all_phases(5.0)
    plant.settle(300)
    if restarted:
        plant.restart()
        plant.settle(120)
    outlet.obeys = False
    plant.loads[SUPPLY_ID] = all_phases(12.0)
    moment = plant.settle(100)
    assert moment.decision.allocations["a"].current == 0.0
    assert moment.decision.drawn["a"] == NO_CURRENT


class LateMeter:
    """A meter that shows what flowed some s ago."""

    def __init__(self, by: float) -> None:
        self._shown: deque[Measurement] = deque(maxlen=int(by) + 1)

    def __call__(self, sample: Measurement) -> Measurement:
        """Return what it shows in place of a sample."""
        self._shown.append(sample)
        return replace(sample, current=self._shown[0].current)
