"""Limits on power: what chargers draw together, beside what the fuses carry."""

import pytest

from custom_components.amp_guard.control.tree import UnknownChargerError
from custom_components.amp_guard.model import (
    SUPPLY_ID,
    Ceiling,
    EarthingSystem,
    Phase,
    PhaseValues,
    PowerLimit,
    Reason,
    Site,
    Supply,
)
from custom_components.amp_guard.plans.grid_operator import dimmed

from .plant import Moment, Plant
from .sites import charger, group, home

WINDOW = Reason.POWER_WINDOW
FOREVER = 1e9


def limited(*chargers: str, id_: str = "tariff", reason: Reason = WINDOW) -> PowerLimit:
    return PowerLimit(id=id_, chargers=chargers, reason=reason)


def allow(plant: Plant, current: float, id_: str = "tariff") -> None:
    """Let them have so much, A summed over the phases."""
    plant.ceilings[id_] = Ceiling(target=id_, current=current, expires=FOREVER)


def allocated(moment: Moment) -> dict[str, float]:
    allocations = moment.decision.allocations
    return {name: allocation.current for name, allocation in allocations.items()}


def two_cars(**changed: object) -> Site:
    return home(
        charger("a"), charger("b"), fuse=63.0, power_limits=(limited("a", "b"),)
    )


def test_without_a_figure_it_limits_nobody() -> None:
    assert allocated(Plant(two_cars()).settle(60)) == {"a": 16.0, "b": 16.0}


def test_what_there_is_is_shared_and_its_own_reason_is_told() -> None:
    plant = Plant(two_cars())
    allow(plant, 48.0)
    moment = plant.settle(60)
    assert allocated(moment) == {"a": 8.0, "b": 8.0}
    assert {a.reason for a in moment.decision.allocations.values()} == {WINDOW}


def test_a_lower_figure_cuts_at_once() -> None:
    plant = Plant(two_cars())
    plant.settle(60)
    allow(plant, 60.0)
    assert sum(allocated(plant.step()).values()) <= 20.0


def test_whom_it_does_not_hold_has_all_that_the_fuses_carry() -> None:
    plant = Plant(
        home(charger("a"), charger("b"), fuse=63.0, power_limits=(limited("a"),))
    )
    allow(plant, 18.0)
    assert allocated(plant.settle(60)) == {"a": 6.0, "b": 16.0}


def test_a_car_on_one_phase_has_three_times_the_current() -> None:
    plant = Plant(home(power_limits=(limited("a"),)))
    plant.outlets["a"].weights = (1.0, 0.0, 0.0)
    allow(plant, 18.0)
    assert allocated(plant.settle(120)) == {"a": 16.0}


def test_what_a_fuse_keeps_from_one_goes_to_the_other() -> None:
    site = Site(
        supply=Supply(supply_max_current=63.0),
        groups=(
            group("garage", max_current_online=7.0, max_current_offline=6.0),
            group("yard", max_current_online=32.0),
        ),
        chargers=(charger("a"), charger("b", group="yard")),
        power_limits=(limited("a", "b"),),
    )
    plant = Plant(site)
    allow(plant, 60.0)
    assert allocated(plant.settle(90)) == {"a": 7.0, "b": 13.0}


def test_less_than_the_minimum_pauses_and_it_goes_on_when_there_is_more() -> None:
    plant = Plant(home(power_limits=(limited("a"),)))
    plant.settle(60)
    allow(plant, 10.0)
    moment = plant.step()
    assert allocated(moment) == {"a": 0.0}
    assert moment.decision.allocations["a"].reason is WINDOW
    allow(plant, 30.0)
    assert allocated(plant.settle(200)) == {"a": 10.0}


def test_a_fuse_that_is_tighter_is_what_binds() -> None:
    plant = Plant(home(power_limits=(limited("a"),)))
    plant.loads[SUPPLY_ID] = PhaseValues(15.0, 15.0, 15.0)
    allow(plant, 45.0)
    moment = plant.settle(90)
    assert allocated(moment) == {"a": 10.0}
    assert moment.decision.allocations["a"].node == SUPPLY_ID


def test_in_an_it_net_the_circuits_count_not_the_lines() -> None:
    wiring = (Phase.L1, Phase.L2)
    supply = Supply(supply_max_current=25.0, earthing_system=EarthingSystem.IT)
    plant = Plant(
        home(charger(wiring=wiring), supply=supply, power_limits=(limited("a"),))
    )
    allow(plant, 10.0)
    assert allocated(plant.settle(60)) == {"a": 10.0}


def test_it_is_put_on_and_taken_off_while_a_car_charges() -> None:
    plant = Plant(home())
    plant.settle(60)
    plant.change(home(power_limits=(limited("a"),)))
    allow(plant, 30.0)
    assert allocated(plant.settle(5)) == {"a": 10.0}
    plant.change(home())
    assert allocated(plant.settle(40)) == {"a": 16.0}


def test_the_grid_operator_dims_four_cars_in_the_middle_of_charging() -> None:
    """13.02 kW for four behind one energy management, within a second of the signal."""
    names = ("a", "b", "c", "d")
    limit = limited(*names, id_="grid", reason=Reason.GRID_OPERATOR)
    site = home(*map(charger, names), fuse=80.0, power_limits=(limit,))
    plant = Plant(site)
    plant.settle(120)
    watts = dimmed(len(names))
    assert sum(plant.outlets[name].draw for name in names) * 3 * 230 > watts
    plant.ceilings["grid"] = Ceiling(
        target="grid", current=watts / 230, expires=FOREVER
    )
    moment = plant.step()
    given = allocated(moment)
    assert sum(given.values()) * 3 * 230 <= watts
    reasons = {moment.decision.allocations[name].reason for name in names}
    assert Reason.GRID_OPERATOR in reasons
    for _ in range(60):  # and as long as it lasts
        moment = plant.step()
        assert sum(allocated(moment).values()) * 3 * 230 <= watts
    assert sorted(allocated(moment).values()) == [0.0, 6.0, 6.0, 6.0]
    del plant.ceilings["grid"]
    assert set(allocated(plant.settle(600)).values()) == {16.0}


def test_it_holds_only_chargers_that_there_are() -> None:
    with pytest.raises(UnknownChargerError, match="'ghost'"):
        Plant(home(power_limits=(limited("ghost"),)))


def test_who_follows_late_is_not_paused_where_it_would_fit() -> None:
    plant = Plant(home(power_limits=(limited("a"),)))
    plant.settle(60)
    plant.outlets["a"].lag = 40.0
    allow(plant, 24.0)
    assert {allocated(moment)["a"] for moment in plant.run(39)} == {8.0}


def test_who_follows_late_is_paused_where_it_would_not_fit() -> None:
    plant = Plant(home(power_limits=(limited("a"),)))
    plant.settle(60)
    plant.outlets["a"].lag = 40.0
    allow(plant, 24.0)
    plant.settle(30)
    allow(plant, 12.0)
    assert allocated(plant.step()) == {"a": 0.0}
