"""Which charging profiles are written, and which way is found to hold."""

from datetime import UTC, datetime

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.chargers.charging_profile import (
    Capabilities,
    Ladder,
    Purpose,
    Unit,
    limiting_profile,
    ways,
)

OFFLINE, MOST = 6.0, 32.0
NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)

levels = st.integers(0, 20)
grants = st.lists(st.sampled_from([8.0, 10.0, 13.0, 16.0]), min_size=30, max_size=40)


@given(st.data(), levels, st.booleans(), grants)
def test_the_way_that_holds_is_found_and_kept(data, highest, shared, told) -> None:
    """A refusal says nothing, and leaves what is below it: the offline limit, or none."""
    to_try = ways(
        Capabilities(max_stack_level=highest), connector=2 if shared else None
    )
    accepted = data.draw(st.sets(st.sampled_from(to_try), min_size=1))
    ladder, below = Ladder(to_try), data.draw(st.sampled_from([OFFLINE, MOST]))

    for current in [*told, 10.0, 13.0, 16.0, 10.0]:
        shown = current if ladder.way in accepted else below
        ladder.judge(current, shown, min(shown, 16.0), OFFLINE)

    assert ladder.way in accepted
    assert ladder.has_held
    assert not ladder.is_overruled


def test_what_is_shown_by_chance_is_no_sign_that_a_way_holds() -> None:
    """It was told all that it has, and has refused that."""
    to_try = ways(Capabilities(max_stack_level=5), connector=None)
    ladder = Ladder(to_try)
    for _ in range(3):
        ladder.judge(16.0, 16.0, 16.0, OFFLINE)
    assert not ladder.has_held

    ladder.judge(8.0, 16.0, 16.0, OFFLINE)
    assert ladder.way == to_try[1]


@given(levels, grants)
def test_what_shows_nothing_is_left_alone_while_it_draws_no_more(highest, told) -> None:
    to_try = ways(Capabilities(max_stack_level=highest), connector=None)
    ladder = Ladder(to_try)
    for current in told:
        ladder.judge(current, None, current, OFFLINE)
    assert ladder.way == to_try[0]


@given(st.data(), levels, st.booleans(), grants)
def test_one_that_refuses_every_way_is_known_for_it(
    data, highest, shared, told
) -> None:
    """It gives all that it has, or its car draws that."""
    to_try = ways(
        Capabilities(max_stack_level=highest), connector=2 if shared else None
    )
    ladder, shows = Ladder(to_try), data.draw(st.booleans())
    for current in told:
        ladder.judge(current, MOST if shows else None, MOST, OFFLINE)
    assert ladder.is_in_vain

    for current in (10.0, 13.0):
        ladder.judge(current, current, current, OFFLINE)
    assert not ladder.is_in_vain


@given(levels, grants, st.floats(0.0, 8.0))
def test_one_that_gives_less_is_not_taken_to_refuse(highest, told, own_limit) -> None:
    """The limit of its own cable, or of its own load balancing, is lower."""
    to_try = ways(Capabilities(max_stack_level=highest), connector=None)
    ladder = Ladder(to_try)
    for current in told:
        ladder.judge(current, own_limit, own_limit, OFFLINE)
        assert not ladder.is_in_vain


@given(levels, st.lists(st.sampled_from([8.0, 13.0, 16.0]), max_size=40))
def test_a_car_that_draws_less_unseats_no_way_that_holds(highest, told) -> None:
    """Where no limit is shown: what it draws may be the car's own wish."""
    to_try = ways(Capabilities(max_stack_level=highest), connector=None)
    ladder = Ladder(to_try)
    ladder.judge(13.0, None, 13.0, OFFLINE)
    ladder.judge(10.0, None, 10.0, OFFLINE)
    assert ladder.has_held
    for current in told:
        ladder.judge(current, None, OFFLINE, OFFLINE)
        assert ladder.way == to_try[0]


def test_a_car_at_the_offline_limit_may_have_been_refused_its_own() -> None:
    """Where no limit is shown, what lies below the profile may be in force."""
    to_try = ways(Capabilities(max_stack_level=5), connector=None)
    ladder = Ladder(to_try)
    ladder.judge(13.0, None, OFFLINE, OFFLINE)
    assert ladder.way == to_try[1]


def test_one_overruling_does_not_unseat_a_way_that_has_held() -> None:
    to_try = ways(Capabilities(max_stack_level=5), connector=None)
    ladder = Ladder(to_try)
    ladder.judge(13.0, 13.0, 13.0, OFFLINE)
    ladder.judge(10.0, 10.0, 10.0, OFFLINE)
    ladder.judge(10.0, 31.0, 31.0, OFFLINE)
    assert ladder.is_overruled
    ladder.judge(10.0, 10.0, 10.0, OFFLINE)
    assert not ladder.is_overruled
    assert ladder.way == to_try[0]


@given(st.floats(6.0, 80.0), st.integers(1, 3), st.floats(207.0, 253.0), st.booleans())
def test_no_more_is_told_than_was_given(current, phases, voltage, amperes) -> None:
    unit = Unit.of(Capabilities(takes_amperes=amperes), phases, voltage)

    told = unit.limit(current)

    assert told / unit.per_ampere <= current + 0.05
    assert told / unit.per_ampere > current - 0.06


@pytest.mark.parametrize("purpose", Purpose)
@given(current=st.floats(0.0, 32.0), valid_for=st.floats(1.0, 1000.0))
def test_each_way_ends_at_no_more_than_the_offline_limit(
    purpose, current, valid_for
) -> None:
    way = next(
        way for way in ways(Capabilities(), connector=None) if way.purpose is purpose
    )
    profile = limiting_profile(
        way, current, Unit(), NOW, valid_for=valid_for, offline_current=OFFLINE
    )
    schedule = profile["chargingSchedule"]
    *_, last = schedule["chargingSchedulePeriod"]
    end = schedule.get("duration", last["startPeriod"])
    assert valid_for <= end <= valid_for + 1
    if "duration" not in schedule:
        assert last["limit"] == OFFLINE


@pytest.mark.parametrize(
    ("units", "amperes"),
    [
        ("Current", True),
        ("Power", False),
        ("Current,Power", True),
        ("Power,Current", True),
        ("", True),
        ("Unknown", True),
    ],
)
def test_what_it_takes_is_read_from_its_configuration(units: str, amperes) -> None:
    read = Capabilities.read({"ChargingScheduleAllowedChargingRateUnit": units})
    assert read.takes_amperes is amperes


@pytest.mark.parametrize("level", ["", "Unknown", "-1", "3.5", "many"])
def test_a_stack_level_that_is_none_is_the_usual(level: str) -> None:
    assert Capabilities.read({"ChargeProfileMaxStackLevel": level}) == Capabilities()
