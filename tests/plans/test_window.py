"""The window: what cars may draw so that its mean power is what it may be."""

from datetime import UTC, timedelta
from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.plans.tariff import Rule, Tariff, TariffPlan

from .household import LEAST, MOST, Household, at

QUARTER, HOUR = 900.0, 3600.0
TARGET = 6000.0
BEGIN = at("2026-11-03 18:00")


def fixed(target: float = TARGET, minutes: int = 15) -> TariffPlan:
    return TariffPlan(Tariff(minutes=minutes, rule=Rule.FIXED, figure=target))


def home(minutes: int = 15, target: float = TARGET, **settings: object) -> Household:
    return Household(**({"plan": fixed(target, minutes), "clock": BEGIN} | settings))


@pytest.mark.parametrize("minutes", [15, 60])
def test_a_window_has_its_mean_and_no_more(minutes: int) -> None:
    house = home(minutes)
    house.passes(86400)  # what the house draws at most is known by then
    assert 0.93 * TARGET < house.passes(60 * minutes) <= TARGET


def test_a_kettle_pauses_nobody_and_the_mean_is_kept() -> None:
    house = home()
    house.passes(3 * QUARTER)
    house.house = 2500.0
    mean = house.passes(180) * 180
    assert house.drawn >= LEAST
    house.house = 500.0
    mean += house.passes(QUARTER - 180) * (QUARTER - 180)
    assert mean / QUARTER <= TARGET
    assert house.starts == 1


def test_what_the_car_cannot_use_makes_no_jump_at_the_end() -> None:
    house = home(wants=False)
    house.passes(QUARTER - 10)
    assert house.plan.allowed <= TARGET * QUARTER / 60  # W, in the last seconds too
    house.wants = True
    house.passes(10)
    # The next one begins with what its own mean leaves.
    house.look()
    assert house.drawn <= TARGET


def test_less_than_the_minimum_pauses_and_starts_once_when_the_rest_carries_it() -> (
    None
):
    house = home(house=2500.0)
    house.passes(QUARTER)
    for _ in range(8):
        before = house.starts
        drawn = list(house.go_on(QUARTER))
        assert house.starts - before <= 1
        assert max(drawn) >= LEAST
    assert house.passes(QUARTER) <= TARGET


def test_a_house_that_needs_all_of_it_lets_no_car_start() -> None:
    house = home(house=TARGET)
    assert max(house.go_on(4 * QUARTER)) == 0.0


def test_what_is_exported_beside_the_car_is_no_import() -> None:
    house = home(house=-8000.0)
    house.passes(QUARTER)
    assert house.drawn == MOST


def test_a_window_that_was_exported_does_not_pay_for_a_later_one() -> None:
    house = home(house=-5000.0, wants=False)
    house.passes(QUARTER / 2)
    house.house = 0.0
    house.passes(QUARTER / 2 - 60)
    # No more than the import that is left: export is not taken off.
    assert house.plan.allowed <= TARGET * QUARTER / 60


@pytest.mark.parametrize("base_load", [1500.0, 2500.0])
def test_a_meter_that_is_gone_leaves_the_target_less_a_cautious_house(
    base_load: float,
) -> None:
    house = home(house=base_load)
    house.passes(2 * QUARTER + 300)
    house.metered = False
    for drawn in house.go_on(2 * QUARTER - 300):
        assert drawn <= TARGET - base_load
    house.metered = True
    assert house.passes(QUARTER) <= TARGET


def test_without_any_meter_the_house_is_assumed() -> None:
    house = home(target=8000.0, metered=False)
    house.passes(4 * QUARTER)
    assert LEAST <= house.drawn <= 8000.0 - 1000.0


def test_a_clock_that_jumps_over_a_window_counts_the_unknown_as_used() -> None:
    house = home()
    house.passes(3 * QUARTER + 100)
    house.clock += timedelta(minutes=33)  # 10:20 into another window
    house.look()
    left = QUARTER - (house.clock.astimezone(UTC).timestamp() % QUARTER)
    assert house.passes(left) <= TARGET + 1.0


@pytest.mark.parametrize("jump", [-3600, -600, -30, 30, 200, 600, 7200])
def test_whatever_a_clock_does_the_cars_have_no_more_than_the_target(jump: int) -> None:
    house = home()
    house.passes(5 * QUARTER + 400)
    house.clock += timedelta(seconds=jump)
    for drawn in house.go_on(2 * QUARTER):
        assert drawn <= MOST
    assert house.passes(QUARTER) <= TARGET * 1.1
    assert house.passes(QUARTER) <= TARGET


def test_a_clock_that_goes_back_a_second_stays_in_its_window() -> None:
    house = home()
    house.passes(QUARTER)
    house.look()
    house.clock -= timedelta(seconds=1)
    house.passes(QUARTER - 60)
    assert house.plan.shown.mean <= TARGET * 1.02


def test_a_gap_in_which_nobody_looked_counts_as_used() -> None:
    house = home()
    house.passes(QUARTER)
    house.pass_by(600)
    house.look()
    assert house.plan.shown.mean >= 0.99 * TARGET


def test_an_hour_is_aligned_over_the_end_of_summer_time() -> None:
    house = home(60, clock=at("2026-10-25 01:30"))
    starts = set()
    for _ in house.go_on(4 * HOUR, step=10.0):
        starts.add(house.plan.as_dict()["window"]["start"])
    times = sorted(starts)
    assert len(times) == 5  # 01, 02, 02 again, 03, 04
    for one, other in pairwise(times):
        assert at_utc(other) - at_utc(one) == timedelta(hours=1)


def at_utc(text: str) -> object:
    return at(text[:19]).replace(tzinfo=UTC)


def test_a_restart_in_a_window_goes_on_with_what_was_used() -> None:
    house = home(60)
    house.passes(1800)
    stored = house.plan.as_dict()
    used = house.plan.shown.mean * 1800
    house.plan = fixed(minutes=60)
    house.plan.restore(stored)
    house.time = 5.0  # the loop's time begins anew
    house.look()
    assert house.plan.shown.mean * 1800 == pytest.approx(used, rel=0.01)
    house.passes(600)
    # Without what was stored all of it counts as used at the target's rate.
    house.plan = fixed(minutes=60)
    house.look()
    assert house.plan.shown.mean == pytest.approx(TARGET)


def test_a_restart_pauses_nobody_who_charges() -> None:
    house = home(60)
    house.passes(600)
    stored = house.plan.as_dict()
    house.plan = fixed(minutes=60)
    house.plan.restore(stored)
    before, house.drawn = house.starts, 0.0  # what it draws is not known yet
    house.time = 5.0
    house.look()
    assert house.drawn >= LEAST
    house.passes(600)
    assert house.starts == before + 1  # the plan saw one that was none


def test_a_restart_that_lasted_counts_as_used() -> None:
    house = home(60)
    house.passes(600)
    stored = house.plan.as_dict()
    before = house.plan.shown.mean * 600
    house.pass_by(1200)
    house.plan = fixed(minutes=60)
    house.plan.restore(stored)
    house.time = 5.0
    house.look()
    used = house.plan.shown.mean * 1800
    assert used == pytest.approx(before + 1200 * TARGET, rel=0.02)


def test_before_anything_is_known_nothing_is_shown() -> None:
    plan = fixed()
    assert plan.shown.mean is None
    assert plan.shown.forecast is None
    plan.restore(plan.as_dict())
    assert plan.shown.mean is None


@given(
    loads=st.lists(st.floats(0.0, 5500.0), min_size=30, max_size=60),
    minutes=st.sampled_from([15, 60]),
)
def test_a_house_below_the_target_is_never_taken_far_above_it(
    loads: list[float], minutes: int
) -> None:
    """Each minute another load; what it may rise by at the very end is the house's."""
    house = home(minutes)
    for _ in range(2):
        energy = 0.0
        for minute in range(minutes):
            house.house = loads[minute % len(loads)]
            energy += house.passes(60, step=20.0) * 60
        own = sum(loads[m % len(loads)] for m in range(minutes)) / minutes
        mean = energy / 60 / minutes
        # The last minute's rise, and the pause that takes a step.
        assert mean <= max(TARGET, own) + 5500.0 * 180 / (60 * minutes)
