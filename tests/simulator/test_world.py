"""The world: what flows, who follows, and what the judge writes down."""

from dataclasses import replace
from math import sqrt

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.amp_guard.model import (
    SUPPLY_ID,
    ChargerStatus,
    EarthingSystem,
    Group,
    Phase,
    PhaseValues,
    Supply,
)
from simulator.car import Car, CarModel
from simulator.charger import ChargerModel
from simulator.house import House, Step, constant
from simulator.world import World

EAGER = CarModel(
    energy_wh=1e6,
    start_delay=0,
    one_phase_first=0,
    raise_delay=0,
    ramp_up=100,
    follow_down=0,
)
SUPPLY = Supply(supply_max_current=25)
NO_HOUSE = House()


def charge(world, charger, model=EAGER, car_id="car"):
    """Plug a car in and let it draw what it is offered."""
    world.plug_in(charger, Car(model, car_id))
    world.step(5)


def test_a_limit_takes_effect_after_the_lag():
    charger = ChargerModel(id="c", command_lag=2, limit=6)
    world = World(NO_HOUSE, [charger], SUPPLY)
    charge(world, "c")

    charger.set_limit(16, world.now)
    world.step(1.9)
    assert charger.limit == 6
    world.step(1)
    assert charger.limit == 16
    assert charger.current == (16, 16, 16)
    assert charger.commands == 1


@pytest.mark.parametrize(
    ("told", "limit", "offered"),
    [(0, 0, 0), (5, 5, 0), (6, 6, 6), (9.9, 9, 9), (40, 16, 16), (-3, 0, 0)],
)
def test_a_limit_is_in_whole_steps_and_pauses_under_6_a(told, limit, offered):
    charger = ChargerModel(id="c", command_lag=0)
    world = World(NO_HOUSE, [charger], SUPPLY)

    charger.set_limit(told, 0)
    world.step(1)

    assert (charger.limit, charger.offered) == (limit, offered)


def test_a_switch_pauses_and_resumes_at_the_limit():
    charger = ChargerModel(id="c", command_lag=0, limit=10)
    world = World(NO_HOUSE, [charger], SUPPLY)
    charge(world, "c")

    charger.set_paused(paused=True)
    world.step(1)
    assert (charger.limit, charger.status) == (0, ChargerStatus.WAITING)
    charger.set_paused(paused=False)
    world.step(1)
    assert (charger.limit, charger.status) == (10, ChargerStatus.CHARGING)


def test_an_expiring_limit_gives_way_to_the_offline_current_on_its_phase():
    charger = ChargerModel(
        id="c", command_lag=0, offline_current=8, offline_phase=Phase.L2
    )
    world = World(NO_HOUSE, [charger], SUPPLY)
    charge(world, "c")

    charger.set_limit(16, world.now, valid_for=60)
    world.step(59)
    assert world.supply_current == (16, 16, 16)
    world.step(2)
    assert world.supply_current == (0, 8, 0)
    charger.set_limit(16, world.now, valid_for=60)
    world.step(1)
    assert world.supply_current == (16, 16, 16)


def test_status_tells_the_cars_life():
    charger = ChargerModel(id="c", limit=16)
    world = World(NO_HOUSE, [charger], SUPPLY)
    seen = [charger.status]
    world.plug_in("c", Car(CarModel(energy_wh=100, start_delay=28)))
    for seconds in (1, 40, 600):
        world.step(seconds)
        seen.append(charger.status)
    world.unplug("c")
    seen.append(charger.status)

    assert seen == [
        ChargerStatus.DISCONNECTED,
        ChargerStatus.WAITING,
        ChargerStatus.CHARGING,
        ChargerStatus.FULL,
        ChargerStatus.DISCONNECTED,
    ]
    assert world.record.cars["car"].stops == 0


def test_wiring_is_the_supplys_phase_on_the_chargers_own():
    charger = ChargerModel(id="c", wiring=(Phase.L3, Phase.L1, Phase.L2), limit=6)
    world = World(House(constant(PhaseValues(1, 2, -3))), [charger], SUPPLY)
    charge(world, "c", CarModel(phases=1, start_delay=0))

    assert charger.current == (6, 0, 0)
    assert world.supply_current == (1, 2, 3)


@pytest.mark.parametrize(
    ("wiring", "house", "expected"),
    [
        ((Phase.L1, Phase.L2), (0, 0, 0), (10, 10, 0)),
        ((Phase.L3, Phase.L1), (0, 0, 0), (10, 0, 10)),
        ((Phase.L1, Phase.L2, Phase.L3), (0, 0, 0), (10, 10, 10 * sqrt(3))),
        ((Phase.L1, Phase.L2), (5, 0, 0), (15, 15, 0)),
        ((Phase.L1, Phase.L2), (0, 10, 0), (10, 10 * sqrt(3), 10)),
    ],
)
def test_an_it_net_adds_vectors(wiring, house, expected):
    charger = ChargerModel(
        id="c", wiring=wiring, limit=10, earthing_system=EarthingSystem.IT
    )
    world = World(
        House(constant(PhaseValues(*house))),
        [charger],
        Supply(supply_max_current=25, earthing_system=EarthingSystem.IT),
    )
    charge(world, "c")

    assert world.supply_current == pytest.approx(expected)


def test_groups_carry_what_is_behind_them_and_meters_see_what_they_see():
    groups = (
        Group(id="outer", max_current_online=30, max_current_offline=6),
        Group(
            id="inner",
            parent="outer",
            max_current_online=20,
            max_current_offline=6,
            chargers_included_in_measurements=False,
        ),
    )
    chargers = [
        ChargerModel(id="a", group="inner", limit=10),
        ChargerModel(id="b", group="outer", limit=8),
    ]
    house = House(constant(PhaseValues(5, 5, 5)))
    behind = {"inner": House(constant(PhaseValues(1, 0, 0)))}
    world = World(house, chargers, SUPPLY, groups, behind)
    world.plug_in("a", Car(EAGER, "car-a"))
    charge(world, "b", car_id="car-b")

    assert world.node_current("inner") == (11, 10, 10)
    assert world.node_current("outer") == (19, 18, 18)
    assert world.supply_current == (24, 23, 23)
    assert world.measured_current() == (14, 13, 13)


def test_the_judge_counts_what_the_cars_add_and_all_that_passes():
    house = House(
        [
            Step(0, PhaseValues(5, 5, 5)),
            Step(100, PhaseValues(20, 5, 5)),
            Step(110, PhaseValues(5, 5, 5)),
            Step(200, PhaseValues(5, 30, 5)),
            Step(203, PhaseValues(5, 5, 5)),
        ]
    )
    charger = ChargerModel(id="c", limit=10)
    world = World(house, [charger], SUPPLY)
    charge(world, "c")
    world.advance(300)
    supply = world.record.nodes[SUPPLY_ID]

    # 5 A over for 10 s; then the house alone is 5 A over for 3 s, the car adds 10 A.
    assert supply.over.seconds == pytest.approx(13)
    assert supply.over.longest == pytest.approx(10)
    assert supply.over.amp_seconds == pytest.approx(5 * 10 + 10 * 3)
    assert supply.over_with_house.seconds == pytest.approx(13)
    assert supply.over_with_house.amp_seconds == pytest.approx(5 * 10 + 15 * 3)
    assert supply.peak == 40
    assert world.record.seconds == pytest.approx(300)


def test_the_judge_sees_a_half_second_between_two_steps():
    house = House([Step(10.2, PhaseValues(0, 40, 0)), Step(10.7, PhaseValues(0, 1, 0))])
    world = World(house, [], SUPPLY)
    world.step(60)

    over = world.record.nodes[SUPPLY_ID].over_with_house
    assert over.seconds == pytest.approx(0.5)
    assert over.amp_seconds == pytest.approx(7.5)


def test_a_pause_is_a_stop_and_leaving_or_full_is_none():
    charger = ChargerModel(id="c", command_lag=0, limit=10)
    world = World(NO_HOUSE, [charger], SUPPLY)
    charge(world, "c")
    charger.set_limit(0, world.now)
    world.step(10)
    charger.set_limit(10, world.now)
    world.step(10)
    world.unplug("c")
    world.step(10)

    car = world.record.cars["car"]
    assert (car.starts, car.stops) == (2, 1)
    assert world.supply_current == (0, 0, 0)


def test_a_fuse_that_blows_is_counted():
    world = World(House(constant(PhaseValues(60, 0, 0))), [], SUPPLY)
    seconds = world.fuse.time_to_trip(60)

    world.step(0.99 * seconds)
    assert world.record.fuse_trips == 0
    world.step(0.02 * seconds)
    assert world.record.fuse_trips == 1
    assert world.record.theta_max >= world.fuse.trip_heat


limits = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 32), st.floats(0.2, 120)), max_size=12
)


@given(limits, st.booleans(), st.floats(0.3, 7))
@settings(deadline=None, max_examples=50)
def test_energy_is_conserved_and_time_may_be_cut_anyhow(limits, it, longest_step):
    earthing_system = EarthingSystem.IT if it else EarthingSystem.TN

    def run(step):
        chargers = [
            ChargerModel(id=f"{n}", max_current=32, earthing_system=earthing_system)
            for n in (0, 1)
        ]
        world = World(
            House(constant(PhaseValues(3, 2, 1))),
            chargers,
            Supply(supply_max_current=63, earthing_system=earthing_system),
        )
        cars = [Car(CarModel(energy_wh=400), f"car-{n}") for n in (0, 1)]
        for charger, car in zip(chargers, cars, strict=True):
            world.plug_in(charger.id, car)
        for number, limit, seconds in limits:
            chargers[number].set_limit(limit, world.now)
            end = world.now + seconds
            while world.now < end:
                world.advance(min(end, world.now + step))
        return world, cars

    whole, cars = run(step=1e9)
    pieces, _ = run(step=longest_step)

    for car in cars:
        taken = whole.record.cars[car.id].energy_wh
        assert taken == pytest.approx(car.energy_taken_wh)
        assert taken == pytest.approx(
            pieces.record.cars[car.id].energy_wh, rel=0.02, abs=0.5
        )


# --- who waits beside room ------------------------------------------------------------


@pytest.fixture
def waiting():
    """A car that nobody offers anything, beside 19 A of house on L2 until 100 s."""
    house = House([Step(0, PhaseValues(0, 20, 0)), Step(100, PhaseValues(0, 19, 0))])
    charger = ChargerModel(id="c", limit=0, command_lag=0)
    world = World(house, [charger], SUPPLY)
    world.plug_in("c", Car(EAGER, "car"))
    return world


def test_who_waits_beside_room_for_10_min_is_locked_out_once(waiting):
    waiting.advance(699)
    assert waiting.record.lock_outs == 0
    waiting.advance(3000)
    assert waiting.record.cars["car"].lock_outs == 1


def test_a_moment_without_room_or_of_charging_begins_the_wait_anew(waiting):
    waiting.advance(690)
    waiting.chargers["c"].set_limit(6, waiting.now)
    waiting.step(5)
    waiting.chargers["c"].set_limit(0, waiting.now)
    waiting.advance(1290)
    assert waiting.record.lock_outs == 0
    waiting.advance(1300)
    assert waiting.record.lock_outs == 1


@pytest.mark.parametrize(
    ("model", "lock_outs"),
    [
        (EAGER, 0),
        (replace(EAGER, phases=1), 1),  # the house is on another phase
        (replace(EAGER, phases=1, min_current=10.0), 1),
        (replace(EAGER, phases=1, energy_wh=0.0), 0),  # it wants nothing
    ],
)
def test_the_room_is_that_of_the_cars_own_phases_and_minimum(model, lock_outs):
    charger = ChargerModel(id="c", limit=0)
    world = World(House(constant(PhaseValues(15, 20, 0))), [charger], SUPPLY)
    world.plug_in("c", Car(model))
    world.advance(1000)
    assert world.record.lock_outs == lock_outs


def test_in_an_it_net_the_room_is_that_of_the_lines():
    supply = Supply(supply_max_current=25, earthing_system=EarthingSystem.IT)
    for load, lock_outs in ((19.0, 1), (19.2, 0)):
        charger = ChargerModel(
            id="c",
            limit=0,
            wiring=(Phase.L1, Phase.L2),
            earthing_system=EarthingSystem.IT,
        )
        world = World(House(constant(PhaseValues(load, 0, 0))), [charger], supply)
        world.plug_in("c", Car(replace(EAGER, phases=1)))
        world.advance(1000)
        assert world.record.lock_outs == lock_outs


def test_a_car_that_interrupts_itself_is_neither_stopped_nor_locked_out():
    model = replace(EAGER, charges_for=60, interrupts_for=700)
    charger = ChargerModel(id="c", limit=6)
    world = World(NO_HOUSE, [charger], SUPPLY)
    world.plug_in("c", Car(model, "car"))
    world.advance(3000)

    car = world.record.cars["car"]
    assert (car.starts, car.stops, car.lock_outs) == (1, 0, 0)
    assert car.energy_wh == pytest.approx(4 * 60 * 6 * 690 / 3600, rel=0.02)
