"""What the set-up says of a charger, and what it does to find that out."""

from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.amp_guard.chargers import FailSafe, check_charger

from .conftest import Charger
from .contracts import CONTRACTS, set_value

OCPP = next(c for c in CONTRACTS if c.profile == "ocpp")
TESLA = next(c for c in CONTRACTS if c.profile == "teslemetry")
ZAPTEC = next(c for c in CONTRACTS if c.profile == "zaptec")
CHARGEAMPS = next(c for c in CONTRACTS if c.profile == "chargeamps")

each_contract = pytest.mark.parametrize(
    "contract", CONTRACTS, ids=lambda c: f"{c.profile}-{c.connector}-{c.phases}"
)


async def look(charger: Charger):
    return await check_charger(charger.hass, charger.driver.config)


@each_contract
async def test_nothing_that_a_charger_does_is_changed(charger_of, contract) -> None:
    charger = charger_of(contract)
    before = charger.driver.read()

    check = await look(charger)

    assert check.is_settable
    assert check.can_pause
    assert check.fail_safe is charger.driver.profile.fail_safe
    assert check.refusals == ()
    assert charger.driver.read() == before
    asked = [name for name, _ in charger.taken() if name != "ocpp.get_configuration"]
    assert asked in ([], ["number.set_value"])


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

    assert check.is_settable
    assert check.fail_safe is FailSafe.EXPIRING_LIMIT


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
