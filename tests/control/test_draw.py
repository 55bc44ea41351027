"""Who draws what: what is believed of late, early and missing reports."""

import pytest

from custom_components.amp_guard.control.draw import Draw
from custom_components.amp_guard.control.lateness import Lateness
from custom_components.amp_guard.control.tree import Tree
from custom_components.amp_guard.model import (
    SUPPLY_ID,
    ChargerReading,
    ChargerStatus,
    EarthingSystem,
    PhaseValues,
)

from .plant import Plant
from .sites import charger, home

LONG = 400.0


def all_phases(current: float) -> PhaseValues:
    return PhaseValues(current, current, current)


def reading(current: float, time: float) -> ChargerReading:
    return ChargerReading(
        status=ChargerStatus.CHARGING, current=all_phases(current), current_time=time
    )


def answer(lateness: Lateness, *, told: float, metered: float, reported: float) -> None:
    """Let a raise by 6 A be seen by the meter and by the charger at these times."""
    lateness.tell(6.0, told)
    for current, time in ((10.0, told), (16.0, metered)):
        lateness.meter(current, time)
    for current, time in ((10.0, told), (16.0, reported)):
        lateness.report(current, time)


def test_what_comes_later_by_the_same_again_and_again_is_late() -> None:
    lateness = Lateness()
    for told in (0.0, 100.0, 200.0):
        assert lateness.seconds == 0.0
        answer(lateness, told=told, metered=told + 5, reported=told + 20)
    assert lateness.seconds == 15.0


def test_nothing_is_learned_from_a_command_soon_after_another() -> None:
    """What is seen may still be the answer to the one before."""
    lateness = Lateness()
    for told in (0.0, 10.0, 20.0, 30.0, 40.0):
        answer(lateness, told=told, metered=told + 5, reported=told + 9)
    assert lateness.seconds == 0.0


def test_no_meter_is_as_late_as_that() -> None:
    lateness = Lateness()
    for told in (0.0, 100.0, 200.0, 300.0):
        answer(lateness, told=told, metered=told + 30, reported=told + 5)
    assert lateness.seconds == 0.0


def test_a_report_that_is_newer_than_the_sample_leaves_no_doubt_where_none_moved() -> (
    None
):
    (branch,) = Tree(home()).branches
    draw = Draw(branch, EarthingSystem.TN)
    for told in (0.0, 100.0, 200.0):  # the meter is the later one
        answer(draw.lateness, told=told, metered=told + 9, reported=told + 5)
    assert draw.lateness.seconds == -4.0
    draw.hear(reading(8.0, 300.0), 0.0, 300.0)
    draw.hear(reading(8.0, 320.0), 0.0, 320.0)
    draw.estimate = [11.0, 11.0, 11.0]  # as it was believed to draw before
    assert draw.bounds(320.0, 8.0, ChargerStatus.CHARGING, LONG) == ([8.0] * 3,) * 3
    # Between two reports it may have drawn either.
    draw.hear(reading(14.0, 321.0), 0.0, 321.0)
    low, likely, high = draw.bounds(321.0, 14.0, ChargerStatus.CHARGING, 1.0)
    assert (low, likely, high) == ([8.0] * 3, [14.0] * 3, [14.0] * 3)


@pytest.mark.parametrize("says", ["waiting", "full"])
def test_who_says_that_its_car_draws_nothing_is_not_cut_for_others(says: str) -> None:
    """Though it does not report its current, and might take what it was given."""
    plant = Plant(home(charger("a"), charger("b")))
    plant.outlets["a"].report_age = None
    plant.outlets["a"].starts_from = 32.0
    plant.outlets["a"].full = says == "full"
    plant.settle(120)
    plant.loads[SUPPLY_ID] = all_phases(4.0)
    moment = plant.settle(120)
    assert moment.decision.drawn["a"] == (0.0, 0.0, 0.0)
    assert moment.decision.nodes[SUPPLY_ID].base_load == pytest.approx(all_phases(4.0))
    before = moment.decision.allocations["b"].current
    plant.loads[SUPPLY_ID] = all_phases(25.0 - before + 2.0)
    after = plant.step().decision.allocations["b"]
    assert after.send
    assert after.current <= before - 2.0


def test_a_car_that_begins_late_is_credited_with_what_it_may_draw() -> None:
    plant = Plant(home(charger("a"), charger("b")))
    outlet = plant.outlets["a"]
    outlet.report_age, outlet.wants = None, 0.0
    plant.loads[SUPPLY_ID] = all_phases(4.0)
    moment = plant.settle(300)
    assert moment.decision.drawn["a"] == (0.0, 0.0, 0.0)
    given = moment.decision.allocations["a"].current
    assert given >= 6.0
    outlet.wants = 16.0
    moment = plant.settle(3)
    assert moment.decision.drawn["a"] == pytest.approx(all_phases(outlet.draw), abs=1.0)
    assert moment.decision.nodes[SUPPLY_ID].base_load == pytest.approx(
        all_phases(4.0), abs=1.0
    )


def test_what_no_report_has_shown_since_is_the_houses() -> None:
    """A car that was credited with a rise of the house gives it back."""
    plant = Plant(home(charger("a"), fuse=35.0))
    outlet = plant.outlets["a"]
    outlet.report_age, outlet.starts_from = 3.0, 32.0
    while not plant.settle(10, each=10).decision.allocations["a"].current:
        assert plant.now < 300
    plant.loads[SUPPLY_ID] = all_phases(6.0)
    assert plant.step(10).decision.drawn["a"] == all_phases(6.0)
    moment = plant.settle(50, each=10)
    assert moment.decision.drawn["a"] == (0.0, 0.0, 0.0)
    assert moment.decision.nodes[SUPPLY_ID].base_load == all_phases(6.0)
