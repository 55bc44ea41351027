"""Each profile against what its integration registers and accepts."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
import re

import pytest

from custom_components.amp_guard.chargers import (
    ANY_ENTITIES,
    PROFILES,
    FailSafe,
    find_chargers,
    profile_names,
)

from .conftest import Writes
from .contracts import CONTRACTS, NOW, Contract

README = Path(__file__).parents[2] / "README.md"

each_contract = pytest.mark.parametrize(
    "contract", CONTRACTS, ids=lambda c: f"{c.profile}-{c.connector}-{c.phases}"
)
each_way = pytest.mark.parametrize("writes", Writes)


def test_every_profile_has_a_contract() -> None:
    contracted = {contract.profile for contract in CONTRACTS}
    assert contracted | {ANY_ENTITIES} == set(profile_names())


FAIL_SAFE_SIGNS = {
    FailSafe.EXPIRING_LIMIT: "●",
    FailSafe.OWN_OFFLINE_LIMIT: "○",
    FailSafe.NONE: "",
}


def test_the_readme_tells_each_charger_and_its_fail_safe() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in README.read_text(encoding="utf-8").splitlines()
        if line.startswith("|") and line.count("|") == 6
    ]
    told = {
        integration: fail_safe
        for _, integrations, _, _, fail_safe in rows
        for integration in re.findall(r"`(\w+)`", integrations)
    }
    assert told == {
        profile.integration: FAIL_SAFE_SIGNS[profile.fail_safe]
        for profile in PROFILES.values()
        if profile.name != ANY_ENTITIES
    }


@each_contract
@each_way
async def test_reading(contract: Contract, writes: Writes, charger_of) -> None:
    charger = charger_of(contract, writes)
    before = charger.hass.loop.time()
    await charger.driver.start()
    await charger.repeat()

    reading = charger.driver.read()

    assert replace(reading, current_time=None) == contract.reading
    assert reading.current_time == pytest.approx(before, abs=1.0)


@each_contract
@each_way
async def test_silence_is_no_loss(
    contract: Contract, writes: Writes, charger_of, later
) -> None:
    """Nothing changes for hours; what it draws may be unknown, and cuts go out."""
    charger = charger_of(contract, writes)
    await charger.driver.start()

    await later(7200.0)
    await charger.repeat()

    is_heard = writes not in (Writes.CHANGED, Writes.NEVER)
    reading = charger.driver.read()
    assert reading.status is contract.reading.status
    assert reading.limit == contract.reading.limit
    assert reading.current == (contract.reading.current if is_heard else None)

    await charger.order(0.0)
    assert [_without_start(c) for c in charger.taken()][-len(contract.pause) :] == [
        _without_start(call) for call in contract.pause
    ]


@each_contract
async def test_found_by_what_its_integration_registers(
    contract: Contract, charger_of
) -> None:
    charger = charger_of(contract)

    found = {f.connector: f for f in find_chargers(charger.hass)}[contract.connector]

    assert found.device_id == charger.device_id
    assert found.profile == contract.profile


@each_contract
@each_way
async def test_limit_pause_and_resume(
    contract: Contract, writes: Writes, charger_of, later, freezer
) -> None:
    freezer.move_to(datetime.fromisoformat(NOW))
    charger = charger_of(contract, writes)
    await charger.driver.start()

    await charger.order(10.7, contract.valid_for)
    assert charger.taken() == list(contract.give_10)

    await charger.come()
    await charger.order(5.9)
    assert [_without_start(call) for call in charger.taken()] == [
        _without_start(call) for call in contract.pause
    ]

    await charger.come()
    await charger.order(8.0, contract.valid_for)
    assert charger.taken() == []
    seen = charger.driver.read().limit == 0.0
    await later(charger.driver.profile.raise_interval + 0.1)
    give_8 = contract.give_8 if seen else contract.give_8_unseen or contract.give_8
    assert [_without_start(call) for call in charger.taken()] == [
        _without_start(call) for call in give_8
    ]


def _without_start(call):
    """Leave out the moment at which an OCPP schedule starts."""
    name, data = call
    profile = data.get("custom_profile")
    if profile is None:
        return call
    schedule = profile["chargingSchedule"] | {"startSchedule": NOW}
    return name, data | {"custom_profile": profile | {"chargingSchedule": schedule}}


@each_contract
@each_way
async def test_clean_stop_leaves_the_offline_limit(
    contract: Contract, writes: Writes, charger_of
) -> None:
    charger = charger_of(contract, writes)
    await charger.driver.start()
    await charger.order(10.0, contract.valid_for)
    charger.taken()

    await charger.driver.release(6.0)

    assert _limit(charger.taken()[0][1]) == 6


def _limit(data):
    """Return the limit that an action sets for good."""
    if "custom_profile" in data:
        schedule = data["custom_profile"]["chargingSchedule"]
        assert "duration" not in schedule
        return schedule["chargingSchedulePeriod"][0]["limit"]
    assert data.get("time_to_live", 0) == 0
    return data.get("value", data.get("current", data.get("current_p1")))


async def test_a_schuko_outlet_is_no_charger(charger_of) -> None:
    aura = next(c for c in CONTRACTS if c.profile == "chargeamps")
    charger = charger_of(replace(aura, model="Halo"))

    found = find_chargers(charger.hass)

    assert [f.connector for f in found] == [1]
