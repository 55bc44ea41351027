"""Who draws what: what is believed of late, early and missing reports."""

import pytest

from custom_components.amp_guard.control.draw import Draw
from custom_components.amp_guard.control.report_delay import ReportDelay
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


def answer(delay: ReportDelay, *, at: float, metered: float, reported: float) -> None:
    """Let a raise by 6 A be seen by the meter and by the charger at these times."""
    delay.command(6.0, at)
    for current, time in ((10.0, at), (16.0, metered)):
        delay.observe_meter(current, time)
    for current, time in ((10.0, at), (16.0, reported)):
        delay.observe_report(current, time)


def test_what_comes_later_by_the_same_again_and_again_is_late() -> None:
    delay = ReportDelay()
    for at in (0.0, 100.0, 200.0):
        assert delay.seconds == 0.0
        answer(delay, at=at, metered=at + 5, reported=at + 20)
    assert delay.seconds == 15.0


def test_nothing_is_learned_from_a_command_soon_after_another() -> None:
    """What is seen may still be the answer to the one before."""
    delay = ReportDelay()
    for at in (0.0, 10.0, 20.0, 30.0, 40.0):
        answer(delay, at=at, metered=at + 5, reported=at + 9)
    assert delay.seconds == 0.0


def test_no_meter_is_as_late_as_that() -> None:
    delay = ReportDelay()
    for at in (0.0, 100.0, 200.0, 300.0):
        answer(delay, at=at, metered=at + 30, reported=at + 5)
    assert delay.seconds == 0.0


def test_a_report_that_is_newer_than_the_sample_leaves_no_doubt_where_none_moved() -> (
    None
):
    (branch,) = Tree(home()).branches
    draw = Draw(branch, EarthingSystem.TN)
    for at in (0.0, 100.0, 200.0):  # the meter is the later one
        answer(draw.report_delay, at=at, metered=at + 9, reported=at + 5)
    assert draw.report_delay.seconds == -4.0
    draw.observe(reading(8.0, 300.0), 0.0, 300.0)
    draw.observe(reading(8.0, 320.0), 0.0, 320.0)
    draw.settle(all_phases(11.0))  # as it was believed to draw before
    says = all_phases(8.0)
    assert (
        draw.bounds(320.0, 8.0, ChargerStatus.CHARGING, LONG, (8.0, 8.0)) == (says,) * 3
    )
    # Between two reports it may have drawn either.
    draw.observe(reading(14.0, 321.0), 0.0, 321.0)
    low, likely, high = draw.bounds(
        321.0, 14.0, ChargerStatus.CHARGING, 1.0, (14.0, 14.0)
    )
    assert (low, likely, high) == (says, all_phases(14.0), all_phases(14.0))


@pytest.mark.parametrize("says", ["waiting", "full"])
def test_who_says_that_its_car_draws_nothing_is_not_cut_for_others(says: str) -> None:
    """Though it does not report its current, and might take what it was allocated."""
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


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_a_car_that_begins_late_is_taken_to_draw_what_it_may(noise: float) -> None:
    plant = Plant(home(charger("a"), charger("b")))
    outlet = plant.outlets["a"]
    outlet.report_age, outlet.wants = None, 0.0
    plant.loads[SUPPLY_ID] = all_phases(4.0)
    plant.settle(20)
    plant.loads[SUPPLY_ID] = all_phases(4.0 + noise)
    moment = plant.settle(80)
    assert max(moment.decision.drawn["a"]) <= noise + 1e-6
    allocated = moment.decision.allocations["a"].current
    assert allocated >= 6.0
    outlet.wants = 16.0
    moment = plant.settle(3)
    assert moment.decision.drawn["a"] == pytest.approx(all_phases(outlet.draw), abs=1.0)
    assert moment.decision.nodes[SUPPLY_ID].base_load == pytest.approx(
        all_phases(4.0), abs=1.0
    )


def test_what_no_report_has_shown_since_is_base_load() -> None:
    """A rise of the base load that was attributed to a car is withdrawn."""
    plant = Plant(home(charger("a"), fuse=35.0))
    outlet = plant.outlets["a"]
    outlet.report_age, outlet.starts_from = 3.0, 32.0
    while not plant.settle(10, each=10).decision.allocations["a"].current:
        assert plant.now < 300
    plant.loads[SUPPLY_ID] = all_phases(6.0)
    assert plant.step(10).decision.drawn["a"] == all_phases(6.0)
    moment = plant.settle(90, each=10)  # a report may come as late
    assert moment.decision.drawn["a"] == (0.0, 0.0, 0.0)
    assert moment.decision.nodes[SUPPLY_ID].base_load == all_phases(6.0)
