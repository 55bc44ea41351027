"""Tariffs: what a window may have so that the month does not cost more."""

from datetime import date, timedelta

import pytest

from custom_components.amp_guard.plans.presets import PRESETS
from custom_components.amp_guard.plans.tariff import (
    Hours,
    Rule,
    Tariff,
    TariffPlan,
    is_weekday,
)

from .household import Household, at

TODAY = date(2026, 11, 10)
HOURS = Hours()
STEPS = (2000.0, 5000.0, 10000.0, 15000.0)


def days(*peaks: float) -> dict[date, float]:
    """Return the peaks of the days before today, the last one yesterday's, W."""
    return {
        TODAY - timedelta(days=len(peaks) - n): peak for n, peak in enumerate(peaks)
    }


def peaks(number: int = 3, figure: float = 4000.0, **more: object) -> Tariff:
    return Tariff(
        **(
            {"minutes": 60, "rule": Rule.PEAKS, "figure": figure, "peaks": number}
            | more
        )
    )


@pytest.mark.parametrize(
    ("number", "before", "today", "target"),
    [
        (1, (), None, 2500.0),  # the floor
        (1, (4000.0, 6000.0), None, 6000.0),  # the highest of the month
        (1, (4000.0,), 5000.0, 5000.0),
        (3, (7000.0, 6000.0), None, 2500.0),  # a third day counts whatever it is
        (3, (7000.0, 6000.0), 5500.0, 5500.0),  # today's own, again
        (3, (7000.0, 6000.0, 5000.0, 3000.0), None, 5000.0),  # the third of the others
        (3, (7000.0, 6000.0, 5000.0), 6500.0, 6500.0),
    ],
)
def test_a_peak_is_kept(
    number: int, before: tuple[float, ...], today: float | None, target: float
) -> None:
    known = days(*before) | ({} if today is None else {TODAY: today})
    tariff = peaks(number, figure=2500.0)
    assert tariff.target(HOURS, known, TODAY) == target
    # A window at the target adds nothing that the floor would not.
    after = {**known, TODAY: max(known.get(TODAY, 0.0), target)}
    if target > 2500.0:
        assert tariff.charged([*after.values()]) == tariff.charged([*known.values()])


@pytest.mark.parametrize(
    ("before", "today", "target"),
    [
        ((), None, 5000.0),
        ((3000.0, 4000.0, 4500.0), None, 5000.0),
        ((7000.0,), None, 4000.0),  # made up for: 7 + 4 + 4 is 3 times 5
        ((7000.0, 5000.0), None, 4000.0),
        ((7000.0,), 6000.0, 10000.0),  # 2 kW a day is no life: the next step
        ((6000.0,), 5500.0, 5500.0),  # today's own, again
        ((9000.0, 9000.0), None, 10000.0),  # it cannot be kept
        ((6000.0, 6000.0, 6000.0), None, 10000.0),
        ((16000.0, 16000.0, 16000.0), None, 15000.0),  # the last step has no end
    ],
)
def test_a_step_is_not_left(
    before: tuple[float, ...], today: float | None, target: float
) -> None:
    tariff = Tariff(minutes=60, rule=Rule.STEPS, figure=5000.0, peaks=3, steps=STEPS)
    known = days(*before) | ({} if today is None else {TODAY: today})
    assert tariff.target(HOURS, known, TODAY) == target


def test_a_figure_above_all_steps_is_the_limit() -> None:
    tariff = Tariff(minutes=60, rule=Rule.STEPS, figure=2e4, peaks=3, steps=STEPS)
    assert tariff.target(HOURS, {}, TODAY) == 15000.0


@pytest.mark.parametrize(
    ("clock", "counts"),
    [
        ("2026-11-10 06:00", True),
        ("2026-11-10 05:59", False),
        ("2026-11-10 19:59", True),
        ("2026-11-10 20:00", False),
        ("2026-11-14 12:00", False),  # a Saturday
        ("2026-04-01 12:00", False),
        ("2026-03-31 12:00", True),
    ],
)
def test_only_the_hours_of_a_winter_workday_count(clock: str, counts: bool) -> None:
    tariff = peaks(hours=PRESETS["sweden_winter"].hours)
    house = Household(plan=TariffPlan(tariff), clock=at(clock))
    house.passes(60)
    assert (house.plan.allowed is not None) is counts


def test_half_of_the_power_of_a_night_counts() -> None:
    day = Hours(hours=frozenset(range(6, 22)))
    tariff = peaks(figure=4000.0, hours=(day, Hours(share=0.5)))
    night = tariff.counts(at("2026-11-10 23:00"), is_workday=True)
    assert tariff.target(night, {}, TODAY) == 8000.0
    house = Household(plan=TariffPlan(tariff), clock=at("2026-11-10 23:00"))
    house.passes(3600)
    mean = house.passes(3600)
    house.passes(60)
    assert 6000.0 < mean <= 8000.0
    [(_, today), (_, yesterday)] = sorted(house.plan.shown.peaks, reverse=True)
    assert today == pytest.approx(mean / 2, rel=0.01)
    assert yesterday <= 4000.0


@pytest.mark.parametrize(
    ("clock", "block"),
    [
        ("2026-01-14 08:00", 1),
        ("2026-01-14 06:00", 2),
        ("2026-01-14 15:00", 2),
        ("2026-01-14 23:00", 3),
        ("2026-01-17 08:00", 2),  # a Saturday
        ("2026-01-17 03:00", 4),
        ("2026-07-15 08:00", 2),
        ("2026-07-18 08:00", 3),
        ("2026-07-18 03:00", 5),
    ],
)
def test_slovenia_has_five_blocks(clock: str, block: int) -> None:
    assert blocks(clock, is_workday=is_weekday(at(clock))) == [block]


def test_a_holiday_in_slovenia_has_the_blocks_of_a_day_off() -> None:
    assert blocks("2026-12-25 08:00", is_workday=False) == [2]  # a Friday


def blocks(clock: str, *, is_workday: bool) -> list[int]:
    """Return the blocks that hold at a moment."""
    return [
        number
        for number, hours in PRESETS["slovenia"].blocks
        if hours.hold(at(clock), is_workday=is_workday)
    ]


def test_a_holiday_is_what_is_said_of_it_and_else_its_day_of_the_week() -> None:
    tariff = peaks(hours=PRESETS["sweden_winter"].hours, workday="workday")
    house = Household(plan=TariffPlan(tariff), clock=at("2026-12-24 08:00"))
    house.look()
    assert house.plan.shown.target == 4000.0  # a Thursday, and nothing is said
    for said, target in ((False, None), (None, None), (True, 4000.0), (None, 4000.0)):
        house.said = {"workday": said}
        house.passes(30)
        assert house.plan.shown.target == target, said


@pytest.mark.parametrize(("said", "counted"), [(True, True), (False, False)])
def test_a_days_last_hour_is_that_days_though_it_ends_on_the_next(
    said: bool, counted: bool
) -> None:
    """And though the sensor speaks of the next one by then."""
    tariff = peaks(hours=(Hours(workdays=True),), workday="workday")
    house = Household(
        plan=TariffPlan(tariff), clock=at("2026-12-25 22:00"), said={"workday": said}
    )
    house.passes(2 * 3600)
    house.said = {"workday": not said}
    house.look()
    assert bool(house.plan.shown.peaks) is counted
    assert {day for day, _ in house.plan.shown.peaks} <= {"2026-12-25"}


def test_each_preset_has_its_source() -> None:
    for preset in PRESETS.values():
        assert preset.source
        assert preset.read >= date(2026, 11, 1)


def test_a_month_that_changes_while_a_car_charges_begins_anew() -> None:
    plan = TariffPlan(peaks(1, figure=5000.0, minutes=15))
    house = Household(plan=plan, clock=at("2026-11-30 22:00"), house=9000.0)
    house.wants = False
    house.passes(1800)
    house.house, house.wants = 500.0, True
    house.passes(3600)
    assert plan.shown.target == pytest.approx(9000.0)
    before = house.passes(1800 - 300)
    assert before > 6000.0
    house.passes(300)  # over midnight
    assert house.passes(900) <= 5000.0
    house.look()
    assert plan.shown.target == 5000.0
    assert plan.shown.charged <= 5000.0
    assert {day[:7] for day, _ in plan.shown.peaks} == {"2026-12"}


def test_the_highest_so_far_is_kept_and_no_more() -> None:
    plan = TariffPlan(peaks(1, figure=2500.0, minutes=15))
    house = Household(plan=plan, clock=at("2026-11-03 10:00"), house=2000.0)
    house.passes(900)
    assert max(house.go_on(2700)) == 0.0  # the floor carries no car beside it
    house.house = 7000.0
    house.passes(900)
    house.house = 500.0
    means = [house.passes(900) for _ in range(8)]
    assert max(means) <= 7000.0
    assert means[-1] > 6000.0
    assert plan.shown.charged == pytest.approx(7000.0, rel=0.01)


def test_what_was_is_known_after_a_restart() -> None:
    plan = TariffPlan(peaks())
    house = Household(plan=plan, clock=at("2026-11-03 10:00"), house=6000.0)
    house.passes(2 * 3600 + 60)
    again = TariffPlan(peaks())
    again.restore(plan.as_dict())
    house.plan = again
    house.look()
    assert again.shown.peaks == plan.shown.peaks
    # With windows of another length only the peaks.
    quarter = TariffPlan(peaks(minutes=15))
    quarter.restore(plan.as_dict())
    house.plan = quarter
    house.look()
    assert quarter.shown.peaks == plan.shown.peaks


@pytest.mark.parametrize(
    ("tariff", "before", "cost"),
    [
        (peaks(1, price=5.0), (), 5.0),
        (peaks(3, price=60.0), (6000.0, 6000.0, 6000.0), 20.0),
        (Tariff(minutes=15, rule=Rule.FIXED, figure=5e3, price=3.0), (), 3.0),
        (
            Tariff(
                minutes=60,
                rule=Rule.STEPS,
                figure=5000.0,
                peaks=3,
                steps=STEPS,
                price=100.0,
            ),
            (5000.0, 5000.0, 5000.0),
            100.0,
        ),
        (peaks(1), (), None),
    ],
)
def test_what_one_more_kilowatt_would_cost(
    tariff: Tariff, before: tuple[float, ...], cost: float | None
) -> None:
    plan = TariffPlan(tariff)
    stored = plan.as_dict() | {
        "month": "2026-11-01",
        "days": {day.isoformat(): peak for day, peak in days(*before).items()},
    }
    plan.restore(stored)
    Household(plan=plan, clock=at("2026-11-10 10:00")).passes(60)
    assert plan.shown.more == (cost if cost is None else pytest.approx(cost))


def test_outside_the_hours_that_count_more_costs_nothing() -> None:
    plan = TariffPlan(peaks(price=60.0, hours=PRESETS["sweden_winter"].hours))
    Household(plan=plan, clock=at("2026-07-10 10:00")).passes(60)
    assert plan.shown.more == 0.0
    assert plan.shown.target is None
