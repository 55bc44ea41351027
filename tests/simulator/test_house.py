"""A house is the sum of its sources, from the second each of them says."""

import gzip

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.model import Phase, PhaseValues
from simulator.appliances import DAY, daily_appliances, kettle, oven, pump
from simulator.house import (
    HOUSEHOLD_WEEK,
    House,
    Step,
    Trace,
    TraceError,
    constant,
    household_quarter,
    read_trace,
)

amps = st.integers(-400, 400).map(lambda tenths: tenths / 10)
phase_values = st.builds(PhaseValues, amps, amps, amps)
sources = st.lists(
    st.tuples(st.integers(0, 1000), phase_values),
    max_size=6,
    unique_by=lambda step: step[0],
).map(lambda steps: [Step(float(time), current) for time, current in sorted(steps)])


def alone(source, time):
    """Return what one source draws at `time`."""
    before = [step.current for step in source if step.time <= time]
    return before[-1] if before else PhaseValues(0, 0, 0)


@given(st.lists(sources, max_size=4), st.lists(st.floats(0, 1200), max_size=20))
def test_is_the_sum_of_its_sources_in_any_order_of_asking(sources, times):
    house = House(*sources)

    for time in times:
        expected = [
            sum(column)
            for column in zip(
                (0, 0, 0), *(alone(each, time) for each in sources), strict=True
            )
        ]
        assert house.current_at(time) == pytest.approx(expected, abs=1e-5)


@given(st.lists(sources, max_size=4), st.floats(0, 1200))
def test_is_steady_for_as_long_as_it_says(sources, time):
    house = House(*sources)

    until = house.steady_until(time)

    assert until > time
    if until < 1e9:
        between = time + (until - time) * 0.999
        assert house.current_at(between) == house.current_at(time)
        assert house.current_at(until) != house.current_at(time)


def test_begins_anew_with_its_period():
    house = House([Step(10, PhaseValues(5, 0, 0)), Step(20, PhaseValues(1, 0, 0))])
    again = House(*[house.steps], period=60.0)

    assert again.current_at(60 * 1000 + 15) == house.current_at(15)
    assert again.steady_until(60 * 1000 + 15) == 60 * 1000 + 20
    assert again.steady_until(60 * 1000 + 25) == 60 * 1001


def test_appliances():
    house = House(
        constant(PhaseValues(1, 1, 1)),
        kettle(Phase.L1, [100]),
        oven(Phase.L2, 100, 400),
        pump(Phase.L3, 3, [(100, 160)]),
    )

    assert house.current_at(99) == (1, 1, 1)
    assert house.current_at(100) == (10, 11, 13)
    assert house.current_at(100.5) == (10, 11, 4)
    assert house.current_at(130) == (10, 1, 4)
    assert house.current_at(170) == (10, 11, 1)
    assert house.current_at(400) == (1, 1, 1)


def test_daily_appliances_are_the_seeds():
    one, same, other = (House(*daily_appliances(seed, DAY)) for seed in (1, 1, 2))

    assert one.steps == same.steps
    assert one.steps != other.steps


def test_reads_the_real_week():
    week = read_trace(HOUSEHOLD_WEEK)

    assert week[0].time == 0
    assert 7 * DAY - 3600 < week[-1].time < 7 * DAY
    assert max(max(step.current) for step in week) > 25


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("time_s,l1_a,l2_a\n0,1,2\n", "no column l3_a"),
        ("time_s,l1_a,l2_a,l3_a\n", "no line"),
        ("time_s,l1_a,l2_a,l3_a\n0,1,2,x\n", "line 2: not four numbers"),
        ("time_s,l1_a,l2_a,l3_a\n0,1,2\n", "line 2: not four numbers"),
        ("time_s,l1_a,l2_a,l3_a\n0,1,2,nan\n", "line 2: not a finite number"),
        ("time_s,l1_a,l2_a,l3_a\n5,1,2,3\n5,1,2,3\n", "line 3: time_s must rise"),
    ],
)
def test_refuses_a_trace_that_is_none(tmp_path, text, mend):
    plain, packed = tmp_path / "trace.csv", tmp_path / "trace.csv.gz"
    plain.write_text(text)
    packed.write_bytes(gzip.compress(text.encode()))

    for path in (plain, packed):
        with pytest.raises(TraceError, match=mend):
            read_trace(path)


def test_refuses_a_trace_that_is_not_there(tmp_path):
    with pytest.raises(TraceError, match="cannot be read"):
        read_trace(tmp_path / "none.csv")


def test_the_quarter_is_the_weeks_own_household():
    quarter, week = household_quarter(), House(read_trace(HOUSEHOLD_WEEK))
    # L1, L2 and L3 of the week begin 42, 70 and 35 days into the quarter.
    cuts = House(
        *(
            quarter.cut(phase, day * 86_400.0, 86_400.0)
            for phase, day in zip(Phase, (42, 70, 35), strict=True)
        )
    )
    for minute in range(0, 1440, 7):
        assert cuts.current_at(minute * 60.0) == week.current_at(minute * 60.0)


def test_a_cut_begins_with_what_holds_and_is_scaled():
    trace = Trace([0.0, 60.0, 120.0], [1.0, 2.0, 4.0])
    house = House(trace.cut(Phase.L2, 90.0, 60.0, factor=0.5))
    assert house.current_at(0.0) == (0.0, 1.0, 0.0)
    assert house.current_at(30.0) == (0.0, 2.0, 0.0)
    assert house.steps[-1].time == 30.0
