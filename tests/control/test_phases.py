"""Which phases a car uses: known, seen, or tried."""

from dataclasses import replace

import pytest

from custom_components.amp_guard.model import (
    SUPPLY_ID,
    ChargerReading,
    MeterTrust,
    PhaseValues,
)

from .judge import judge
from .plant import Outlet, Plant
from .sites import charger, home

CROWDED = PhaseValues(2.0, 2.0, 20.0)
"""A on a fuse of 25 A: no three-phase start fits on L3."""


def crowded(*, phases: int, load: PhaseValues = CROWDED) -> Plant:
    plant = Plant(home(charger("a")), phases=(phases,))
    plant.loads[SUPPLY_ID] = load
    return plant


def stored(monkeypatch: pytest.MonkeyPatch, phases: int | None) -> None:
    """Let every charger's reading say what was stored of its car."""
    reading = Outlet.reading

    def with_phases(outlet: Outlet, now: float, shift: float) -> ChargerReading:
        return replace(reading(outlet, now, shift), phases=phases)

    monkeypatch.setattr(Outlet, "reading", with_phases)


def charging(plant: Plant, current: float) -> Plant:
    outlet = plant.outlets["a"]
    outlet.limit = outlet.draw = current
    plant.restart()
    return plant


@pytest.mark.parametrize("known", [None, 1])
def test_a_one_phase_car_goes_on_over_a_restart(
    monkeypatch: pytest.MonkeyPatch, known: int | None
) -> None:
    stored(monkeypatch, known)
    plant = charging(crowded(phases=1), 10.0)
    for moment in plant.run(120):
        assert moment.decision.allocations["a"].current >= 10.0
    plant.settle(200)
    assert plant.outlets["a"].draw == 16.0


def test_a_three_phase_car_is_cut_after_a_restart() -> None:
    plant = charging(crowded(phases=3), 10.0)
    assert judge(plant, plant.run(300)).seconds <= 3.0
    assert plant.outlets["a"].draw == 0.0


def test_what_was_known_of_the_phases_lets_it_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored(monkeypatch, 1)
    plant = crowded(phases=1, load=PhaseValues(2.0, 2.0, 24.0))
    plant.settle(300)
    assert plant.outlets["a"].draw == 16.0


@pytest.mark.parametrize("report_age", [0.0, 10.0, 30.0])
def test_a_start_is_tried_where_it_may_fit(report_age: float) -> None:
    plant = crowded(phases=1)
    plant.outlets["a"].report_age = report_age
    assert judge(plant, plant.run(400)).seconds == 0.0
    assert plant.outlets["a"].draw == 16.0


@pytest.mark.parametrize("report_age", [0.0, 10.0, 30.0])
@pytest.mark.parametrize("own", [19.5, 20.0, 22.0])
def test_a_start_that_does_not_fit_is_taken_back(report_age: float, own: float) -> None:
    plant = crowded(phases=3, load=PhaseValues(2.0, 2.0, own))
    plant.outlets["a"].report_age = report_age
    verdict = judge(plant, plant.run(3600))
    assert verdict.seconds <= 60.0
    assert verdict.amp_seconds <= 3.25 * 60.0
    assert verdict.heat < 1.25
    assert plant.outlets["a"].draw == 0.0


@pytest.mark.parametrize("own", [23.0, 25.0])
def test_no_start_is_tried_that_no_fuse_carries(own: float) -> None:
    plant = crowded(phases=1, load=PhaseValues(2.0, 2.0, own))
    plant.settle(600)
    assert plant.outlets["a"].draw == 0.0


def test_first_seconds_on_one_phase_do_not_make_a_one_phase_car() -> None:
    """It is paused while it starts on L1, and uses all three the next time."""
    plant = crowded(phases=3, load=PhaseValues(2.0, 2.0, 2.0))
    outlet = plant.outlets["a"]
    all_phases = outlet.weights

    def lives(seconds: int) -> float:
        """Return the most on L3; a start is on L1 alone for 10 s."""
        most, started = 0.0, plant.now
        for _ in range(seconds):
            if outlet.draw == 0.0:
                started = plant.now
            young = plant.now - started < 10.0
            outlet.weights = PhaseValues(1.0, 0.0, 0.0) if young else all_phases
            most = max(most, plant.step().decision.nodes[SUPPLY_ID].base_load[2])
            most = max(most, plant.carried(0)[2])
        return most

    lives(33)
    plant.loads[SUPPLY_ID] = PhaseValues(22.0, 2.0, 2.0)
    lives(60)
    assert outlet.draw == 0.0
    plant.loads[SUPPLY_ID] = PhaseValues(2.0, 2.0, 15.0)
    assert lives(400) <= 25.05
    assert outlet.draw > 0.0


def test_nothing_more_is_given_until_the_phases_are_known() -> None:
    plant = crowded(phases=1)
    outlet = plant.outlets["a"]
    while outlet.draw == 0.0:
        plant.step()
    for moment in plant.run(28):
        assert moment.decision.allocations["a"].current == 6.0
        assert moment.decision.nodes[SUPPLY_ID].trust is MeterTrust.ONLINE


def untold(plant: Plant) -> Plant:
    """Let the only charger tell its status, but no current; its car takes its time."""
    outlet = plant.outlets["a"]
    outlet.report_age, outlet.start_delay, outlet.ramp = None, 8.0, 2.0
    return plant


def test_a_one_phase_car_is_known_by_the_meter_alone() -> None:
    plant = untold(crowded(phases=1))
    verdict = judge(plant, plant.run(300))
    assert verdict.seconds == 0.0
    assert plant.outlets["a"].draw == 16.0


def test_a_three_phase_car_that_tells_nothing_is_tried_once_within_what_a_fuse_carries() -> (
    None
):
    plant = untold(crowded(phases=3))
    verdict = judge(plant, plant.run(600))
    assert verdict.seconds <= 10.0
    assert verdict.trips == 0
    assert plant.outlets["a"].draw == 0.0


@pytest.mark.parametrize("delay", [8.0, 60.0])
@pytest.mark.parametrize("at", [30.0, 45.0, 70.0])
def test_a_raise_soon_after_the_start_does_not_hide_which_phases_a_car_uses(
    at: float, delay: float
) -> None:
    plant = untold(crowded(phases=1, load=PhaseValues(17.0, 2.0, 2.0)))
    plant.outlets["a"].start_delay = delay
    plant.settle(at)
    plant.loads[SUPPLY_ID] = PhaseValues(2.0, 2.0, 2.0)
    plant.settle(200)
    assert plant.outlets["a"].draw == 16.0
    plant.loads[SUPPLY_ID] = PhaseValues(2.0, 15.0, 15.0)
    plant.settle(60)
    assert plant.outlets["a"].draw == 16.0


def test_a_raise_shows_the_phases_that_a_start_did_not() -> None:
    plant = untold(crowded(phases=1, load=PhaseValues(17.0, 2.0, 2.0)))
    while plant.outlets["a"].draw == 0.0:
        plant.step()
    plant.loads[SUPPLY_ID] = PhaseValues(17.0, 2.0, 5.0)
    plant.settle(120)
    plant.loads[SUPPLY_ID] = PhaseValues(2.0, 2.0, 5.0)
    plant.settle(200)
    assert plant.outlets["a"].draw == 16.0
    plant.loads[SUPPLY_ID] = PhaseValues(2.0, 15.0, 15.0)
    plant.settle(60)
    assert plant.outlets["a"].draw == 16.0


def test_a_raise_takes_back_what_a_start_hid() -> None:
    """A load went off in the very moment of the start, by as much as the car draws."""
    plant = untold(crowded(phases=3, load=PhaseValues(17.0, 2.0, 2.0)))
    outlet = plant.outlets["a"]
    while outlet.draw == 0.0:
        plant.loads[SUPPLY_ID] = PhaseValues(17.0, 10.0, 2.0)
        plant.step()
    for _ in range(60):
        plant.loads[SUPPLY_ID] = PhaseValues(17.0, 10.0 - outlet.draw, 2.0)
        plant.step()
    plant.loads[SUPPLY_ID] = PhaseValues(2.0, 2.0, 2.0)
    plant.settle(150)
    assert outlet.draw == 16.0
    plant.loads[SUPPLY_ID] = PhaseValues(2.0, 20.0, 2.0)
    assert judge(plant, plant.run(400)).seconds <= 5.0


@pytest.mark.parametrize("at", [32.0, 38.0, 45.0, 60.0])
def test_a_house_that_falls_as_a_car_starts_hides_no_phase_of_it(at: float) -> None:
    """What the car draws on it beside may never be given twice."""
    plant = untold(crowded(phases=3, load=PhaseValues(2.0, 2.0, 10.0)))
    plant.settle(at)
    plant.loads[SUPPLY_ID] = PhaseValues(2.0, 2.0, 4.0)
    plant.settle(200 - at)
    plant.loads[SUPPLY_ID] = PhaseValues(2.0, 2.0, 10.0)
    assert judge(plant, plant.run(400)).seconds <= 5.0
    assert plant.outlets["a"].draw == 15.0


@pytest.mark.parametrize("delay", [20.0, 60.0, 120.0])
def test_a_load_that_goes_off_before_a_car_starts_hides_no_phase_of_it(
    delay: float,
) -> None:
    """As much as the car draws on it: the phase is where it was when the car was let on."""
    plant = untold(crowded(phases=3, load=PhaseValues(2.0, 2.0, 11.0)))
    plant.outlets["a"].start_delay = delay
    plant.settle(40)
    plant.loads[SUPPLY_ID] = PhaseValues(2.0, 2.0, 0.5)
    plant.settle(200)
    plant.loads[SUPPLY_ID] = PhaseValues(2.0, 2.0, 20.0)
    assert judge(plant, plant.run(400)).seconds <= 5.0


@pytest.mark.parametrize("age", [0.0, 15.0])
@pytest.mark.parametrize("asked_each", [0.0, 10.0, 35.0, 38.0, 41.0, 44.0])
@pytest.mark.parametrize("at", [3.0, 6.0, 9.0])
def test_a_car_in_its_first_seconds_on_one_phase_is_no_one_phase_car(
    age: float, asked_each: float, at: float
) -> None:
    """Paused then or not, and whatever a report of that time goes on to say."""
    plant = Plant(home(charger("a")))
    outlet = plant.outlets["a"]
    outlet.report_age, outlet.tells_when = age, False
    outlet.asked_each, outlet.start_delay = asked_each, 5.0
    whole, first = outlet.weights, PhaseValues(1.0, 0.0, 0.0)
    drawn_for = 0.0
    for moment in plant.run(900):
        drawn_for = drawn_for + 1.0 if outlet.draw else 0.0
        outlet.weights = first if drawn_for < 10.0 else whole
        load = 24.0 if at <= drawn_for < at + 5.0 and moment.now < 100 else 2.0
        plant.loads[SUPPLY_ID] = PhaseValues(load, 2.0, 15.0)
        assert plant.carried(0).l3 <= 25.0
