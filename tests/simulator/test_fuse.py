"""The main fuse, against the gates of its standards."""

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.model import FuseType, PhaseValues
from simulator.fuse import FuseModel, gg_time_constant

# In: does not melt in 10 s, melts in 5 s, does not melt in 0.1 s [IEC 60269-1], A.
GATES = {
    16: (33, 65, 85),
    20: (42, 85, 110),
    25: (52, 110, 150),
    35: (82, 164, 220),
    50: (125, 250, 350),
    63: (160, 320, 450),
}

rated_currents = st.floats(6, 125)


@pytest.mark.parametrize("rated", GATES)
def test_gg_keeps_the_gates(rated):
    holds_10_s, melts_in_5_s, holds_100_ms = GATES[rated]
    fuse = FuseModel(rated, FuseType.GG)

    assert fuse.time_to_trip(holds_10_s) == pytest.approx(10, rel=0.02)
    assert fuse.time_to_trip(melts_in_5_s) < 5
    assert fuse.time_to_trip(holds_100_ms) > 0.1


@pytest.mark.parametrize("rated", GATES)
def test_gg_holds_its_conventional_current_for_ever_and_melts_above(rated):
    fuse = FuseModel(rated, FuseType.GG)

    assert fuse.time_to_trip(1.2499 * rated) == float("inf")
    assert fuse.time_to_trip(1.6 * rated) < 3600


@given(rated_currents)
def test_breaker_keeps_the_gates(rated):
    breaker = FuseModel(rated, FuseType.BREAKER)

    assert breaker.time_to_trip(1.1299 * rated) == float("inf")
    assert breaker.time_to_trip(1.45 * rated) < 3600
    assert breaker.time_to_trip(2.55 * rated) < 60
    assert breaker.time_to_trip(5 * rated) == 0


def test_the_time_constant_is_interpolated_and_held_at_the_ends():
    assert gg_time_constant(25) == 22.3
    assert gg_time_constant(30) == pytest.approx((22.3 + 29.9) / 2)
    assert gg_time_constant(10) == 21.8
    assert gg_time_constant(100) == 36.0


@given(
    rated_currents,
    st.floats(1.3, 1.99),
    st.sampled_from(list(FuseType)),
    st.integers(1, 50),
)
def test_trips_when_it_says_however_time_is_cut(rated, multiple, fuse_type, pieces):
    current = multiple * rated
    said = FuseModel(rated, fuse_type).time_to_trip(current)
    overloaded = PhaseValues(0.0, current, 0.0)

    before = FuseModel(rated, fuse_type)
    for _ in range(pieces):
        before.step(0.999 * said / pieces, overloaded)
    after = FuseModel(rated, fuse_type)
    for _ in range(pieces):
        after.step(1.001 * said / pieces, overloaded)

    assert before.trips == 0
    assert before.heat.l2 == pytest.approx(before.trip_heat, rel=0.01)
    assert before.heat.l1 == before.heat.l3 == 0
    assert after.trips == 1
    assert after.heat.l2 < before.trip_heat


@given(rated_currents, st.floats(-1, 1))
def test_heat_settles_at_the_square_of_the_load(rated, share):
    fuse = FuseModel(rated, FuseType.GG)

    fuse.step(3600, PhaseValues(share * rated, 0.0, 0.0))

    assert fuse.heat.l1 == pytest.approx(share**2, abs=1e-6)
    assert fuse.trips == 0
