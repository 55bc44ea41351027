"""A stop leaves nobody with more than fits: nobody balances after it."""

from typing import Any

from hypothesis import given
import pytest

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.model import (
    SUPPLY_ID,
    Ceiling,
    Phase,
    PhaseValues,
    Site,
    Supply,
)

from .driver import Line
from .laws import ARITHMETIC
from .plant import MeterMode, Plant
from .sites import charger, group, home
from .strategies import Event, examples, histories, live, sites

OFFLINE = 16.0


def house(plant: Plant, current: float) -> None:
    plant.loads[SUPPLY_ID] = PhaseValues(current, current, current)


def chargers(*names: str, **changed: Any) -> list[Any]:
    return [charger(name, **{"offline_current": OFFLINE, **changed}) for name in names]


def left_at(plant: Plant) -> dict[str, float]:
    return dict(plant.balancer.leave(plant.now + plant.shift))


def test_five_cars_are_left_at_what_a_fuse_of_63_amperes_carries() -> None:
    """They were told 16 A each: 102 A beside 22 A of house."""
    plant = Plant(home(*chargers("a", "b", "c", "d", "e"), fuse=63.0))
    house(plant, 22.0)
    plant.settle(400)
    currents = left_at(plant)
    assert all(6.0 <= current <= OFFLINE for current in currents.values())
    assert 38.0 <= sum(currents.values()) <= 41.0


def test_who_was_paused_for_want_of_room_stays_paused() -> None:
    plant = Plant(home(*chargers("a", offline_current=6.0)))
    house(plant, 24.0)
    plant.settle(60)
    assert left_at(plant) == {"a": 0.0}


def test_it_stays_paused_though_the_room_has_just_come() -> None:
    plant = Plant(home(*chargers("a", offline_current=6.0)))
    house(plant, 24.0)
    plant.settle(60)
    house(plant, 1.0)
    plant.settle(3)
    assert left_at(plant) == {"a": 0.0}


def test_the_base_load_of_late_counts_not_the_last_sample() -> None:
    plant = Plant(home(*chargers("a")))
    house(plant, 15.0)
    plant.settle(60)
    house(plant, 2.0)
    plant.settle(2)
    assert left_at(plant) == {"a": 10.0}


def test_each_is_left_at_its_offline_limit_where_all_fit() -> None:
    plant = Plant(home(*chargers("a", offline_current=6.0), *chargers("b")))
    house(plant, 2.0)
    plant.settle(300)
    assert left_at(plant) == {"a": 6.0, "b": 16.0}


def test_the_next_car_counts_too() -> None:
    """It comes when nobody balances; who charges now goes first."""
    plant = Plant(home(*chargers("a", "b")))
    plant.outlets["a"].connected = False
    house(plant, 5.0)
    plant.settle(120)
    assert left_at(plant) == {"a": 10.0, "b": 10.0}
    house(plant, 14.0)
    plant.settle(120)
    assert left_at(plant) == {"a": 0.0, "b": 11.0}


def test_without_a_meter_the_offline_maximum_is_shared() -> None:
    site = home(
        *chargers("a", "b"),
        supply=Supply(supply_max_current=25.0, metered=False),
        groups=(group(max_current_offline=14.0),),
    )
    plant = Plant(site)
    plant.settle(120)
    assert left_at(plant) == {"a": 7.0, "b": 7.0}


@pytest.mark.parametrize("mode", [MeterMode.SILENT, MeterMode.ABSURD])
def test_a_meter_that_is_offline_is_none(mode: MeterMode) -> None:
    plant = Plant(home(*chargers("a")))
    house(plant, 2.0)
    plant.settle(120)
    plant.modes[SUPPLY_ID] = mode
    plant.settle(60)
    assert left_at(plant) == {"a": 10.0}


def test_what_a_lost_charger_may_hold_is_kept_free() -> None:
    plant = Plant(home(*chargers("a", "b")), driven=True)
    plant.outlets["b"].connected = False
    house(plant, 2.0)
    plant.settle(120)
    plant.outlets["a"].reachable = False
    plant.outlets["b"].connected = True
    plant.settle(120)
    currents = left_at(plant)
    assert currents["a"] == 16.0
    assert currents["b"] == 7.0


def test_what_is_not_confirmed_is_kept_free() -> None:
    plant = Plant(home(*chargers("a", "b")), driven=True)
    driver = plant.outlets["a"].driver
    assert driver is not None
    plant.outlets["b"].connected = False
    house(plant, 2.0)
    plant.settle(120)
    driver.line = Line.REFUSED
    plant.outlets["b"].connected = True
    plant.settle(60)
    assert left_at(plant)["b"] <= 7.0


def test_every_fuse_of_the_tree_is_heeded() -> None:
    groups = (group(max_current_online=40.0), group("row", parent="garage"))
    site = home(
        *chargers("a", "b"), *chargers("c", "d", group="row"), groups=groups, fuse=63.0
    )
    plant = Plant(site)
    house(plant, 10.0)
    plant.settle(300)
    currents = left_at(plant)
    assert currents["c"] + currents["d"] <= 25.0
    assert sum(currents.values()) == 40.0


def test_a_ceiling_in_force_is_heeded() -> None:
    plant = Plant(home(*chargers("a", "b")))
    house(plant, 2.0)
    plant.ceilings["garage"] = Ceiling(target="garage", current=14.0, expires=1e9)
    plant.ceilings["a"] = Ceiling(target="a", current=6.0, expires=1e9)
    plant.settle(120)
    assert left_at(plant) == {"a": 6.0, "b": 8.0}


def test_an_offline_limit_below_the_minimum_pauses() -> None:
    plant = Plant(home(*chargers("a", offline_current=0.0)))
    plant.settle(120)
    assert left_at(plant) == {"a": 0.0}


def test_before_the_first_decision_nobody_is_told_anything() -> None:
    assert not Balancer(home()).leave(0.0)


@examples(100)
@given(site=sites(), history=histories(20, driven=True))
def test_nobody_is_left_with_more_than_fits(site: Site, history: list[Event]) -> None:
    """By the plant's own figures: beside the base load, and who is lost as it truly is."""
    plant = Plant(site, phases=(3, 1, 2), driven=True)
    *_, moment = live(plant, history)
    currents = left_at(plant)
    active = {name for name, branch in plant.branches.items() if branch.active}
    assert set(currents) == active
    for name, current in currents.items():
        part = plant.outlets[name].charger
        assert current <= part.offline_current + ARITHMETIC
        assert current == 0 or current >= part.min_current
    for node in plant.tree.fuses:
        state = moment.decision.nodes[node.id]
        for phase in Phase:
            lost = left = 0.0
            for name in active:
                outlet = plant.outlets[name]
                if node.index not in plant.branches[name].path:
                    continue
                if outlet.reachable:
                    left += outlet.weights[phase] * currents[name]
                else:
                    lost += outlet.weights[phase] * outlet.may_be_in_force()
            room = state.limit - max(0.0, state.base_load[phase]) - lost
            assert left <= max(0.0, room) + ARITHMETIC, (node.id, phase)
