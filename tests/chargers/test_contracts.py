"""Each profile against what its integration registers and accepts."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
import re

from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.amp_guard.chargers import (
    ANY_ENTITIES,
    PROFILES,
    FailSafe,
    Profile,
    check_charger,
    find_chargers,
    profile_names,
)
from custom_components.amp_guard.site.reading import read_charger

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
        if line.startswith("|") and line.count("|") == 7
    ]
    told = {
        integration: fail_safe
        for _, integrations, _, _, _, fail_safe in rows
        for integration in re.findall(r"`(\w+)`", integrations)
    }
    assert told == {
        profile.integration: FAIL_SAFE_SIGNS[profile.fail_safe]
        for profile in PROFILES.values()
        if profile.name != ANY_ENTITIES
    }


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
def test_the_law_renews_what_expires(profile: Profile) -> None:
    """What it does not know to expire is sent once, or never."""
    settings = {
        "profile": profile.name,
        "group": "home",
        "wiring": "1,2,3",
        "max_current": 16.0,
        "priority": 1,
        "offline_current": 6.0,
        "offline_phase": "all",
    }
    expires = profile.circuit is not None or profile.charging_profiles is not None
    assert read_charger(settings).expiring_limit is expires


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

    least = max(6.0, charger.driver.profile.min_current)

    await charger.driver.release(least)

    assert _limit(charger.taken()[0][1]) == least


def _limit(data):
    """Return the limit that an action sets for good."""
    if "custom_profile" in data:
        schedule = data["custom_profile"]["chargingSchedule"]
        assert "duration" not in schedule
        return schedule["chargingSchedulePeriod"][0]["limit"]
    assert data.get("time_to_live", 0) == 0
    return data.get("value", data.get("current", data.get("current_p1")))


@pytest.mark.parametrize("model", ["HALO", "Halo", "Halo 11 kW"])
async def test_a_halo_has_one_charger_and_an_outlet(charger_of, model: str) -> None:
    aura = next(c for c in CONTRACTS if c.profile == "chargeamps")
    charger = charger_of(replace(aura, model=model))

    found = find_chargers(charger.hass)

    # Its number goes up to 32 A.
    assert [(f.connector, f.max_current) for f in found] == [(1, 16.0)]


async def test_an_aura_has_two_chargers(charger_of) -> None:
    aura = next(c for c in CONTRACTS if c.profile == "chargeamps")
    charger = charger_of(aura)

    found = find_chargers(charger.hass)

    assert [(f.connector, f.max_current) for f in found] == [(1, 32.0), (2, 32.0)]


@pytest.mark.parametrize(
    ("maker", "model", "expected"),
    [
        ("Charge Amps AB", "HALO", {"garage-conn1": 16.0}),
        ("Charge Amps", "AURA", {"garage-conn1": None, "garage-conn2": None}),
        ("Somebody", "Halo", {"garage-conn1": None, "garage-conn2": None}),
    ],
)
async def test_a_halo_is_recognised_by_local_ocpp(
    charger_of, maker: str, model: str, expected: dict[str, float | None]
) -> None:
    """Each connector is a device below the charge point's, which has the model."""
    ocpp = next(c for c in CONTRACTS if c.profile == "ocpp")
    connectors = [
        charger_of(
            replace(
                ocpp,
                identifier=f"garage-conn{n}",
                entities=tuple(
                    replace(
                        e, unique_id=e.unique_id.replace("garage", f"garage.conn{n}")
                    )
                    for e in ocpp.entities
                ),
            )
        )
        for n in (1, 2)
    ]
    devices = dr.async_get(connectors[0].hass)
    whole = devices.async_get_or_create(
        config_entry_id=connectors[0].entry.entry_id,
        identifiers={("ocpp", "garage"), ("ocpp", "CP001")},
        manufacturer=maker,
        model=model,
    )
    for connector in connectors:
        devices.async_update_device(connector.device_id, via_device_id=whole.id)

    found = find_chargers(connectors[0].hass)

    assert {
        identifier: charger.max_current
        for charger in found
        for _, identifier in devices.async_get(charger.device_id).identifiers
    } == expected


@each_contract
async def test_what_its_integration_left_disabled_is_enabled_and_looked_at_again(
    contract: Contract, charger_of
) -> None:
    """A healthy charger whose sensors come with the next reload is no broken one."""
    disabled = replace(
        contract,
        entities=tuple(
            replace(e, disabled=True) if e.platform != "number" else e
            for e in contract.entities
        ),
    )
    charger = charger_of(disabled)
    config = charger.driver.config

    for _ in range(2):
        check = await check_charger(charger.hass, config)
        assert not check.knows_state
        assert next(iter(charger.driver.profile.statuses)) in check.later
    charger.appear(contract)
    check = await check_charger(charger.hass, config)

    assert check.knows_state
    assert check.later == frozenset()
    # On how many phases it is set is looked at by its driver alone.
    expected = replace(contract.reading, phases_set=None)
    assert replace(check.reading, current_time=None) == expected
