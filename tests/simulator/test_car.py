"""A car follows what it is offered, as late as cars do, and keeps its energy."""

from hypothesis import given, settings, strategies as st
import pytest

from simulator.car import PHASE_VOLTAGE, Car, CarModel

OFFERS = st.one_of(st.just(0.0), st.floats(0, 40))

car_models = st.builds(
    CarModel,
    energy_wh=st.floats(10, 5000),
    phases=st.integers(1, 3),
    min_current=st.floats(6, 10),
    max_current=st.floats(10, 32),
    start_delay=st.floats(0, 40),
    one_phase_first=st.floats(0, 15),
    raise_delay=st.floats(0, 15),
    ramp_up=st.floats(0.5, 5),
    follow_down=st.floats(0, 5),
)


def live(car, seconds, offered):
    """Let a car live under one offer; return (time, A on L1) after each step."""
    time, history = 0.0, []
    while time < seconds:
        dt = min(car.steady_for(offered), seconds - time)
        car.step(dt, offered)
        time += dt
        history.append((time, car.current.l1))
    return history


def drawing(model, offered):
    """Return a car that draws what it is offered."""
    car = Car(model)
    live(car, 300, offered)
    assert car.current.l1 == pytest.approx(min(offered, model.max_current))
    return car


@given(car_models, st.lists(st.tuples(OFFERS, st.floats(1, 600)), max_size=8))
@settings(deadline=None)
def test_energy_is_conserved(model, offers):
    car = Car(model)
    drawn_wh = 0.0
    for offered, seconds in offers:
        time = 0.0
        while time < seconds:
            dt = min(car.steady_for(offered), seconds - time)
            drawn_wh += sum(car.current) * PHASE_VOLTAGE * dt / 3600
            car.step(dt, offered)
            time += dt

    assert car.energy_taken_wh == pytest.approx(drawn_wh)
    assert car.energy_taken_wh + car.energy_left_wh == pytest.approx(model.energy_wh)
    assert car.energy_left_wh >= 0


@given(car_models, st.lists(st.tuples(OFFERS, st.floats(1, 100)), max_size=8))
@settings(deadline=None)
def test_never_draws_more_than_it_may_nor_on_more_phases(model, offers):
    car = Car(model)
    most = 0.0
    for offered, seconds in offers:
        live(car, seconds, offered)
        most = max(most, offered)
        in_use = [amps for amps in car.current if amps]
        assert all(amps <= min(most, model.max_current) + 1e-9 for amps in in_use)
        assert len(in_use) <= model.phases


@given(car_models, st.floats(0, 40), st.floats(0, 40))
@settings(deadline=None)
def test_a_cut_is_followed_in_time_and_to_the_end(model, before, after):
    car = Car(model)
    live(car, 300, before)
    if after >= car.current.l1 or car.full:
        return

    live(car, model.follow_down + 0.2, after)

    kept = after if after >= model.min_current else 0.0
    assert car.current.l1 <= min(kept, model.max_current) + 1e-6


def test_starts_after_its_delay_at_its_minimum_on_one_phase_first():
    car = Car(CarModel(start_delay=28, one_phase_first=10, min_current=6))

    live(car, 27.9, 16)
    assert sum(car.current) == 0
    live(car, 0.2, 16)
    assert car.current.l1 == pytest.approx(6, abs=0.3)
    assert car.current.l2 == car.current.l3 == 0
    live(car, 10, 16)
    assert car.current.l1 == car.current.l2 == car.current.l3 > 6


def test_ramps_up_after_the_delay_and_no_faster_than_its_ramp():
    car = drawing(CarModel(raise_delay=10, ramp_up=2), 6)

    history = live(car, 20, 16)

    assert all(amps == 6 for time, amps in history if time < 10)
    assert all(
        amps == pytest.approx(min(16, 6 + 2 * (time - 10)), abs=0.25)
        for time, amps in history
        if time > 10
    )


def test_follows_down_in_a_straight_line():
    car = drawing(CarModel(follow_down=2), 16)

    history = live(car, 3, 8)

    assert all(
        amps == pytest.approx(max(8, 16 - 4 * time), abs=0.01) for time, amps in history
    )


@pytest.mark.parametrize("offered", [0, 5.9, 7.9])
def test_draws_nothing_below_its_own_minimum(offered):
    car = Car(CarModel(min_current=8, start_delay=1))

    live(car, 100, offered)

    assert car.energy_taken_wh == 0


def test_is_full_to_the_moment_and_stays_so():
    car = drawing(CarModel(energy_wh=2000, phases=3), 16)
    hours = car.energy_left_wh / (3 * PHASE_VOLTAGE * 16)

    live(car, 3600 * hours - 1, 16)
    assert not car.full
    live(car, 2, 16)
    assert car.full
    assert sum(car.current) == 0
    live(car, 100, 16)
    assert car.energy_taken_wh == pytest.approx(2000)


def test_stops_at_once_without_voltage_and_starts_anew():
    car = drawing(CarModel(start_delay=5, one_phase_first=0), 16)

    car.step(0.1, 16, (False, False, False))
    assert sum(car.current) == 0
    live(car, 4.8, 16)
    assert sum(car.current) == 0
    live(car, 0.5, 16)
    assert car.current.l1 >= 6


def test_interrupts_itself_and_resumes_where_it_was():
    model = CarModel(
        energy_wh=1e6,
        start_delay=10,
        one_phase_first=0,
        charges_for=60,
        interrupts_for=20,
        ramp_up=100,
        raise_delay=0,
    )
    car = Car(model)
    drawn = {}
    for tenth in range(2000):
        car.steady_for(16.0)
        car.step(0.1, 16.0)
        drawn[tenth + 1] = (car.power > 0, car.interrupting)

    assert drawn[99] == (False, False)
    assert drawn[650] == (True, False)
    assert drawn[720] == (False, True)
    assert drawn[910] == (True, False)
    assert drawn[1520] == (False, True)
    assert drawn[1720] == (True, False)
