"""From sensors to amperes: load is never taken for export, nor export for load."""

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.const import NOMINAL_VOLTAGE
from custom_components.amp_guard.meters.sensor_set import (
    COARSENESS,
    PhaseReading,
    exporting_phases,
    signed_current,
    take_sample,
)
from custom_components.amp_guard.model import Phase

CURRENT = st.floats(-40.0, 40.0)
VOLTAGE = st.floats(207.0, 253.0)
L1, L2, L3 = Phase


@given(current=CURRENT, voltage=VOLTAGE, factor=st.floats(0.5, 1.0))
@pytest.mark.parametrize("tells", ["power", "both", "unsigned current and power"])
def test_direction_and_size_follow_from_power(
    tells: str, current: float, voltage: float, factor: float
) -> None:
    power = current * voltage * factor
    told = {"power": None, "both": current, "unsigned current and power": abs(current)}
    found = signed_current(
        PhaseReading(current=told[tells], voltage=voltage, power=power)
    )
    if power < 0:
        # No more export than there is power: that is all a load can use.
        assert found == pytest.approx(power / voltage)
    elif tells == "power":
        assert found == pytest.approx(power / voltage)
    else:
        assert found == pytest.approx(abs(current))


@given(current=st.floats(0.0, 40.0), voltage=VOLTAGE)
def test_whole_amps_never_hide_load(current: float, voltage: float) -> None:
    reading = PhaseReading(
        current=float(int(current)), voltage=voltage, power=current * voltage
    )
    assert signed_current(reading) >= current - 1e-9


@given(current=CURRENT)
def test_a_signed_current_is_taken_as_it_is(current: float) -> None:
    assert signed_current(PhaseReading(current=current)) == current


@pytest.mark.parametrize(
    ("reading", "signed"),
    [
        (PhaseReading(current=5.0), False),
        (PhaseReading(current=5.0, signed=True), True),
        (PhaseReading(current=5.0, power=1150.0), True),
        (PhaseReading(power=1150.0), True),
    ],
)
def test_a_sample_is_signed_where_each_phase_tells_its_direction(
    reading: PhaseReading, signed: bool
) -> None:
    other = PhaseReading(power=230.0)
    assert take_sample({L1: reading, L2: other}, time=0.0).signed == signed
    # A total says it of some moments only, and not of each phase.
    unsigned = PhaseReading(current=5.0)
    sample = take_sample({L1: unsigned}, time=0.0, total_power=-1150.0)
    assert sample.current.l1 == -5.0
    assert not sample.signed


@given(power=st.floats(-9000.0, 9000.0))
def test_without_a_voltage_the_nominal_one_counts(power: float) -> None:
    assert signed_current(PhaseReading(power=power)) * NOMINAL_VOLTAGE == (
        pytest.approx(power)
    )


def test_a_dead_phase_divides_by_nothing() -> None:
    assert signed_current(PhaseReading(voltage=0.0, power=0.0)) == 0.0


@given(
    true=st.tuples(CURRENT, CURRENT, CURRENT),
    factor=st.floats(0.5, 1.0),
    off=st.tuples(*[st.floats(-0.5, 0.5)] * 3),
)
def test_a_total_never_makes_export_of_load(
    true: tuple[float, ...], factor: float, off: tuple[float, ...]
) -> None:
    """The direction of unsigned whole amps, by the total power of all phases."""
    readings = {
        phase: PhaseReading(current=max(0.0, abs(amps) + error))
        for phase, amps, error in zip(Phase, true, off, strict=True)
    }
    total = sum(amps * NOMINAL_VOLTAGE * (factor if amps > 0 else 1.0) for amps in true)
    for phase in exporting_phases(readings, total):
        assert true[phase] < COARSENESS


def test_a_total_tells_the_direction_where_it_can() -> None:
    readings = {
        L1: PhaseReading(current=12.0),
        L2: PhaseReading(current=3.0),
        L3: PhaseReading(current=2.0),
    }
    sample = take_sample(readings, time=1.0, total_power=-230.0 * 7.0)
    assert sample.current == (-12.0, 3.0, 2.0)
    for amps in (
        17.0,  # all of it is load
        -99.0,  # nothing fits: nothing is known
        9.0,  # the property imports: that may be L1 as load, with a poor power factor
        -1.0,  # no more than the currents may be off
    ):
        sample = take_sample(readings, time=1.0, total_power=230.0 * amps)
        assert sample.current == (12.0, 3.0, 2.0)


def test_a_welder_between_two_phases_does_not_export() -> None:
    """16 A at 400 V and cos phi 0.7 on L1 and L2, while L3 exports."""
    readings = {
        L1: PhaseReading(current=16.0),
        L2: PhaseReading(current=16.0),
        L3: PhaseReading(current=29.0),
    }
    total = 16.0 * 400.0 * 0.7 - 29.0 * 230.0
    assert exporting_phases(readings, total) <= {L3}


@given(current=st.floats(0.0, 60.0))
def test_what_has_no_direction_counts_as_load(current: float) -> None:
    sample = take_sample({L1: PhaseReading(current=current)}, time=0.0)
    assert sample.current == (current, 0.0, 0.0)
    assert sample.connected == (L1,)
    assert sample.voltage is None
    assert sample.power is None


def test_a_sample_has_what_all_phases_have() -> None:
    full = PhaseReading(current=1.0, voltage=231.0, power=231.0)
    sample = take_sample(dict.fromkeys(Phase, full), time=3.0)
    assert sample.voltage == (231.0, 231.0, 231.0)
    assert sample.power == (231.0, 231.0, 231.0)
    assert sample.time == 3.0
    partly = dict.fromkeys(Phase, full) | {L3: PhaseReading(current=1.0)}
    assert take_sample(partly, time=3.0).voltage is None
