"""What cannot be true is rejected; what is merely doubted is believed when said again."""

from dataclasses import replace
from random import Random

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.meters import ImplausibleSampleError, MeterSample
from custom_components.amp_guard.meters.plausibility import RECENT, Plausibility
from custom_components.amp_guard.model import Phase, PhaseValues


def sample(*current: float, voltage: float | None = 230.0) -> MeterSample:
    values = PhaseValues(*current)
    if voltage is None:
        return MeterSample(time=0.0, current=values)
    return MeterSample(
        time=0.0,
        current=values,
        voltage=PhaseValues(voltage, voltage, voltage),
        power=PhaseValues(*(voltage * amps for amps in current)),
    )


GOOD = sample(12.3, 4.5, 6.7)
LIST = {
    "a digit of a voltage": replace(GOOD, voltage=PhaseValues(230.0, 23.0, 230.0)),
    "21.0 V for 241 V": replace(GOOD, voltage=PhaseValues(230.0, 230.0, 21.0)),
    "no voltage": replace(GOOD, voltage=PhaseValues(0.0, 0.0, 0.0)),
    "zeros": sample(0.0, 0.0, 0.0),
    "zeros of currents alone": replace(GOOD, current=PhaseValues(0.0, 0.0, 0.0)),
    "a digit of a current": replace(GOOD, current=PhaseValues(2.3, 4.5, 6.7)),
    "a lost decimal point": replace(GOOD, current=PhaseValues(123.0, 4.5, 6.7)),
    "67 A beside 1541 W": replace(GOOD, current=PhaseValues(12.3, 4.5, 67.0)),
    "not a number": replace(GOOD, current=PhaseValues(float("nan"), 4.5, 6.7)),
    "endless": replace(GOOD, current=PhaseValues(float("inf"), 4.5, 6.7)),
    "a voltage of the thunder": replace(GOOD, voltage=PhaseValues(391.0, 230.0, 230.0)),
    "power of a town": replace(GOOD, power=PhaseValues(1e6, 0.0, 0.0)),
    "a negative counter": replace(GOOD, energy_import=PhaseValues(-1.0, 0.0, 0.0)),
}


@pytest.mark.parametrize("corrupted", LIST.values(), ids=LIST)
def test_one_corrupted_sample_is_rejected_and_the_next_is_taken(
    corrupted: MeterSample,
) -> None:
    plausibility = Plausibility("home")
    for _ in range(3):
        plausibility.judge(GOOD)
    with pytest.raises(ImplausibleSampleError):
        plausibility.judge(corrupted)
    plausibility.judge(GOOD)


@pytest.mark.parametrize("present", [2, 3, 5])
def test_a_line_that_comes_and_goes_costs_no_sample(present: int) -> None:
    """In an IT net one may be left out: what is usual of it is known meanwhile."""
    plausibility = Plausibility("home")
    two = replace(
        GOOD,
        connected=(Phase.L1, Phase.L3),
        current=GOOD.current._replace(l2=0.0),
        voltage=GOOD.voltage._replace(l2=0.0),
        power=GOOD.power._replace(l2=0.0),
    )
    for count in range(50):
        plausibility.judge(two if count % present else GOOD)


def test_a_public_meter_measures_more() -> None:
    Plausibility("public").judge(sample(300.0, 0.0, 0.0))
    with pytest.raises(ImplausibleSampleError):
        Plausibility("home").judge(sample(300.0, 0.0, 0.0))


def rejected(plausibility: Plausibility, event: MeterSample) -> int:
    """Return how often an event that lasts is rejected before it is believed."""
    for count in range(RECENT + 1):
        try:
            plausibility.judge(event)
        except ImplausibleSampleError:
            continue
        return count
    return RECENT + 1


def used(*current: float, voltage: float | None = 230.0) -> Plausibility:
    """Return what has seen the same for a while."""
    plausibility = Plausibility("home")
    for _ in range(RECENT):
        plausibility.judge(sample(*current, voltage=voltage))
    return plausibility


def in_volts(event: MeterSample, *voltage: float) -> MeterSample:
    volts = PhaseValues(*voltage)
    power = (a * v for a, v in zip(event.current, volts, strict=True))
    return replace(event, voltage=volts, power=PhaseValues(*power))


RISES = {
    # The fuse of L2 has blown, and what hung on it makes L1 work harder.
    "a phase lost": in_volts(sample(30.0, 0.0, 10.0), 230.0, 0.0, 230.0),
    # In the whole street; what has an inverter draws more for it.
    "a brown-out": in_volts(sample(33.0, 12.0, 12.0), 180.0, 180.0, 180.0),
    # 300 V on the phase with little load.
    "a lost neutral": in_volts(sample(30.0, 2.0, 10.0), 180.0, 300.0, 200.0),
    "a digit of another phase's voltage": in_volts(
        sample(30.0, 10.0, 10.0), 230.0, 23.0, 230.0
    ),
}


@pytest.mark.parametrize("event", RISES.values(), ids=RISES)
def test_more_current_is_not_doubted_for_another_phases_voltage(
    event: MeterSample,
) -> None:
    plausibility = used(10.0, 10.0, 10.0)
    believed = plausibility.judge(event)
    assert believed.current == event.current
    # The voltages may be false, and what was computed with them.
    assert (believed.voltage, believed.power) == (None, None)
    plausibility.judge(event)


def test_a_current_that_a_false_voltage_makes_is_not_believed() -> None:
    """Where it is computed: 2300 W at 23 V."""
    event = in_volts(sample(10.0, 100.0, 10.0), 230.0, 23.0, 230.0)
    with pytest.raises(ImplausibleSampleError):
        used(10.0, 10.0, 10.0).judge(event)


DARK = in_volts(sample(0.0, 0.0, 10.0), 0.0, 0.0, 230.0)
EVENTS = {
    "a phase lost": (GOOD, in_volts(sample(12.3, 0.0, 6.7), 230.0, 0.0, 230.0)),
    "a brown-out": (GOOD, in_volts(GOOD, 180.0, 180.0, 180.0)),
    "the house switched off": (GOOD, sample(0.0, 0.0, 0.0)),
    "two phases dark": (GOOD, DARK),
    "the power back": (DARK, sample(40.0, 35.0, 10.0)),
    "a house below an amp": (
        sample(2.0, 1.0, 1.0, voltage=None),
        sample(0.0, 0.0, 0.0, voltage=None),
    ),
    "a motor's start": (GOOD, replace(GOOD, current=PhaseValues(60.0, 60.0, 60.0))),
    "more than the range": (GOOD, sample(104.0, 110.0, 6.7)),
}


@pytest.mark.parametrize(("before", "event"), EVENTS.values(), ids=EVENTS)
def test_what_is_said_again_is_believed(
    before: MeterSample, event: MeterSample
) -> None:
    plausibility = Plausibility("home")
    for _ in range(RECENT):
        rejected(plausibility, before)
    assert rejected(plausibility, event) <= 1
    # And for as long as it lasts.
    assert not any(rejected(plausibility, event) for _ in range(RECENT))
    # What was before is as good as ever.
    assert rejected(plausibility, before) <= 1


def test_a_second_phase_beyond_the_range_is_not_waited_for() -> None:
    plausibility = used(20.0, 20.0, 20.0)
    with pytest.raises(ImplausibleSampleError):
        plausibility.judge(sample(104.0, 20.0, 20.0))
    plausibility.judge(sample(104.0, 104.0, 20.0))


def test_a_load_that_grows_beyond_the_range_is_believed_at_once() -> None:
    used(70.0, 20.0, 20.0).judge(sample(104.0, 20.0, 20.0))


def test_what_no_meter_measures_is_never_believed() -> None:
    plausibility = used(90.0, 20.0, 20.0)
    for amps in (201.0, float("nan"), float("inf")):
        assert rejected(plausibility, sample(amps, 20.0, 20.0)) > RECENT


def test_two_different_doubts_are_two() -> None:
    plausibility = used(10.0, 10.0, 10.0)
    for corrupted in (
        sample(104.0, 10.0, 10.0),
        in_volts(sample(10.0, 10.0, 10.0), 230.0, 23.0, 230.0),
        sample(0.0, 0.0, 0.0),
    ):
        with pytest.raises(ImplausibleSampleError):
            plausibility.judge(corrupted)


def test_a_false_counter_costs_nothing_but_itself() -> None:
    plausibility = Plausibility("home")
    true = replace(GOOD, energy_import=PhaseValues(1234.5, 1100.1, 990.2))
    for _ in range(3):
        plausibility.judge(true)
    rising = replace(
        true,
        current=PhaseValues(20.0, 4.5, 6.7),
        power=None,
        energy_import=PhaseValues(123.5, 1100.1, 990.2),
    )
    assert plausibility.judge(rising) == replace(
        rising, energy_import=true.energy_import
    )


def test_it_recovers_from_a_corrupted_first_sample() -> None:
    plausibility = Plausibility("home")
    plausibility.judge(sample(1.0, 1.0, 1.0, voltage=21.0))
    taken = 0
    for _ in range(5):
        try:
            plausibility.judge(GOOD)
            taken += 1
        except ImplausibleSampleError:
            pass
    assert taken >= 4


@given(
    before=st.tuples(*[st.floats(-100, 100)] * 3),
    now=st.tuples(*[st.floats(0.1, 100)] * 3),
    voltage=st.none() | st.floats(207, 253),
)
def test_more_current_that_fits_its_power_is_never_doubted(
    before: tuple[float, ...], now: tuple[float, ...], voltage: float | None
) -> None:
    plausibility = Plausibility("home")
    for _ in range(5):
        plausibility.judge(sample(*before, voltage=voltage))
    plausibility.judge(sample(*now, voltage=voltage))


FIGURES = st.tuples(*[st.floats(0.0, 200.0)] * 3)


@st.composite
def true_samples(draw: st.DrawFn) -> MeterSample:
    """Draw anything that a meter may measure, whatever happened to the supply."""
    current = PhaseValues(*draw(FIGURES))
    if draw(st.booleans()):
        return MeterSample(time=0.0, current=current)
    voltage = PhaseValues(*draw(st.tuples(*[st.floats(0.0, 390.0)] * 3)))
    factor = draw(st.floats(0.0, 1.0))
    power = (a * v * factor for a, v in zip(current, voltage, strict=True))
    return MeterSample(
        time=0.0, current=current, voltage=voltage, power=PhaseValues(*power)
    )


@given(history=st.lists(true_samples(), max_size=2 * RECENT), event=true_samples())
def test_nothing_that_may_be_true_is_rejected_twice_in_a_row(
    history: list[MeterSample], event: MeterSample
) -> None:
    plausibility = Plausibility("home")
    for each in history:
        rejected(plausibility, each)
    assert rejected(plausibility, event) <= 1


def test_whole_amps_that_round_down_do_not_contradict_the_power() -> None:
    plausibility = Plausibility("home")
    rng = Random(1)
    for _ in range(500):
        true = [rng.uniform(0.0, 25.0) for _ in Phase]
        voltage = rng.uniform(220.0, 240.0)
        plausibility.judge(
            MeterSample(
                time=0.0,
                current=PhaseValues(*(float(int(amps)) for amps in true)),
                voltage=PhaseValues(voltage, voltage, voltage),
                power=PhaseValues(*(amps * voltage for amps in true)),
            )
        )
