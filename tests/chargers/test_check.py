"""What the set-up says of a charger, and what it does to find that out."""

import asyncio

from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.amp_guard.chargers import (
    ChargerCheck,
    ChargerDriver,
    FailSafe,
    OwnOfflineCurrent,
    check_charger,
    set_own_offline_current,
)
from custom_components.amp_guard.chargers.actions import ANSWER_TIMEOUT

from .conftest import Charger
from .contracts import CONTRACTS, set_value

EASEE = next(c for c in CONTRACTS if c.profile == "easee")
OCPP = next(c for c in CONTRACTS if c.profile == "ocpp")
TESLA = next(c for c in CONTRACTS if c.profile == "teslemetry")
ZAPTEC = next(c for c in CONTRACTS if c.profile == "zaptec")
CHARGEAMPS = next(c for c in CONTRACTS if c.profile == "chargeamps")

each_contract = pytest.mark.parametrize(
    "contract", CONTRACTS, ids=lambda c: f"{c.profile}-{c.connector}-{c.phases}"
)


async def look(charger: Charger, driver: ChargerDriver | None = None) -> ChargerCheck:
    return await check_charger(charger.hass, charger.driver.config, driver)


@each_contract
async def test_nothing_that_a_charger_does_is_changed(charger_of, contract) -> None:
    charger = charger_of(contract)
    before = charger.driver.read()

    check = await look(charger)

    asked = [name for name, _ in charger.taken() if name != "ocpp.get_configuration"]
    assert asked in ([], ["number.set_value"])
    # What cannot be tried without changing it is not said to work.
    assert check.is_settable is (True if asked else None)
    pauses_by_actions = contract.profile in ("ocpp", "easee")
    assert check.can_pause is (None if pauses_by_actions else True)
    fail_safe = charger.driver.profile.fail_safe
    is_tried = fail_safe is not FailSafe.EXPIRING_LIMIT
    assert check.fail_safe is (fail_safe if is_tried else None)
    assert check.refusals == ()
    assert charger.driver.read() == before


@each_contract
async def test_a_charger_that_refuses_says_why(charger_of, contract) -> None:
    charger = charger_of(contract)
    charger.refusal = "403 Forbidden"

    check = await look(charger)

    if charger.taken():
        assert not check.is_settable or contract.profile == "ocpp"
    for refusal in check.refusals:
        assert refusal.translation_placeholders == {"error": "403 Forbidden"}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            {"SupportedFeatureProfiles": "Core,FirmwareManagement"},
            "charger_has_no_smart_charging",
        ),
        (
            ServiceValidationError(
                translation_domain="ocpp", translation_key="invalid_ocpp_key"
            ),
            "charger_speaks_ocpp_2",
        ),
    ],
)
async def test_a_charge_point_that_cannot_be_limited(
    charger_of, answer, reason
) -> None:
    charger = charger_of(OCPP)
    charger.answers = answer

    check = await look(charger)

    assert (check.is_settable, check.can_pause) == (False, False)
    assert check.fail_safe is FailSafe.NONE
    assert [r.translation_key for r in check.refusals] == [reason]


async def test_a_charge_point_that_says_nothing_may_be_well(charger_of) -> None:
    charger = charger_of(OCPP)
    charger.answers = {}

    check = await look(charger)

    assert check.is_settable is None
    assert check.refusals == ()


async def test_a_charger_that_does_not_answer_was_not_tried(
    charger_of, hass, leap
) -> None:
    """Its cloud may take longer than anybody waits for at a form."""
    charger = charger_of(CHARGEAMPS)
    charger.hangs = asyncio.Event()

    looking = hass.async_create_task(look(charger))
    await asyncio.sleep(0)
    leap(ANSWER_TIMEOUT + 1.0)
    check = await looking

    assert check.is_settable is None
    assert check.refusals == ()
    charger.hangs.set()
    await charger.settle()


async def test_what_was_seen_while_it_was_balanced_counts(charger_of, later) -> None:
    """An Easee shows its limit, and nothing of it can be tried without changing it."""
    charger = charger_of(EASEE)
    await charger.driver.start()
    await charger.order(10.0, 240.0)
    await later(61.0)
    charger.set("EH123456_output_limit", "10")
    await charger.settle()

    check = await look(charger, charger.driver)

    assert (check.is_settable, check.can_pause) == (True, True)
    assert check.fail_safe is FailSafe.EXPIRING_LIMIT


async def test_a_charger_that_nobody_reaches_cannot_be_limited(charger_of) -> None:
    charger = charger_of(CHARGEAMPS)
    charger.set("chargeamps_1234567_1_max_current", "unavailable")

    check = await look(charger)

    assert check.is_settable is False
    assert [r.translation_key for r in check.refusals] == ["charger_unavailable"]


async def test_a_charge_point_that_nobody_reaches_cannot_be_limited(
    charger_of, hass
) -> None:
    charger = charger_of(OCPP)
    hass.services.async_remove("ocpp", "get_configuration")

    check = await look(charger)

    assert (check.is_settable, check.can_pause) == (False, False)
    assert check.fail_safe is FailSafe.NONE
    assert [r.translation_key for r in check.refusals] == ["charger_unavailable"]


@pytest.mark.parametrize("value", ["", "16", "1.6.0", "4.16", "1.160", "Unknown"])
async def test_an_offline_limit_of_another_shape_is_left_alone(
    charger_of, value: str
) -> None:
    charger = charger_of(OCPP)
    charger.answers = {"InstallationOfflineCurrent": value}

    assert (await look(charger)).own_offline_current is None


async def test_what_has_no_configuration_is_told_none(charger_of) -> None:
    charger = charger_of(CHARGEAMPS)
    wanted = OwnOfflineCurrent(phase=1, current=6)

    config = charger.driver.config
    assert await set_own_offline_current(charger.hass, config, wanted) is None

    assert charger.taken() == []


async def test_a_car_that_is_elsewhere_is_not_asked(charger_of) -> None:
    charger = charger_of(TESLA)
    charger.set("VIN1-location", "not_home")

    await look(charger)

    assert charger.taken() == []


async def test_a_charger_whose_changes_are_counted_is_not_asked(charger_of) -> None:
    charger = charger_of(ZAPTEC)

    await look(charger)

    assert charger.taken() == []


async def test_what_the_cloud_does_not_know_is_not_written(charger_of) -> None:
    """6.0 A is what `chargeamps` shows for an unknown maximum."""
    charger = charger_of(CHARGEAMPS)
    charger.set("chargeamps_1234567_1_max_current", "6.0")
    await look(charger)
    assert charger.taken() == []

    charger.set("chargeamps_1234567_1_max_current", "10.0")
    await look(charger)
    assert charger.taken() == [set_value("chargeamps_1234567_1_max_current", 10)]
