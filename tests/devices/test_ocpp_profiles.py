"""Which limit an OCPP 1.6 charge point takes from the profiles that it holds."""

from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

import pytest

from simulator.devices.ocpp_profiles import ChargingProfiles, SmartCharging, Transaction

START = datetime(2026, 11, 22, 17, tzinfo=UTC)
TRANSACTION = Transaction(number=43, started_at=START)


def profile(purpose: str, limit: float, *, level: int = 0, **more: Any) -> dict:
    schedule = {
        "charging_rate_unit": "A",
        "charging_schedule_period": [{"start_period": 0, "limit": limit}],
    } | more.pop("schedule", {})
    return {
        "charging_profile_id": hash((purpose, level)),
        "stack_level": level,
        "charging_profile_purpose": purpose,
        "charging_profile_kind": "Absolute",
        "charging_schedule": schedule,
    } | more


@pytest.fixture
def profiles() -> ChargingProfiles:
    return ChargingProfiles()


def after(profiles: ChargingProfiles, seconds: float) -> float:
    return profiles.limit(1, TRANSACTION, START + timedelta(seconds=seconds))


def test_without_a_profile_nothing_limits_it(profiles) -> None:
    assert after(profiles, 0) == inf


def test_a_tx_profile_is_above_the_default_until_it_ends(profiles) -> None:
    assert profiles.accept(0, profile("TxDefaultProfile", 6.0), TRANSACTION)
    begin = START + timedelta(seconds=10)
    schedule = {"start_schedule": begin.isoformat(), "duration": 20}
    given = profile("TxProfile", 13.0, transaction_id=43, schedule=schedule)
    assert profiles.accept(1, given, TRANSACTION)

    assert [after(profiles, s) for s in (9, 10, 29, 30)] == [6.0, 13.0, 13.0, 6.0]
    profiles.end_transaction(1)
    assert after(profiles, 15) == 6.0


def test_the_highest_level_in_force_decides(profiles) -> None:
    profiles.accept(1, profile("TxDefaultProfile", 6.0), TRANSACTION)
    until = (START + timedelta(seconds=60)).isoformat()
    high = profile("TxDefaultProfile", 32.0, level=3, valid_to=until)
    profiles.accept(1, high, TRANSACTION)

    assert [after(profiles, s) for s in (59, 60)] == [32.0, 6.0]


def test_the_whole_charge_points_maximum_is_never_passed(profiles) -> None:
    profiles.accept(0, profile("ChargePointMaxProfile", 10.0), TRANSACTION)
    profiles.accept(1, profile("TxProfile", 16.0), TRANSACTION)

    assert after(profiles, 0) == 10.0


@pytest.mark.parametrize(
    ("connector", "refused", "transaction"),
    [
        (1, profile("TxProfile", 16.0), None),
        (0, profile("TxProfile", 16.0), TRANSACTION),
        (1, profile("TxProfile", 16.0, transaction_id=42), TRANSACTION),
        (1, profile("ChargePointMaxProfile", 16.0), TRANSACTION),
        (
            1,
            profile("TxProfile", 3680, schedule={"charging_rate_unit": "W"}),
            TRANSACTION,
        ),
    ],
)
def test_what_it_may_not_hold_is_refused(
    profiles, connector, refused, transaction
) -> None:
    assert not profiles.accept(connector, refused, transaction)
    assert after(profiles, 0) == inf


@pytest.mark.parametrize(
    ("takes", "refused"),
    [
        (SmartCharging(is_supported=False), profile("TxDefaultProfile", 6.0)),
        (SmartCharging(max_stack_level=3), profile("TxDefaultProfile", 6.0, level=4)),
        (
            SmartCharging(refused=frozenset({"TxDefaultProfile Absolute"})),
            profile("TxDefaultProfile", 6.0),
        ),
        (
            SmartCharging(refused=frozenset({"TxProfile"})),
            profile("TxProfile", 6.0, transaction_id=43),
        ),
        (SmartCharging(rate_units="Power"), profile("TxDefaultProfile", 6.0)),
    ],
)
def test_what_a_charge_point_does_not_take(takes, refused) -> None:
    profiles = ChargingProfiles(takes=takes)

    assert not profiles.accept(1, refused, TRANSACTION)
    assert after(profiles, 0) == inf


def test_watts_are_shared_by_the_phases() -> None:
    profiles = ChargingProfiles(takes=SmartCharging(rate_units="Current,Power"))
    watts = profile("TxProfile", 6900, schedule={"charging_rate_unit": "W"})

    assert profiles.accept(1, watts, TRANSACTION)
    assert after(profiles, 0) == 10.0
