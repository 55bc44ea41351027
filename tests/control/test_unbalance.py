"""The greatest difference between phases: what cars on few phases load one with."""

import pytest

from custom_components.amp_guard.control.tree import DuplicateIdError, LimitError
from custom_components.amp_guard.model import EarthingSystem, Phase, Reason, Supply

from .plant import Plant
from .sites import charger, home
from .test_power_limits import allocated

ON_L1 = (Phase.L1,)


def test_cars_on_one_phase_share_what_it_may_differ_by() -> None:
    cars = [charger(name, wiring=ON_L1, max_current=32.0) for name in "ab"]
    moment = Plant(home(*cars, fuse=63.0, unbalance=20.0)).settle(90)
    assert allocated(moment) == {"a": 10.0, "b": 10.0}
    reasons = {a.reason for a in moment.decision.allocations.values()}
    assert reasons == {Reason.UNBALANCE}


def test_cars_on_different_phases_have_as_much_each() -> None:
    cars = [charger("a", wiring=ON_L1, max_current=32.0)]
    cars += [charger("b", wiring=(Phase.L2,), max_current=32.0)]
    plant = Plant(home(*cars, fuse=63.0, unbalance=16.0))
    assert allocated(plant.settle(90)) == {"a": 16.0, "b": 16.0}


def test_a_car_on_three_phases_is_not_bound() -> None:
    plant = Plant(home(charger(max_current=32.0), fuse=63.0, unbalance=16.0))
    assert allocated(plant.settle(90)) == {"a": 32.0}


def test_a_car_that_turns_out_to_use_one_phase_is_cut_then() -> None:
    plant = Plant(home(charger(max_current=32.0), fuse=63.0, unbalance=20.0))
    plant.outlets["a"].weights = (1.0, 0.0, 0.0)
    assert allocated(plant.settle(120)) == {"a": 20.0}


def test_two_phases_differ_from_the_third() -> None:
    wiring = (Phase.L1, Phase.L2)
    one = charger("a", wiring=wiring, max_current=32.0)
    plant = Plant(home(one, charger("b"), fuse=63.0, unbalance=20.0))
    assert allocated(plant.settle(90)) == {"a": 20.0, "b": 16.0}


def test_an_it_net_has_no_such_limit() -> None:
    supply = Supply(supply_max_current=63.0, earthing_system=EarthingSystem.IT)
    one = charger(wiring=(Phase.L1, Phase.L2), max_current=32.0)
    plant = Plant(home(one, supply=supply, fuse=63.0, unbalance=16.0))
    assert allocated(plant.settle(90)) == {"a": 32.0}


def test_it_is_a_number_and_has_its_name_alone() -> None:
    with pytest.raises(LimitError):
        Plant(home(unbalance=0.0))
    with pytest.raises(DuplicateIdError):
        Plant(home(charger("unbalance")))
