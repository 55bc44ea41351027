"""What cannot be true is rejected one by one; what stays is believed in the end."""

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
        plausibility.check(GOOD)
    with pytest.raises(ImplausibleSampleError):
        plausibility.check(corrupted)
    plausibility.check(GOOD)


def test_a_public_meter_measures_more() -> None:
    Plausibility("public").check(sample(300.0, 0.0, 0.0))
    with pytest.raises(ImplausibleSampleError):
        Plausibility("home").check(sample(300.0, 0.0, 0.0))


@pytest.mark.parametrize(
    "lasting",
    [
        replace(GOOD, voltage=PhaseValues(0.0, 230.0, 230.0), power=None),
        sample(0.0, 0.0, 0.0),
    ],
)
def test_what_lasts_is_believed(lasting: MeterSample) -> None:
    plausibility = Plausibility("home")
    for _ in range(RECENT):
        plausibility.check(GOOD)
    rejected = 0
    for _ in range(RECENT):
        try:
            plausibility.check(lasting)
        except ImplausibleSampleError:
            rejected += 1
    assert 0 < rejected <= RECENT // 2 + 1
    plausibility.check(lasting)


def test_it_recovers_from_a_corrupted_first_sample() -> None:
    plausibility = Plausibility("home")
    plausibility.check(sample(1.0, 1.0, 1.0, voltage=21.0))
    taken = 0
    for _ in range(5):
        try:
            plausibility.check(GOOD)
            taken += 1
        except ImplausibleSampleError:
            pass
    assert taken >= 4


@given(
    before=st.tuples(*[st.floats(-100, 100)] * 3),
    now=st.tuples(*[st.floats(0.1, 100)] * 3),
    voltage=st.none() | st.floats(207, 253),
)
def test_more_current_is_never_doubted(
    before: tuple[float, ...], now: tuple[float, ...], voltage: float | None
) -> None:
    plausibility = Plausibility("home")
    for _ in range(5):
        plausibility.check(sample(*before, voltage=voltage))
    plausibility.check(sample(*now, voltage=voltage))


def test_whole_amps_that_round_down_do_not_contradict_the_power() -> None:
    plausibility = Plausibility("home")
    rng = Random(1)
    for _ in range(500):
        true = [rng.uniform(0.0, 25.0) for _ in Phase]
        voltage = rng.uniform(220.0, 240.0)
        plausibility.check(
            MeterSample(
                time=0.0,
                current=PhaseValues(*(float(int(amps)) for amps in true)),
                voltage=PhaseValues(voltage, voltage, voltage),
                power=PhaseValues(*(amps * voltage for amps in true)),
            )
        )
