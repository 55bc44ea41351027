"""A charger that is lost is commanded all the same, and all that it may hold is kept."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.control.command import VALID_FOR
from custom_components.amp_guard.model import (
    NO_CURRENT,
    SUPPLY_ID,
    Ceiling,
    ChargerReading,
    ChargerStatus,
    Commanded,
    Measurement,
    Phase,
    PhaseValues,
    Reason,
    Site,
    Snapshot,
    Supply,
)

from .driver import Line
from .judge import judge
from .plant import Moment, Plant
from .sites import charger, group, home


def house(plant: Plant, current: float) -> None:
    plant.loads[SUPPLY_ID] = PhaseValues(current, current, current)


def allocated(moment: Moment, name: str = "a") -> float:
    return moment.decision.allocations[name].current


def lost_while_charging(*names: str, base_load: float = 5.0, **how: Any) -> Plant:
    """Return a driven home in which all cars charge and then "a" is lost."""
    plant = Plant(home(*map(charger, names)), driven=True)
    plant.drive("a", **how)
    house(plant, base_load)
    plant.settle(300)
    plant.outlets["a"].reachable = False
    plant.settle(5)
    return plant


def unmetered(*names: str, limit: float = 20.0) -> Site:
    """Return a group without a meter that may carry `limit` A."""
    return home(
        *map(charger, names),
        supply=Supply(supply_max_current=limit, metered=False),
        groups=(group(max_current_online=limit, max_current_offline=limit),),
    )


def test_a_lost_charger_that_hears_is_cut_with_the_first_sample() -> None:
    plant = lost_while_charging("a")
    driver = plant.outlets["a"].driver
    assert driver is not None
    driver.hears = True
    house(plant, 18.0)
    moment = plant.step()
    allocation = moment.decision.allocations["a"]
    assert allocation.send
    assert 6.0 <= allocation.current <= 7.0
    assert allocation.reason is Reason.CHARGER_LOST
    verdict = judge(plant, plant.run(660))
    assert verdict.seconds <= 2.0
    assert verdict.trips == 0


def test_the_order_stands_until_it_arrives() -> None:
    """A network that is away for 10 s; its integration would poll in half a minute."""
    plant = lost_while_charging("a")
    house(plant, 18.0)
    plant.settle(5)
    plant.outlets["a"].reachable = True
    verdict = judge(plant, plant.run(120))
    assert verdict.seconds <= 2.0
    assert plant.outlets["a"].draw <= 7.0


def test_who_is_back_is_commanded_what_stands() -> None:
    """Where nobody tells, nothing that was commanded meanwhile has arrived.

    It fell back onto one of its phases, so that its limit alone does not tell.
    """
    plant = Plant(home(charger("a", expiring_limit=True)))
    plant.settle(300)
    outlet = plant.outlets["a"]
    outlet.reachable = False
    plant.settle(VALID_FOR + 1)
    outlet.tell(6.0, plant.now)
    plant.settle(300)
    outlet.reachable = True
    assert plant.step().decision.allocations["a"].send


def test_others_make_room_as_if_the_cut_did_not_arrive() -> None:
    plant = lost_while_charging("a", "b")  # 10 A each
    house(plant, 9.0)
    moment = plant.step()
    assert allocated(moment, "b") == 6.0
    house(plant, 12.0)
    moment = plant.settle(3)
    assert allocated(moment, "b") == 0.0
    assert allocated(moment, "a") == 10.0
    house(plant, 18.0)
    assert 6.0 <= allocated(plant.step(), "a") <= 7.0


def test_a_lost_charger_is_never_raised() -> None:
    plant = lost_while_charging("a", base_load=15.0)
    before = allocated(plant.step())
    house(plant, 1.0)
    for moment in plant.run(600):
        assert allocated(moment) == before


@pytest.mark.parametrize("hears", [False, True])
def test_a_lost_charger_is_not_pestered(hears: bool) -> None:
    plant = lost_while_charging("a")
    driver = plant.outlets["a"].driver
    assert driver is not None
    driver.hears, driver.line = hears, Line.DEAD
    house(plant, 18.0)
    sent = sum(m.decision.allocations["a"].send for m in plant.run(840))
    assert 5 <= sent <= 20


def test_a_lost_charger_that_was_cut_in_vain_keeps_what_it_may_hold() -> None:
    """A cut is refused, then the charger is lost: a cloud's outage in its order."""
    plant = Plant(unmetered("a", "b"), driven=True)
    plant.outlets["b"].connected = False
    plant.settle(120)
    outlet = plant.outlets["a"]
    assert outlet.draw == 16.0
    assert outlet.driver is not None
    outlet.driver.line = Line.REFUSED
    plant.outlets["b"].connected = True
    plant.settle(8)
    outlet.reachable = False
    assert judge(plant, plant.run(900)).seconds == 0.0
    assert plant.outlets["b"].draw == 0.0


def test_after_a_crash_what_was_commanded_last_is_kept_free() -> None:
    """Without a meter; the integration of one charger comes up late."""
    plant = Plant(unmetered("a", "b"), driven=True)
    plant.outlets["b"].connected = False
    plant.settle(120)
    plant.outlets["a"].reachable = False
    plant.outlets["b"].connected = True
    plant.restart()
    assert judge(plant, plant.run(900)).seconds == 0.0
    assert plant.outlets["a"].draw == 16.0


def test_the_maximum_is_kept_free_for_one_that_nothing_is_known_of() -> None:
    plant = Plant(unmetered("a", "b"))
    plant.outlets["b"].reachable = False
    assert allocated(plant.settle(300)) == 0.0
    plant = Plant(unmetered("a", "b", limit=24.0))
    plant.outlets["b"].reachable = False
    assert allocated(plant.settle(300)) == 8.0


def test_what_expires_falls_to_the_offline_limit() -> None:
    site = home(charger("a", expiring_limit=True), charger("b"))
    plant = Plant(site, driven=True)
    house(plant, 5.0)
    plant.settle(300)
    plant.outlets["a"].reachable = False
    verdict = judge(plant, plant.run(VALID_FOR + 300))
    assert verdict.seconds == 0.0
    assert plant.outlets["a"].draw == 6.0
    assert plant.outlets["b"].draw == 14.0


def test_an_order_above_what_is_kept_free_does_not_stand() -> None:
    """Its limit expired while it was away, and others were allocated the rest."""
    site = home(charger("a", expiring_limit=True), charger("b"))
    plant = Plant(site, driven=True)
    plant.drive("b", lag=8.0)
    house(plant, 5.0)
    plant.settle(300)
    plant.outlets["a"].reachable = False
    plant.settle(VALID_FOR + 300)
    plant.outlets["a"].reachable = True
    assert judge(plant, plant.run(600)).seconds == 0.0
    assert plant.outlets["a"].draw == pytest.approx(10.0, abs=1.0)


def test_a_held_back_raise_of_a_lost_charger_is_kept_free() -> None:
    """It goes out when its time has come, to be read or not."""
    plant = Plant(unmetered("a", "b"), driven=True)
    driver = plant.drive("a", raise_interval=400.0)
    driver.hears = True
    plant.outlets["b"].connected = False
    plant.ceilings["a"] = Ceiling(target="a", current=6.0, expires=60.0)
    moment = plant.settle(120)
    assert allocated(moment) == 16.0
    assert plant.outlets["a"].draw == 6.0
    plant.outlets["a"].reachable = False
    plant.outlets["b"].connected = True
    assert judge(plant, plant.run(900)).seconds == 0.0
    assert plant.outlets["a"].draw == 16.0


@pytest.mark.parametrize("phase", [None, Phase.L1])
def test_the_phases_of_a_fail_safe_are_kept_free(phase: Phase | None) -> None:
    """It was paused when it was lost: only its fail-safe is to be feared."""
    site = home(
        charger("a", wiring=(Phase.L2,)),
        charger("b", offline_current=8.0, offline_phase=phase),
        supply=Supply(supply_max_current=20.0, metered=False),
        groups=(group(max_current_online=20.0, max_current_offline=20.0),),
    )
    plant = Plant(site, driven=True)
    plant.outlets["b"].connected = False
    plant.settle(60)
    plant.outlets["b"].reachable = False
    assert allocated(plant.settle(300)) == (12.0 if phase is None else 16.0)


def test_a_ceiling_on_a_lost_charger_is_commanded() -> None:
    plant = lost_while_charging("a")
    plant.ceilings["a"] = Ceiling(target="a", current=9.0, expires=1e9)
    allocation = plant.step().decision.allocations["a"]
    assert allocation.send
    assert allocation.current == 9.0


@pytest.mark.parametrize(
    ("base_load", "asks"), [(2.0, False), (5.0, True), (12.0, True)]
)
def test_who_is_lost_is_asked_anew_where_its_fuse_is_tight(
    base_load: float, asks: bool
) -> None:
    plant = lost_while_charging("a", base_load=2.0)
    house(plant, base_load)
    decision = plant.step().decision
    assert decision.to_refresh == ({"a"} if asks else set())
    if asks:
        assert decision.look_again is not None
        assert decision.look_again <= decision.time + 3.0


def test_nobody_is_asked_anew_who_does_what_it_is_commanded() -> None:
    plant = Plant(home(charger("a"), charger("b")), driven=True)
    house(plant, 5.0)
    plant.settle(60)
    house(plant, 10.0)
    for moment in plant.run(60):
        assert not moment.decision.to_refresh


def test_a_lost_charger_that_was_never_read_is_cut_too() -> None:
    snapshot = Snapshot(
        measurements={
            SUPPLY_ID: Measurement(time=0.0, current=PhaseValues(17.0, 17.0, 17.0))
        },
        chargers={"a": ChargerReading(status=ChargerStatus.LOST)},
        commands={"a": Commanded(current=16.0, may_hold=16.0)},
    )
    balancer = Balancer(home(charger("a")))
    for awaited in range(0, 120, 10):
        allocation = balancer.decide(snapshot, awaited).allocations["a"]
        assert allocation.current == 16.0
        assert not allocation.send
    flows = Measurement(time=130.0, current=PhaseValues(17.0, 17.0, 17.0))
    snapshot = replace(snapshot, measurements={SUPPLY_ID: flows})
    allocation = balancer.decide(snapshot, 130.0).allocations["a"]
    assert allocation.send
    assert 6.0 <= allocation.current <= 8.0


def test_one_that_is_back_after_a_start_is_cut_at_once() -> None:
    flows = Measurement(time=0.0, current=PhaseValues(17.0, 17.0, 17.0))
    snapshot = Snapshot(
        measurements={SUPPLY_ID: flows},
        chargers={"a": ChargerReading(status=ChargerStatus.LOST)},
        commands={"a": Commanded(current=16.0, may_hold=16.0)},
    )
    balancer = Balancer(home(charger("a")))
    assert balancer.decide(snapshot, 0.0).allocations["a"].current == 16.0
    reading = ChargerReading(
        status=ChargerStatus.CHARGING, current=NO_CURRENT, limit=16.0
    )
    snapshot = replace(snapshot, chargers={"a": reading})
    allocation = balancer.decide(snapshot, 1.0).allocations["a"]
    assert allocation.current <= 8.0
