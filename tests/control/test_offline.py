"""A meter or a charger that is lost: what may still be allocated."""

import pytest

from custom_components.amp_guard.control.command import VALID_FOR
from custom_components.amp_guard.model import (
    SUPPLY_ID,
    Group,
    MeterTrust,
    Phase,
    PhaseValues,
    Reason,
    Site,
    Supply,
)

from .plant import MeterMode, Moment, Plant
from .sites import charger, group, home

BROKEN = [MeterMode.SILENT, MeterMode.NOT_A_NUMBER, MeterMode.ABSURD]


def total(moment: Moment) -> float:
    return sum(a.current for a in moment.decision.allocations.values())


@pytest.mark.parametrize("mode", BROKEN)
def test_offline_maximum_is_shared_while_the_meter_is_lost(mode: MeterMode) -> None:
    plant = Plant(home(charger("a"), charger("b")))
    plant.loads[SUPPLY_ID] = PhaseValues(3.0, 3.0, 3.0)
    assert total(plant.settle(300)) == pytest.approx(22.0)
    plant.modes[SUPPLY_ID] = mode
    moment = plant.settle(40)
    assert moment.decision.nodes[SUPPLY_ID].trust is MeterTrust.OFFLINE
    assert 8.0 < total(moment) <= 10.0
    plant.modes[SUPPLY_ID] = MeterMode.GOOD
    assert total(plant.settle(900)) == pytest.approx(22.0)


def test_nothing_is_raised_while_the_meter_is_stale() -> None:
    plant = Plant(home(charger("a")))
    plant.loads[SUPPLY_ID] = PhaseValues(15.0, 15.0, 15.0)
    before = total(plant.settle(120))
    plant.modes[SUPPLY_ID] = MeterMode.SILENT
    for moment in plant.run(29):
        assert total(moment) <= before


def test_no_more_than_the_nested_groups_offline_maximum() -> None:
    groups = (
        group(max_current_offline=20.0),
        group("row", parent="garage", max_current_offline=8.0),
    )
    chargers = (charger("a"), charger("b", group="row"))
    plant = Plant(home(*chargers, groups=groups))
    plant.settle(120)
    plant.modes[SUPPLY_ID] = MeterMode.SILENT
    allocations = plant.settle(60).decision.allocations
    assert allocations["b"].current <= 8.0
    assert allocations["a"].current + allocations["b"].current <= 20.0


def test_a_meter_of_its_own_does_not_stand_in_for_the_supply() -> None:
    """While the supply's meter is lost, nobody knows what else the fuse carries."""
    garage = group(metered=True, max_current_offline=8.0)
    plant = Plant(home(charger("a"), groups=(garage,)))
    plant.loads[SUPPLY_ID] = PhaseValues(15.0, 15.0, 15.0)
    plant.settle(120)
    plant.modes[SUPPLY_ID] = MeterMode.SILENT
    assert total(plant.settle(600)) <= 8.0


def test_what_a_group_feeds_back_adds_nothing_to_its_offline_maximum() -> None:
    garage = group(metered=True, max_current_offline=8.0)
    plant = Plant(home(charger("a"), groups=(garage,)))
    plant.loads["garage"] = PhaseValues(-6.0, -6.0, -6.0)
    plant.settle(120)
    plant.modes[SUPPLY_ID] = MeterMode.SILENT
    assert total(plant.settle(600)) == 8.0


def test_a_lost_charger_keeps_what_it_may_still_draw() -> None:
    plant = Plant(home(charger("a"), charger("b")))
    plant.loads[SUPPLY_ID] = PhaseValues(5.0, 5.0, 5.0)
    plant.settle(300)
    plant.outlets["b"].reachable = False
    for moment in plant.run(600):
        assert moment.decision.allocations["a"].current <= 10.0
    assert moment.decision.allocations["b"].reason is Reason.CHARGER_LOST


def test_a_lost_charger_that_falls_back_frees_the_rest() -> None:
    chargers = (charger("a"), charger("b", expiring_limit=True))
    plant = Plant(home(*chargers))
    plant.loads[SUPPLY_ID] = PhaseValues(5.0, 5.0, 5.0)
    plant.settle(300)
    plant.outlets["b"].reachable = False
    plant.settle(VALID_FOR + 1)
    plant.outlets["b"].tell(6.0, plant.now)  # its limit has expired
    moment = plant.settle(300)
    assert moment.decision.allocations["a"].current == pytest.approx(14.0)


def test_an_offline_current_is_reserved_on_its_offline_phase_only() -> None:
    """A charger that was lost while nothing was allocated to it."""
    chargers = (
        charger("a", wiring=(Phase.L1,)),
        charger("b", wiring=(Phase.L2,)),
        charger("lost", offline_current=8.0, offline_phase=Phase.L2),
    )
    site = Site(
        supply=Supply(supply_max_current=20.0, metered=False),
        groups=(Group(id="garage", max_current_online=20.0, max_current_offline=20.0),),
        chargers=chargers,
    )
    plant = Plant(site, phases=(1,))
    plant.outlets["lost"].connected = False
    plant.settle(5)
    plant.outlets["lost"].reachable = False
    allocations = plant.settle(120).decision.allocations
    assert allocations["a"].current == 16.0
    assert allocations["b"].current == 12.0


def test_a_charger_that_ignores_every_limit_is_named_and_never_given_more() -> None:
    """It draws on, whatever it is told, and the house leaves it no room."""
    plant = Plant(home(charger("a")))
    plant.loads[SUPPLY_ID] = PhaseValues(1.0, 1.0, 1.0)
    plant.settle(120)
    plant.outlets["a"].obeys = False
    plant.loads[SUPPLY_ID] = PhaseValues(12.0, 1.0, 1.0)
    allocated = 16.0
    for moment in plant.run(60, each=0.5):
        allocation = moment.decision.allocations["a"]
        assert allocation.current <= allocated
        allocated = allocation.current
    assert moment.decision.not_following == {"a"}
    assert allocation.reason is Reason.NOT_FOLLOWING
