"""A cut is whole and at once, whatever happened just before."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.model import (
    SUPPLY_ID,
    FuseType,
    Phase,
    PhaseValues,
    Reason,
    Site,
    Supply,
)

from .laws import RIDE
from .plant import MeterMode, Moment, Plant
from .sites import charger, home
from .strategies import Event, Load, Pass, Turn, currents, examples, live

TOLERANCE = 0.05
"""A that no meter can tell from the limit."""


def house_of(plant: Plant) -> list[float]:
    """Return what truly flows beside the chargers, A."""
    return list(plant.loads[SUPPLY_ID])


def check_cut(plant: Plant, moment: Moment) -> None:
    """Above the limit, what may be drawn from now on fits beside the true house."""
    limit = plant.site.supply.supply_max_current
    if max(plant.flow(0)) <= limit + TOLERANCE:
        return
    allocations = moment.decision.allocations
    before = [highest for _, highest in plant.last_two(SUPPLY_ID)[:-1]]
    ride = 0.0 if any(highest > limit for highest in before) else RIDE * limit
    for phase in Phase:
        allocated = sum(
            outlet.weights[phase] * allocations[name].current
            for name, outlet in plant.outlets.items()
        )
        room = max(0.0, limit - house_of(plant)[phase])
        assert allocated <= room + ride + TOLERANCE, (phase, allocated, room)


EVENTS = st.one_of(
    st.builds(Pass, st.integers(1, 50)),
    st.builds(Load, st.just(1), st.builds(PhaseValues, *(currents(0, 30),) * 3)),
    st.builds(Turn, st.integers(0, 2), st.just("connected"), st.booleans()),
    st.builds(Turn, st.integers(0, 2), st.just("wants"), st.sampled_from([8.0, 32.0])),
)


@examples(150)
@given(
    history=st.lists(EVENTS, min_size=4, max_size=25),
    ramp=st.sampled_from([1.0, 8.0, 32.0]),
    lag=st.sampled_from([0.0, 2.0, 5.0]),
    delay=st.sampled_from([0.0, 5.0]),
    fuse=st.sampled_from([20.0, 25.0, 35.0]),
    kind=st.sampled_from(FuseType),
    turn=st.sampled_from([120.0, 1800.0]),
)
def test_a_cut_is_whole_beside_any_other_event(
    history: list[Event],
    ramp: float,
    lag: float,
    delay: float,
    fuse: float,
    kind: FuseType,
    turn: float,
) -> None:
    site = home(
        charger("a"),
        charger("b", wiring=(Phase.L2, Phase.L3, Phase.L1)),
        charger("c", wiring=(Phase.L3,)),
        fuse=fuse,
        supply=Supply(supply_max_current=fuse, fuse_type=kind),
        turn=turn,
    )
    plant = Plant(site, phases=(3, 1))
    for outlet in plant.outlets.values():
        outlet.ramp, outlet.lag, outlet.start_delay = ramp, lag, delay
    for moment in live(plant, history):
        check_cut(plant, moment)


def charging(**changed: Any) -> Plant:
    """Return a home in which one car charges at 16 A beside 5 A of house."""
    plant = Plant(home(charger("a")))
    outlet = plant.outlets["a"]
    for name, value in changed.items():
        setattr(outlet, name, value)
    plant.loads[SUPPLY_ID] = PhaseValues(5.0, 5.0, 5.0)
    plant.settle(120)
    assert outlet.draw == 16.0
    return plant


def house(plant: Plant, current: float) -> None:
    plant.loads[SUPPLY_ID] = PhaseValues(current, current, current)


def allocated(moment: Moment) -> float:
    return moment.decision.allocations["a"].current


def is_cut_to(moment: Moment, room: float) -> bool:
    """Return whether the whole cut is sent now, and little more than that."""
    return (
        moment.decision.allocations["a"].send and room - 2 < allocated(moment) <= room
    )


def test_a_cut_is_sent_with_the_first_sample_above_the_limit() -> None:
    plant = charging()
    house(plant, 18.0)
    assert is_cut_to(plant.step(), 7.0)


def test_a_second_cut_follows_the_first_before_the_car_does() -> None:
    plant = charging(lag=5.0)
    house(plant, 12.0)
    assert is_cut_to(plant.step(), 13.0)
    house(plant, 18.0)
    assert is_cut_to(plant.step(), 7.0)


def test_a_cut_while_the_car_starts_is_whole() -> None:
    plant = Plant(home(charger("a")))
    plant.outlets["a"].ramp = 1.0
    house(plant, 5.0)
    while plant.outlets["a"].draw < 8.0:
        plant.step()
    house(plant, 18.0)
    assert is_cut_to(plant.step(), 7.0)


def test_a_cut_after_a_silent_spell_is_whole() -> None:
    plant = charging()
    plant.modes[SUPPLY_ID] = MeterMode.SILENT
    plant.settle(10)
    plant.modes[SUPPLY_ID] = MeterMode.GOOD
    house(plant, 18.0)
    assert is_cut_to(plant.step(), 7.0)


def test_a_cut_after_a_restart_is_whole() -> None:
    plant = charging()
    plant.restart()
    house(plant, 18.0)
    assert is_cut_to(plant.step(), 7.0)


@pytest.mark.parametrize("age", [3.0, 15.0, None])
def test_a_cut_is_whole_however_late_the_charger_reports(age: float | None) -> None:
    plant = charging(report_age=age)
    house(plant, 18.0)
    assert is_cut_to(plant.step(), 7.0)


@pytest.mark.parametrize("age", [3.0, 15.0, None])
def test_a_cut_while_a_car_starts_is_whole_however_late_it_reports(
    age: float | None,
) -> None:
    """The rise may be the car's or the house's: the worse one is assumed."""
    plant = Plant(home(charger("a")))
    outlet = plant.outlets["a"]
    outlet.report_age, outlet.ramp = age, 1.0
    house(plant, 5.0)
    while outlet.draw < 8.0:
        plant.step()
    house(plant, 18.0)
    assert allocated(plant.step()) <= 7.0


def test_minimums_ride_through_one_sample_and_no_more() -> None:
    plant = charging()
    house(plant, 19.0)
    assert allocated(plant.settle(10)) == 6.0
    house(plant, 20.5)
    assert allocated(plant.step()) == 6.0
    assert allocated(plant.step()) == 0.0


def test_minimums_do_not_ride_through_a_meter_that_falls_silent() -> None:
    plant = charging()
    house(plant, 19.0)
    plant.settle(10)
    house(plant, 20.5)
    assert allocated(plant.step()) == 6.0
    plant.modes[SUPPLY_ID] = MeterMode.SILENT
    assert allocated(plant.settle(3)) == 0.0


def test_minimums_do_not_ride_through_on_a_breaker() -> None:
    breaker = Supply(supply_max_current=25.0, fuse_type=FuseType.BREAKER)
    site: Site = home(charger("a"), supply=breaker)
    plant = Plant(site)
    house(plant, 19.0)
    plant.settle(120)
    house(plant, 20.5)
    assert allocated(plant.step()) == 0.0


def test_minimums_do_not_ride_through_twice_the_fuse() -> None:
    plant = charging()
    house(plant, 19.0)
    plant.settle(10)
    house(plant, 44.0)
    assert allocated(plant.step()) == 0.0


def test_what_is_given_up_is_confirmed_before_it_is_allocated() -> None:
    """A car that follows late keeps its ampere until it is seen to let go."""
    plant = Plant(home(charger("a"), charger("b")))
    plant.outlets["b"].connected = False
    plant.outlets["a"].lag = 8.0
    house(plant, 5.0)
    plant.settle(120)
    plant.outlets["b"].connected = True
    for moment in plant.run(60):
        allocated = moment.decision.allocations["b"].current
        assert allocated + plant.outlets["a"].draw + 5.0 <= 25.0 + TOLERANCE
    assert allocated >= 6.0


def test_nobody_is_paused_for_the_margin_of_an_uneasy_meter() -> None:
    """The margin asks for a smaller share, but a minimum that fits beside it stays."""
    plant = charging()
    for second in range(120):
        flicker = 0.5 * (second % 2)
        plant.loads[SUPPLY_ID] = PhaseValues(9.0, 9.0 + flicker, 9.0 - flicker)
        plant.step()
    house(plant, 18.8)
    assert allocated(plant.step()) == 6.0


def test_a_car_that_comes_after_an_overload_was_not_cut() -> None:
    plant = Plant(home())
    outlet = plant.outlets["a"]
    outlet.connected, outlet.limit = False, 16.0
    plant.loads[SUPPLY_ID] = PhaseValues(24.0, 24.0, 24.0)
    plant.settle(60)
    outlet.connected = True
    plant.loads[SUPPLY_ID] = PhaseValues(1.0, 1.0, 1.0)
    assert plant.settle(10).decision.allocations["a"].reason is Reason.RAISE_HELD


@pytest.mark.parametrize("seconds", [6.0, 12.0, 14.0])
def test_a_cut_is_not_sent_again_before_anything_could_show_it_ignored(
    seconds: float,
) -> None:
    plant = charging(report_age=None, tells_limit=False)
    plant.outlets["a"].obeys = False
    house(plant, 18.0)
    assert is_cut_to(plant.step(), 7.0)
    plant.modes[SUPPLY_ID] = MeterMode.SILENT
    unheard = [m.decision.allocations["a"].send for m in plant.run(seconds)]
    assert not any(unheard)
    plant.modes[SUPPLY_ID] = MeterMode.GOOD
    assert any(m.decision.allocations["a"].send for m in plant.run(2.0))
