"""What was allocated, what was commanded, and what may be in force of it."""

from itertools import pairwise
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.model import (
    SUPPLY_ID,
    Ceiling,
    PhaseValues,
    Reason,
    Supply,
)

from .driver import Driver, Line
from .judge import TOLERANCE, judge
from .laws import check
from .plant import Moment, Plant
from .sites import charger, group, home
from .strategies import (
    Ceil,
    Drive,
    Event,
    Load,
    Pass,
    Restart,
    Turn,
    currents,
    examples,
    live,
)


def all_phases(current: float) -> PhaseValues:
    return PhaseValues(current, current, current)


def house(plant: Plant, current: float) -> None:
    plant.loads[SUPPLY_ID] = all_phases(current)


def allocated(moment: Moment, name: str = "a") -> float:
    return moment.decision.allocations[name].current


def driver_of(plant: Plant, name: str = "a") -> Driver:
    driver = plant.outlets[name].driver
    assert driver is not None
    return driver


def driven(*names: str, base_load: float = 5.0, **how: Any) -> Plant:
    """Return a home of 25 A in which each charger has a driver, and "a" this one."""
    plant = Plant(home(*map(charger, names)), driven=True)
    plant.drive("a", **how)
    house(plant, base_load)
    return plant


def unmetered(*names: str) -> Plant:
    """Return a group of 20 A without a meter."""
    site = home(
        *map(charger, names),
        supply=Supply(supply_max_current=20.0, metered=False),
        groups=(group(max_current_online=20.0, max_current_offline=20.0),),
    )
    return Plant(site, driven=True)


# --- room for the higher of what may be in force -------------------------------------


@pytest.mark.parametrize("line", [Line.REFUSED, Line.TIMED_OUT, Line.SLOW, Line.DEAD])
def test_what_a_cut_frees_is_granted_when_it_is_in_force(line: Line) -> None:
    plant = unmetered("a", "b")
    plant.outlets["b"].connected = False
    plant.settle(120)
    driver_of(plant).line = line
    plant.outlets["b"].connected = True
    assert judge(plant, plant.run(300)).seconds == 0.0
    driver_of(plant).line = Line.GOOD
    assert judge(plant, plant.run(900)).seconds == 0.0
    assert plant.outlets["b"].draw >= 6.0


@pytest.mark.parametrize("reports", [0.0, None])
def test_a_raise_that_lands_after_the_cut_takes_nothing_from_the_fuse(
    reports: float | None,
) -> None:
    """The raise hangs, the cut behind it is taken, and the raise lands last."""
    plant = unmetered("a", "b")
    plant.outlets["a"].report_age = reports
    plant.outlets["b"].connected = False
    plant.outlets["a"].user_limit = 6.0
    plant.settle(60)
    driver_of(plant).line = Line.SLOW
    plant.outlets["a"].user_limit = None
    while allocated(plant.step()) < 16.0:
        assert plant.now < 300.0
    driver_of(plant).line = Line.GOOD
    plant.outlets["b"].connected = True
    assert judge(plant, plant.run(600)).seconds == 0.0
    assert plant.outlets["b"].draw == plant.outlets["a"].draw == 10.0


def test_others_make_room_for_a_cut_that_is_not_confirmed() -> None:
    """It draws less than it may, so that only its limit is to be feared."""
    plant = driven("a", "b", base_load=1.0)
    plant.outlets["a"].wants = 8.0
    plant.settle(30)
    assert allocated(plant.settle(3)) > 0
    driver_of(plant).line = Line.REFUSED
    plant.settle(300)
    before = driver_of(plant).commanded(plant.now).may_hold
    assert before is not None
    house(plant, 11.0)
    moment = plant.settle(30)
    in_force = plant.outlets["a"].limit
    assert in_force > allocated(moment)
    assert moment.decision.allocations["a"].reason is Reason.NOT_FOLLOWING
    assert in_force + allocated(moment, "b") + 11.0 <= 25.0
    plant.outlets["a"].wants = 32.0
    assert judge(plant, plant.run(300)).seconds == 0.0


def test_a_car_that_is_seen_to_follow_needs_no_other_confirmation() -> None:
    """Its charger shows its limit a minute late; the meter has it at once."""
    plant = driven("a", "b")
    plant.settle(300)
    house(plant, 9.0)
    driver_of(plant).line = Line.SLOW
    plant.outlets["a"].obeys = False
    plant.step()
    plant.outlets["a"].draw = allocated(plant.step())
    for moment in plant.run(15):
        assert moment.decision.allocations["a"].reason is not Reason.NOT_FOLLOWING
        assert allocated(moment, "b") >= 7.0


def test_nothing_is_kept_free_for_one_without_a_car() -> None:
    plant = driven("a", "b", base_load=9.0)
    plant.settle(300)
    driver_of(plant).line = Line.REFUSED
    plant.outlets["a"].connected = False
    plant.settle(300)
    assert (driver_of(plant).commanded(plant.now).may_hold or 0.0) >= 6.0
    assert plant.outlets["b"].draw == 16.0


def test_the_excess_of_one_that_does_not_follow_is_counted_once() -> None:
    """16 A under a limit of 7: of the 14 A beside it another charger gets them all."""
    plant = Plant(home(charger("a"), charger("b"), fuse=35.0))
    house(plant, 5.0)
    plant.outlets["b"].connected = False
    plant.settle(120)
    plant.outlets["a"].obeys = False
    house(plant, 28.0)
    assert allocated(plant.step()) <= 7.0
    house(plant, 5.0)
    plant.settle(120)
    assert plant.outlets["a"].draw == 16.0
    plant.outlets["b"].connected = True
    assert allocated(plant.settle(300), "b") == 14.0


def test_the_draw_of_one_that_was_paused_in_vain_is_counted_once() -> None:
    plant = Plant(home(charger("a"), charger("b")))
    plant.outlets["a"].limit = 6.0
    plant.outlets["a"].user_limit = 6.0
    plant.outlets["b"].connected = False
    plant.settle(60)
    plant.outlets["a"].obeys = False
    plant.ceilings["a"] = Ceiling(target="a", current=0.0, expires=1e9)
    plant.settle(60)
    house(plant, 5.0)
    plant.outlets["b"].connected = True
    moment = plant.settle(300)
    assert plant.outlets["a"].draw == 6.0
    assert allocated(moment) == 0.0
    assert allocated(moment, "b") == 14.0


# --- commanding again ----------------------------------------------------------------


def sent(plant: Plant, seconds: float) -> list[float]:
    """Return when "a" is commanded, s from now on."""
    begin = plant.now
    return [
        moment.now - begin
        for moment in plant.run(seconds)
        if moment.decision.allocations["a"].send
    ]


@pytest.mark.parametrize(("base_load", "longest"), [(1.0, 300.0), (16.0, 60.0)])
def test_who_does_not_follow_is_commanded_again_with_growing_pauses(
    base_load: float, longest: float
) -> None:
    plant = Plant(home(charger("a", max_current=16.0)))
    house(plant, 5.0)
    plant.settle(120)
    plant.outlets["a"].obeys = False
    house(plant, 18.0)
    times = sent(plant, 10)
    assert times == [1.0, 7.0]  # an excess is seen with the next sample
    house(plant, base_load)
    times = sent(plant, 1800)
    pauses = [after - before for before, after in pairwise(times)]
    assert pauses[-1] == longest
    assert pauses == sorted(pauses)
    assert len(times) <= 1800 / longest + 8


def test_one_that_refuses_is_commanded_once_without_a_car() -> None:
    plant = driven("a")
    plant.settle(120)
    driver_of(plant).line = Line.REFUSED
    plant.outlets["a"].connected = False
    assert len(sent(plant, 600)) == 1


def test_a_new_allocation_begins_anew() -> None:
    plant = Plant(home(charger("a")))
    plant.settle(120)
    plant.outlets["a"].obeys = False
    plant.ceilings["a"] = Ceiling(target="a", current=10.0, expires=1e9)
    plant.settle(600)
    plant.ceilings["a"] = Ceiling(target="a", current=8.0, expires=1e9)
    assert sent(plant, 20) == [1.0, 6.0, 16.0]


# --- a raise that is held back -------------------------------------------------------


@pytest.mark.parametrize("interval", [400.0, 900.0])
@pytest.mark.parametrize("expiring", [False, True])
def test_after_one_cut_all_that_is_free_is_back_within_one_interval(
    interval: float, expiring: bool
) -> None:
    plant = Plant(home(charger("a", expiring_limit=expiring)), driven=True)
    plant.drive("a", raise_interval=interval)
    house(plant, 5.0)
    plant.settle(interval + 120)
    assert plant.outlets["a"].draw == 16.0
    house(plant, 19.0)
    plant.settle(60)
    assert plant.outlets["a"].draw == 6.0
    house(plant, 5.0)
    plant.settle(interval)
    assert plant.outlets["a"].draw == 16.0


def test_what_is_held_back_is_not_unused() -> None:
    plant = driven("a", "b", raise_interval=900.0)
    plant.outlets["b"].connected = False
    plant.settle(960)
    house(plant, 19.0)
    plant.settle(10)
    house(plant, 5.0)
    plant.settle(120)
    assert plant.outlets["a"].draw == 6.0
    for moment in plant.run(600):
        assert allocated(moment) == 16.0
        assert moment.decision.allocations["a"].reason is Reason.FULL_CURRENT


def test_a_car_has_not_risen_on_a_raise_that_was_not_sent() -> None:
    """What rises on the meter meanwhile is the base load's."""
    plant = driven("a", raise_interval=900.0)
    plant.outlets["a"].report_age = None
    plant.settle(960)
    house(plant, 19.0)
    plant.settle(10)
    house(plant, 5.0)
    while allocated(plant.step()) < 16.0:
        assert plant.now < 1200
    house(plant, 9.0)
    moment = plant.step()
    assert moment.decision.drawn["a"] == pytest.approx((6.0, 6.0, 6.0))
    assert moment.decision.nodes[SUPPLY_ID].base_load == pytest.approx((9.0, 9.0, 9.0))


# --- whatever becomes of commands ----------------------------------------------------

_WHICH = st.integers(0, 2)
EVENTS = st.one_of(
    st.builds(Pass, st.integers(1, 90)),
    st.builds(Drive, _WHICH, st.just("line"), st.sampled_from(Line)),
    st.builds(Drive, _WHICH, st.just("hears"), st.booleans()),
    st.builds(Turn, _WHICH, st.just("reachable"), st.booleans()),
    st.builds(Turn, _WHICH, st.just("wants"), st.sampled_from([0.0, 8.0, 32.0])),
    st.builds(
        Ceil,
        st.integers(0, 4),
        st.sampled_from([None, None, 6.0, 10.0, 14.0]),
        st.sampled_from([30.0, 1e6]),
    ),
    st.just(Restart()),
)


@examples(150)
@given(history=st.lists(EVENTS, min_size=8, max_size=40))
def test_a_static_group_never_passes_its_fuse(history: list[Event]) -> None:
    """No meter would tell: what others are given from must be free in truth."""
    plant = unmetered("a", "b", "c")
    for moment in live(plant, history):
        check(plant, moment)
        assert max(plant.carried(0)) <= 20.0 + TOLERANCE


@examples(100)
@given(
    history=st.lists(
        st.one_of(
            EVENTS, st.builds(Load, st.just(1), st.builds(all_phases, currents(0, 25)))
        ),
        min_size=8,
        max_size=40,
    )
)
def test_who_follows_makes_room_for_who_does_not(history: list[Event]) -> None:
    """Half a minute above the fuse at most, unless nobody is left who would obey."""
    plant = Plant(home(*map(charger, "abc")), driven=True)
    over = 0.0
    for moment in live(plant, history):
        check(plant, moment)
        over = over + 1.0 if max(plant.carried(0)) > 25.0 + TOLERANCE else 0.0
        if over > 30.0:
            assert not any(
                outlet.draw
                for name, outlet in plant.outlets.items()
                if outlet.reachable and driver_of(plant, name).line is Line.GOOD
            )
