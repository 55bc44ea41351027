"""One or three phases: when a charger is switched, and what it is believed."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from custom_components.amp_guard.control.tree import WiringError
from custom_components.amp_guard.model import (
    SUPPLY_ID,
    Ceiling,
    Charger,
    EarthingSystem,
    Phase,
    PhaseMode,
    PhaseValues,
    PowerLimit,
    Reason,
    Supply,
)

from .judge import judge
from .laws import check, check_switches
from .plant import Moment, Plant, Switching
from .sites import charger, home

EVENING = PhaseValues(5.0, 23.0, 5.0)
"""A on a fuse of 25 A: 2 A are left on L2."""
ROTATED = (Phase.L3, Phase.L1, Phase.L2)
QUIET = PhaseValues(5.0, 5.0, 5.0)
LIARS = [each for each in Switching if each is not Switching.HONEST]


def switchable(name: str = "a", **changed: object) -> Charger:
    return charger(name, **{"one_phase_choices": (Phase.L1,), **changed})


def evening(*chargers: Charger, load: PhaseValues = EVENING) -> Plant:
    plant = Plant(home(*(chargers or (switchable(),))))
    plant.loads[SUPPLY_ID] = load
    for outlet in plant.outlets.values():
        outlet.start_delay, outlet.ramp = 8.0, 2.0
    return plant


def used(plant: Plant, name: str = "a") -> list[Phase]:
    outlet = plant.outlets[name]
    return [p for p in Phase if outlet.weights[p] and outlet.draw]


def lawful(plant: Plant, seconds: float) -> Moment:
    for moment in plant.run(seconds):
        check(plant, moment)
    return moment


def reason(moment: Moment, name: str = "a") -> Reason:
    return moment.decision.allocations[name].reason


def test_where_three_do_not_fit_it_charges_on_one() -> None:
    plant = evening()
    lawful(plant, 400)
    assert used(plant) == [Phase.L1]
    assert plant.outlets["a"].draw == 16.0
    assert judge(plant, plant.run(3600)).seconds == 0.0


def test_a_car_that_charges_on_three_is_switched_when_the_house_asks_for_more() -> None:
    plant = evening(load=QUIET)
    lawful(plant, 120)
    assert len(used(plant)) == 3
    plant.loads[SUPPLY_ID] = EVENING
    lawful(plant, 400)
    assert used(plant) == [Phase.L1]


def test_a_peak_of_a_minute_switches_nothing() -> None:
    plant = evening(load=QUIET)
    lawful(plant, 120)
    plant.loads[SUPPLY_ID] = EVENING
    lawful(plant, 60)
    plant.loads[SUPPLY_ID] = QUIET
    lawful(plant, 300)
    assert len(used(plant)) == 3
    assert not plant.outlets["a"].switched_at


def test_why_it_waits_is_told() -> None:
    plant = evening()
    assert Reason.PHASE_SWITCH in {reason(moment) for moment in plant.run(200)}


def test_it_goes_back_to_three_when_they_have_fitted_for_long() -> None:
    plant = evening()
    lawful(plant, 400)
    plant.loads[SUPPLY_ID] = QUIET
    lawful(plant, 560)
    assert used(plant) == [Phase.L1]
    lawful(plant, 400)
    assert len(used(plant)) == 3
    assert judge(plant, plant.run(600)).seconds == 0.0


def test_it_stays_on_one_where_three_give_no_more() -> None:
    """6 A on three phases are less than 30 A on one."""
    plant = Plant(home(switchable(max_current=32.0), fuse=35.0))
    plant.loads[SUPPLY_ID] = PhaseValues(3.0, 33.0, 3.0)
    lawful(plant, 400)
    plant.loads[SUPPLY_ID] = PhaseValues(3.0, 28.0, 3.0)
    lawful(plant, 1500)
    assert plant.outlets["a"].draw == 32.0
    assert used(plant) == [Phase.L1]


def test_where_it_can_choose_it_takes_the_phase_with_most_left() -> None:
    plant = evening(
        switchable(one_phase_choices=tuple(Phase)), load=PhaseValues(15.0, 23.0, 5.0)
    )
    lawful(plant, 400)
    assert used(plant) == [Phase.L3]
    plant.loads[SUPPLY_ID] = PhaseValues(5.0, 23.0, 23.0)
    lawful(plant, 1200)
    assert used(plant) == [Phase.L1]


def test_one_that_is_limited_by_power_has_it_on_one_phase() -> None:
    limit = PowerLimit(id="tariff", chargers=("a",), reason=Reason.POWER_WINDOW)
    plant = Plant(home(switchable(), power_limits=(limit,)))
    plant.ceilings["tariff"] = Ceiling(target="tariff", current=14.0, expires=1e9)
    lawful(plant, 400)
    assert plant.outlets["a"].draw == 14.0
    assert used(plant) == [Phase.L1]


@pytest.mark.parametrize(
    ("car", "fewest"),
    [
        (switchable(), 6.0),
        (switchable(phase_mode=PhaseMode.ALL), 18.0),
        (charger("a"), 18.0),
    ],
    ids=["automatic", "its owner chose three", "cannot be set"],
)
def test_who_plans_is_told_the_least_that_it_could_be_set_to(
    car: Charger, fewest: float
) -> None:
    plant = evening(car, load=QUIET)
    minimum = plant.settle(120).decision.minimums["a"]
    assert (minimum.counted, minimum.fewest) == (18.0, fewest)


def test_one_that_does_not_say_how_it_is_set_is_not_switched() -> None:
    plant = evening()
    plant.outlets["a"].phases_set = None
    lawful(plant, 600)
    assert not plant.outlets["a"].switched_at


def test_nothing_is_switched_in_an_it_net() -> None:
    supply = Supply(supply_max_current=25.0, earthing_system=EarthingSystem.IT)
    plant = Plant(home(switchable(), supply=supply))
    plant.loads[SUPPLY_ID] = EVENING
    lawful(plant, 600)
    assert not plant.outlets["a"].switched_at


def test_it_can_use_alone_only_a_phase_that_it_has() -> None:
    with pytest.raises(WiringError, match="'a'"):
        Plant(home(charger(wiring=(Phase.L1,), one_phase_choices=(Phase.L2,))))


# --- its owner's choice ---------------------------------------------------------------


def choose(plant: Plant, mode: PhaseMode) -> None:
    [before] = plant.site.chargers
    plant.change(replace(plant.site, chargers=(replace(before, phase_mode=mode),)))


def test_its_owner_sets_it_to_one_and_to_all_while_it_charges() -> None:
    plant = evening(load=QUIET)
    lawful(plant, 120)
    choose(plant, PhaseMode.ONE)
    lawful(plant, 400)
    assert used(plant) == [Phase.L1]
    choose(plant, PhaseMode.ALL)
    lawful(plant, 900)
    assert len(used(plant)) == 3


@pytest.mark.parametrize("jump", [0.0, -3600.0])
def test_a_restart_does_not_let_it_be_switched_sooner(jump: float) -> None:
    plant = evening(load=QUIET)
    lawful(plant, 120)
    choose(plant, PhaseMode.ONE)
    lawful(plant, 400)
    plant.restart()
    plant.shift += jump
    choose(plant, PhaseMode.ALL)
    lawful(plant, 900)
    first, second = plant.outlets["a"].switched_at
    assert second - first >= 600.0
    assert len(used(plant)) == 3


def test_who_chose_all_is_not_switched() -> None:
    plant = evening(switchable(phase_mode=PhaseMode.ALL))
    lawful(plant, 600)
    assert not plant.outlets["a"].switched_at


def test_it_is_set_back_when_the_car_has_left() -> None:
    plant = evening()
    lawful(plant, 400)
    plant.outlets["a"].connected = False
    lawful(plant, 900)
    assert plant.outlets["a"].phases_set == 3


def test_a_car_that_leaves_before_it_is_switched_leaves_it_as_it_is() -> None:
    plant = evening()
    outlet = plant.outlets["a"]
    plant.settle(30)
    outlet.connected = False
    plant.settle(900)
    assert not outlet.switched_at


# --- what it is believed --------------------------------------------------------------


@pytest.mark.parametrize("report_age", [0.0, 15.0, 60.0, None])
@pytest.mark.parametrize("lie", LIARS)
def test_one_that_lies_is_taken_back_once_and_then_left_alone(
    lie: Switching, report_age: float | None
) -> None:
    plant = evening()
    outlet = plant.outlets["a"]
    outlet.switching, outlet.report_age = lie, report_age
    verdict = judge(plant, plant.run(3600))
    assert verdict.seconds <= 10.0
    assert verdict.trips == 0
    if lie is not Switching.LATE:
        assert outlet.draw == 0.0


@pytest.mark.parametrize("lie", LIARS)
def test_one_that_lied_to_the_last_car_is_tried_again_with_the_next(
    lie: Switching,
) -> None:
    plant = evening()
    outlet = plant.outlets["a"]
    outlet.switching = lie
    plant.settle(1800)
    outlet.connected, outlet.switching = False, Switching.HONEST
    outlet.be_set_by_hand(tuple(Phase))
    plant.settle(700)
    outlet.connected = True
    plant.settle(900)
    assert used(plant) == [Phase.L1]


def test_nobody_is_given_the_other_phases_until_it_is_seen_on_one() -> None:
    """EVerest/everest-core#1038: what the old phases had went to others at once."""
    plant = Plant(home(switchable(), charger("b", wiring=(Phase.L3,)), fuse=25.0))
    plant.loads[SUPPLY_ID] = PhaseValues(5.0, 23.0, 5.0)
    a, b = plant.outlets["a"], plant.outlets["b"]
    a.report_age, a.start_delay, b.connected = 30.0, 20.0, False
    while not plant.step().decision.allocations["a"].current:
        pass
    b.connected = True
    plant.settle(60 - a.start_delay)
    given = plant.step().decision.allocations
    assert given["a"].current + given["b"].current <= 20.0
    plant.settle(200)
    assert (a.draw, b.draw) == (16.0, 16.0)


def test_one_that_switches_itself_back_is_known_to_use_all() -> None:
    plant = evening()
    lawful(plant, 400)
    outlet = plant.outlets["a"]
    outlet.be_set_by_hand(tuple(Phase))
    assert judge(plant, plant.run(300)).seconds <= 5.0
    assert outlet.draw == 0.0


def test_it_goes_on_over_a_restart() -> None:
    plant = evening()
    plant.settle(400)
    plant.restart()
    for moment in plant.run(120):
        assert moment.decision.allocations["a"].current == 16.0
    assert judge(plant, plant.run(600)).seconds == 0.0


def test_one_that_is_lost_may_have_forgotten_what_it_was_set_to() -> None:
    plant = evening()
    plant.settle(400)
    plant.outlets["a"].reachable = False
    available = plant.settle(5).decision.nodes[SUPPLY_ID].available
    assert available.l3 == pytest.approx(20.0 - 6.0)


def test_a_car_that_does_not_stop_is_not_switched() -> None:
    plant = evening(load=QUIET)
    outlet = plant.outlets["a"]
    plant.settle(120)
    outlet.obeys = False
    choose(plant, PhaseMode.ONE)
    plant.settle(1200)
    assert not outlet.switched_at


# --- many -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_whatever_chargers_say_the_fuse_holds_through_many_switches(seed: int) -> None:
    """Ten switches each: a house that comes and goes, and chargers that lie."""
    random = Random(seed)
    plant = evening(
        switchable(switch_time=5.0),
        switchable("b", one_phase_choices=tuple(Phase)),
        switchable("c", wiring=ROTATED, one_phase_choices=ROTATED[:1]),
    )

    def lives() -> Iterator[Moment]:
        while sum(len(each.switched_at) for each in plant.outlets.values()) < 10:
            for outlet in plant.outlets.values():
                outlet.switching = random.choice([Switching.HONEST, *Switching])
                outlet.report_age = random.choice([0.0, 2.0, 15.0, 60.0])
                outlet.connected = random.random() < 0.8
                if not outlet.connected:
                    outlet.be_set_by_hand(tuple(Phase))
            plant.loads[SUPPLY_ID] = random.choice(
                [
                    QUIET,
                    EVENING,
                    PhaseValues(5.0, 22.0, 5.0),
                    PhaseValues(5.0, 24.0, 9.0),
                ]
            )
            for moment in plant.run(random.choice([240.0, 700.0]), each=2.0):
                check_switches(plant, moment)
                yield moment

    verdict = judge(plant, lives())
    assert verdict.trips == 0
    assert verdict.heat < 1.3
