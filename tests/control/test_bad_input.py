"""Whatever is fed to it, `decide` returns, and allocates nothing above a limit.

Unlike in the histories nothing here hangs together: samples, reports and times are
what broken integrations could make of them.
"""

from math import inf, isfinite, nan

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.model import (
    NO_CURRENT,
    SUPPLY_ID,
    Ceiling,
    ChargerReading,
    ChargerStatus,
    Decision,
    Measurement,
    PhaseValues,
    Site,
    Snapshot,
)

from .laws import check_figures
from .sites import charger, home
from .strategies import examples, sites

FOREVER = 1e9
ANYTHING = st.one_of(
    st.sampled_from([nan, inf, -inf, 0.0, -0.0, 6.0, 16.0, 1e308, -1e308, 5e-324]),
    st.floats(-50, 50),
)
TIMES = st.one_of(st.sampled_from([nan, inf, -inf, 0.0]), st.floats(-1e9, 1e9))
VALUES = st.builds(PhaseValues, ANYTHING, ANYTHING, ANYTHING)
READINGS = st.builds(
    ChargerReading,
    status=st.sampled_from(ChargerStatus),
    current=st.none() | VALUES,
    current_time=st.none() | TIMES,
    limit=st.none() | ANYTHING,
    user_limit=st.none() | ANYTHING,
)
MEASUREMENTS = st.builds(Measurement, time=TIMES, current=VALUES)


@st.composite
def snapshots(draw: st.DrawFn, site: Site) -> Snapshot:
    """Return what no site ever was, some of it of parts that do not exist."""
    chargers = [charger.id for charger in site.chargers]
    nodes = [SUPPLY_ID, *(group.id for group in site.groups)]
    unknown = "never heard of"
    return Snapshot(
        measurements=draw(
            st.dictionaries(st.sampled_from([*nodes, unknown]), MEASUREMENTS)
        ),
        chargers=draw(st.dictionaries(st.sampled_from([*chargers, unknown]), READINGS)),
        ceilings=tuple(
            draw(
                st.lists(
                    st.builds(
                        Ceiling,
                        target=st.sampled_from([*nodes, *chargers, unknown]),
                        current=ANYTHING,
                        expires=TIMES,
                    ),
                    max_size=2,
                )
            )
        ),
    )


@examples(300)
@given(site=sites(), data=st.data())
def test_nonsense_never_raises_and_grants_only_what_may_be(
    site: Site, data: st.DataObject
) -> None:
    balancer = Balancer(site)
    parts = {charger.id: charger for charger in site.chargers}
    groups = {group.id: group for group in site.groups}
    for _ in range(data.draw(st.integers(1, 8))):
        snapshot = data.draw(snapshots(site))
        decision = balancer.decide(snapshot, data.draw(TIMES))
        check_figures(decision)
        assert set(decision.allocations) == set(parts)
        for name, allocation in decision.allocations.items():
            part = parts[name]
            least = max(part.min_current, groups[part.group].min_current)
            current = allocation.current
            if groups[part.group].active:
                assert current == 0 or least <= current <= part.max_current


def decide(reading: ChargerReading, *ceilings: Ceiling, now: float = 0.0) -> Decision:
    """Return the first decision on a home with 5 A of house beside the charger."""
    drawn = reading.current
    if drawn is None or not all(map(isfinite, drawn)):
        drawn = NO_CURRENT
    flowing = Measurement(
        time=now, current=PhaseValues(*(5.0 + amps for amps in drawn))
    )
    snapshot = Snapshot(
        measurements={SUPPLY_ID: flowing}, chargers={"a": reading}, ceilings=ceilings
    )
    return Balancer(home(charger("a"))).decide(snapshot, now)


def allocated(decision: Decision) -> float:
    return decision.allocations["a"].current


@pytest.mark.parametrize("limit", [nan, inf, -inf, -5.0, 1e9])
def test_a_limit_that_cannot_be_is_no_limit_known(limit: float) -> None:
    """A charger that charges under an unknown limit is taken to have its maximum."""
    reading = ChargerReading(status=ChargerStatus.CHARGING, limit=limit)
    assert allocated(decide(reading)) == 16.0


@pytest.mark.parametrize("limit", [0.5, 3.0, 10.4])
def test_a_limit_between_the_steps_is_taken_over_and_told_in_whole_steps(
    limit: float,
) -> None:
    reading = ChargerReading(
        status=ChargerStatus.CHARGING,
        current=PhaseValues(limit, limit, limit),
        limit=limit,
    )
    assert allocated(decide(reading)) in {0.0, *range(6, 17)}


@pytest.mark.parametrize("limit", [nan, None])
def test_a_charger_whose_limit_is_unknown_is_told_its_own(limit: float | None) -> None:
    """A car may start at any moment under what the charger held before."""
    reading = ChargerReading(
        status=ChargerStatus.WAITING, current=NO_CURRENT, limit=limit
    )
    allocation = decide(reading).allocations["a"]
    assert allocation.send or allocation.current == 16.0


CHARGING = ChargerReading(
    status=ChargerStatus.CHARGING, current=PhaseValues(16.0, 16.0, 16.0), limit=16.0
)


@pytest.mark.parametrize("target", ["a", "garage", SUPPLY_ID])
@pytest.mark.parametrize("current", [-1.0, -inf])
def test_a_ceiling_below_zero_leaves_nothing(target: str, current: float) -> None:
    ceiling = Ceiling(target=target, current=current, expires=FOREVER)
    assert allocated(decide(CHARGING, ceiling)) == 0.0


@pytest.mark.parametrize("now", [nan, inf, -inf])
def test_a_ceiling_holds_at_a_time_that_is_none(now: float) -> None:
    ceiling = Ceiling(target="a", current=6.0, expires=FOREVER)
    assert allocated(decide(CHARGING, ceiling, now=now)) == 6.0


@pytest.mark.parametrize(
    "status", [ChargerStatus.DISCONNECTED, ChargerStatus.FULL, ChargerStatus.FAULT]
)
def test_a_ceiling_holds_for_who_does_not_charge_yet(status: ChargerStatus) -> None:
    """The next car starts under it, not above it for a moment."""
    ceiling = Ceiling(target="a", current=6.0, expires=FOREVER)
    reading = ChargerReading(status=status, current=NO_CURRENT, limit=16.0)
    assert allocated(decide(reading, ceiling)) <= 6.0


@pytest.mark.parametrize("time", [nan, inf, -inf, 1e9])
def test_a_report_of_no_time_is_still_a_report(time: float) -> None:
    """Its time is unknown: taken to be of now."""
    reading = ChargerReading(
        status=ChargerStatus.CHARGING,
        current=PhaseValues(10.0, 10.0, 10.0),
        current_time=time,
        limit=16.0,
    )
    drawn = decide(reading).drawn["a"]
    assert all(isfinite(value) for value in drawn)
    assert drawn == pytest.approx((10.0, 10.0, 10.0))


@pytest.mark.parametrize("current", [nan, inf, -inf, 1e6])
def test_a_report_that_cannot_be_is_none(current: float) -> None:
    reading = ChargerReading(
        status=ChargerStatus.CHARGING,
        current=PhaseValues(6.0, current, 6.0),
        limit=10.0,
    )
    assert decide(reading).drawn["a"] == pytest.approx((10.0, 10.0, 10.0))
