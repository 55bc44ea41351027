"""What a car does not use goes to others, and comes back when it asks."""

import pytest

from custom_components.amp_guard.model import SUPPLY_ID, PhaseValues, Reason

from .plant import Plant
from .sites import charger, home


def two_cars() -> Plant:
    """Return a home with two cars on 20 A beside its house."""
    plant = Plant(home(charger("a"), charger("b")))
    plant.loads[SUPPLY_ID] = PhaseValues(5.0, 5.0, 5.0)
    return plant


def test_what_a_car_does_not_draw_goes_to_the_other() -> None:
    plant = two_cars()
    plant.outlets["a"].wants = 7.0
    plant.settle(600)
    assert plant.outlets["a"].draw == 7.0
    assert plant.outlets["b"].draw == pytest.approx(12.0, abs=1.0)


def test_a_car_that_wants_more_again_gets_its_share() -> None:
    plant = two_cars()
    plant.outlets["a"].wants = 7.0
    plant.settle(600)
    plant.outlets["a"].wants = 32.0
    plant.settle(900)
    assert plant.outlets["a"].draw == pytest.approx(10.0, abs=1.0)


def test_a_full_car_holds_nothing() -> None:
    plant = two_cars()
    plant.settle(300)
    plant.outlets["a"].full = True
    plant.settle(300)
    assert plant.outlets["b"].draw == 16.0


@pytest.mark.parametrize("wants", [1.5, 3.0, 5.0])
def test_a_car_that_draws_less_than_the_minimum_is_left_to_finish(wants: float) -> None:
    """At the end of a charge a car tapers off below 6 A: no reason to stop it."""
    plant = Plant(home(charger("a")))
    plant.settle(120)
    plant.outlets["a"].wants = wants
    for moment in plant.run(1800, each=5.0):
        assert moment.decision.allocations["a"].current >= 6.0
    assert plant.outlets["a"].draw == wants


def test_a_car_that_drew_little_gets_more_when_it_wants_more() -> None:
    plant = Plant(home(charger("a")))
    plant.settle(120)
    plant.outlets["a"].wants = 3.0
    plant.settle(600)
    plant.outlets["a"].wants = 32.0
    plant.settle(900)
    assert plant.outlets["a"].draw == 16.0


@pytest.mark.parametrize("room", [6.5, 7.5, 9.5, 12.0])
def test_a_car_that_slept_charges_with_what_there_is_when_it_wakes(room: float) -> None:
    """A timer in the car: hours of no draw must not make it ask for more than fits."""
    plant = Plant(home(charger("a")))
    house = 25.0 - room
    plant.loads[SUPPLY_ID] = PhaseValues(house, house, house)
    plant.outlets["a"].wants = 0.0
    plant.settle(2 * 3600, each=5.0)
    plant.outlets["a"].wants = 32.0
    plant.settle(3600, each=5.0)
    assert plant.outlets["a"].draw >= 6.0


@pytest.mark.parametrize("least", [8.0, 10.0])
def test_a_car_that_does_not_start_at_the_minimum_is_tried_higher(least: float) -> None:
    """Some cars do not start below 8 to 10 A."""
    plant = Plant(home(charger("a"), charger("b")))
    plant.loads[SUPPLY_ID] = PhaseValues(8.0, 8.0, 8.0)
    plant.outlets["a"].starts_from = least
    plant.settle(3600, each=5.0)
    plant.outlets["b"].connected = False
    plant.settle(1200, each=5.0)
    assert plant.outlets["a"].draw >= least


@pytest.mark.parametrize("age", [0.0, 15.0, 30.0, 60.0])
@pytest.mark.parametrize(
    ("start_delay", "ramp"), [(8.0, 2.0), (40.0, 2.0), (10.0, 0.2)]
)
def test_a_car_that_is_on_its_way_leaves_nothing_unused(
    age: float, start_delay: float, ramp: float
) -> None:
    """Its reports show for as long as they are late what it drew before."""
    plant = Plant(home(charger("a")))
    outlet = plant.outlets["a"]
    outlet.report_age, outlet.tells_when = age, False
    outlet.start_delay, outlet.ramp = start_delay, ramp
    given_up = {Reason.RECLAIMED, Reason.NOT_WANTED}
    for moment in plant.run(400):
        assert moment.decision.allocations["a"].reason not in given_up, moment.now
    assert outlet.draw == 16.0


@pytest.mark.parametrize("start_delay", [10.0, 30.0, 45.0, 60.0])
@pytest.mark.parametrize("lag", [1.0, 18.0])
@pytest.mark.parametrize("age", [30.0, 57.0])
def test_a_car_whose_start_is_reported_late_needs_no_more_than_others(
    age: float, lag: float, start_delay: float
) -> None:
    """It is cut to its minimum where another would be, not paused."""
    plant = Plant(home(charger("a", command_lag=lag + 2.0)))
    outlet = plant.outlets["a"]
    outlet.report_age, outlet.tells_when = age, False
    outlet.lag, outlet.start_delay = lag, start_delay
    plant.loads[SUPPLY_ID] = PhaseValues(16.0, 16.0, 16.0)
    plant.settle(400)
    assert outlet.draw == 9.0
    plant.loads[SUPPLY_ID] = PhaseValues(18.0, 18.0, 18.0)
    plant.settle(60)
    assert outlet.draw >= 6.0
