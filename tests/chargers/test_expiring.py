"""Limits that expire by themselves, at the chargers that can hold one."""

from dataclasses import replace

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest

from .conftest import Charger
from .contracts import CONTRACTS, Call, Upstream

OCPP = next(c for c in CONTRACTS if c.profile == "ocpp")
EASEE = next(c for c in CONTRACTS if c.profile == "easee")


def _purposes(calls: list[Call]) -> list[str]:
    return [
        data["custom_profile"]["chargingProfilePurpose"]
        for _, data in calls
        if "custom_profile" in data
    ]


def _levels(calls: list[Call]) -> list[int]:
    return [
        data["custom_profile"]["stackLevel"]
        for _, data in calls
        if "custom_profile" in data
    ]


async def test_ocpp_waits_for_the_transaction(charger_of, later) -> None:
    charger = charger_of(OCPP)
    await charger.driver.start()
    charger.set("ocpp.garage.transaction_id.sensor", "0")

    await charger.order(16.0, 60.0)
    assert _purposes(charger.taken()) == ["TxDefaultProfile"]
    await later(600.0)
    assert charger.taken() == []

    charger.set("ocpp.garage.transaction_id.sensor", "43")
    await charger.settle()
    # Home Assistant knows the number before the charge point does.
    assert charger.taken() == []
    await later(1.1)
    [(_, data)] = charger.taken()
    assert data["custom_profile"]["transactionId"] == 43


async def test_what_waited_is_sent_once_the_charger_is_back(charger_of, later) -> None:
    charger = charger_of(OCPP)
    await charger.driver.start()
    charger.set("ocpp.garage.transaction_id.sensor", "0")
    await charger.order(16.0, 60.0)
    charger.taken()

    sensors = [e.unique_id for e in charger.contract.entities if e.platform == "sensor"]
    for sensor in sensors:
        charger.set(sensor, "unavailable")
    await charger.settle()
    charger.set("ocpp.garage.transaction_id.sensor", "43")
    charger.set("ocpp.garage.status_connector.sensor", "Charging")
    await later(5.0)

    # It may have lost its profiles: the one to fall back to comes first.
    assert _purposes(charger.taken()) == ["TxDefaultProfile", "TxProfile"]


async def test_what_it_falls_back_to_is_written_again_after_a_reconnect(
    charger_of, later
) -> None:
    """A charge point may lose its profiles when it starts anew."""
    charger = charger_of(OCPP)
    await charger.driver.start()
    await charger.order(12.0, 60.0)
    await charger.order(10.0, 60.0)
    assert _purposes(charger.taken()) == ["TxDefaultProfile", *["TxProfile"] * 2]

    sensors = [e for e in charger.contract.entities if e.platform == "sensor"]
    for sensor in sensors:
        charger.set(sensor.unique_id, "unavailable")
    for sensor in sensors:
        charger.set(sensor.unique_id, sensor.state)
    await later(1.1)

    assert _purposes(charger.taken())[-2:] == ["TxDefaultProfile", "TxProfile"]


async def test_an_ocpp_connector_is_a_device_of_its_own(charger_of) -> None:
    contract = replace(
        OCPP,
        identifier="garage-conn2",
        entities=tuple(
            replace(e, unique_id=e.unique_id.replace("garage.", "garage.conn2."))
            for e in OCPP.entities
        ),
    )
    charger = charger_of(contract)
    await charger.driver.start()

    await charger.order(0.0)

    # Clearing would take the other connector's profiles as well.
    calls = charger.taken()
    assert "ocpp.clear_profile" not in {name for name, _ in calls}
    assert {(d["devid"], d.get("conn_id", 2)) for _, d in calls} == {("garage", 2)}


async def test_a_connector_may_have_forgotten_what_its_charge_point_did(
    charger_of, later
) -> None:
    """How often it connected anew, the whole charge point's device says."""
    contract = replace(
        OCPP,
        identifier="garage-conn2",
        entities=tuple(
            replace(e, unique_id=e.unique_id.replace("garage.", "garage.conn2."))
            for e in OCPP.entities
        ),
    )
    whole = replace(
        OCPP,
        identifier="garage",
        model="AURA",
        entities=(
            Upstream(
                platform="sensor", unique_id="ocpp.garage.reconnects.sensor", state="0"
            ),
        ),
    )
    charge_point, charger = charger_of(whole), charger_of(contract)
    dr.async_get(charger.hass).async_update_device(
        charger.device_id, via_device_id=charge_point.device_id
    )
    await charger.driver.start()
    await charger.order(10.0, 420.0)
    charger.taken()

    charge_point.set("ocpp.garage.reconnects.sensor", "1")
    await later(25.0)

    assert _purposes(charger.taken())[:2] == ["TxDefaultProfile", "TxProfile"]


@pytest.mark.parametrize("identifiers", [None, {("other", "garage")}])
async def test_a_charge_point_without_a_name_is_not_commanded(
    charger_of, hass, identifiers
) -> None:
    """Its device is gone, or is not the integration's any longer."""
    charger = charger_of(OCPP)
    await charger.driver.start()
    devices = dr.async_get(hass)
    if identifiers is None:
        devices.async_remove_device(charger.device_id)
    else:
        devices.async_update_device(charger.device_id, new_identifiers=identifiers)

    await charger.order(10.0, 60.0)

    assert charger.faults[-1].translation_key == "charger_unavailable"
    assert charger.taken() == []


async def test_easee_drops_an_unchanged_value_so_a_renewal_differs(
    charger_of, leap
) -> None:
    charger = charger_of(EASEE)
    await charger.driver.start()
    sent = []
    for _ in range(4):
        await charger.order(10.0, 120.0)
        sent.append(charger.taken()[-1][1]["current_p1"])
        leap(60.0)

    assert sent == [10, 9, 10, 9]


async def test_an_expiring_limit_that_was_not_taken_is_told_again(
    charger_of, later
) -> None:
    charger = charger_of(OCPP)
    await charger.driver.start()
    charger.obeys = False
    charger.set("ocpp.garage.current_offered.sensor", "6")
    await charger.order(16.0, 240.0)
    charger.taken()

    await later(120.1)
    assert charger.taken() == []
    await later(5.0)
    # It was refused silently, or is the charge point's own: the next way is tried.
    [data] = [data for name, data in charger.taken() if name == "ocpp.set_charge_rate"]
    assert data["custom_profile"]["chargingProfilePurpose"] == "TxDefaultProfile"
    schedule = data["custom_profile"]["chargingSchedule"]
    assert schedule["chargingSchedulePeriod"] == [
        {"startPeriod": 0, "limit": 16},
        {"startPeriod": 240, "limit": 6},
    ]

    # What is in force is nobody's wish, and low for the charger's own reasons.
    for _ in range(10):
        await later(130.0)
    assert len(_purposes(charger.taken())) <= 1
    assert charger.driver.read().user_limit is None
    assert charger.driver.commanded().may_hold == 6.0


async def test_a_renewal_that_fails_is_tried_again_before_the_limit_expires(
    charger_of, later
) -> None:
    charger = charger_of(OCPP)
    await charger.driver.start()
    await charger.order(12.0, 240.0)
    await later(130.0)
    charger.refusal = "busy with something else"
    await charger.order(12.0, 240.0)
    charger.taken()

    charger.refusal = None
    await later(5.1)
    assert _purposes(charger.taken()) == ["TxDefaultProfile", "TxProfile"]


async def test_what_has_expired_is_not_told_again_by_itself(charger_of, later) -> None:
    charger = charger_of(OCPP)
    await charger.driver.start()
    await charger.order(12.0, 240.0)
    await later(130.0)
    charger.taken()

    charger.set("ocpp.garage.current_offered.sensor", "6")
    await later(300.0)

    assert charger.taken() == []


async def test_an_easee_holds_a_limit_for_the_whole_minutes_that_it_was_told(
    charger_of, later
) -> None:
    charger = charger_of(EASEE)
    await charger.driver.start()
    await charger.order(12.0, 90.0)
    await later(100.0)
    assert charger.driver.commanded().may_hold == 12.0

    await later(21.0)
    assert charger.driver.commanded().may_hold == 6.0


async def test_a_charge_point_that_speaks_ocpp_2_is_refused(charger_of) -> None:
    """It would be sent the shapes of 1.6."""
    charger = charger_of(OCPP)
    charger.answers = ServiceValidationError(
        translation_domain="ocpp", translation_key="invalid_ocpp_key"
    )
    await charger.driver.start()

    await charger.order(10.0, 60.0)

    assert charger.faults[-1].translation_key == "charger_speaks_ocpp_2"
    assert _purposes(charger.taken()) == []


@pytest.mark.parametrize("answer", ["Unknown", "", HomeAssistantError("busy")])
async def test_what_no_answer_tells_is_as_usual(charger_of, answer) -> None:
    charger = charger_of(OCPP)
    charger.answers = answer
    await charger.driver.start()

    await charger.order(10.0, 60.0)

    assert _levels(charger.taken()) == [1, 1]
    assert charger.faults == [None]


async def test_an_older_integration_that_does_not_answer_is_as_usual(
    charger_of,
) -> None:
    charger = charger_of(OCPP)
    charger.answers = HomeAssistantError("busy")
    charger.answers_single_keys_only = True
    await charger.driver.start()

    await charger.order(10.0, 60.0)

    assert _levels(charger.taken()) == [1, 1]


async def test_an_older_integration_is_asked_for_one_key_at_a_time(charger_of) -> None:
    charger = charger_of(OCPP)
    charger.answers = {"ChargeProfileMaxStackLevel": "7"}
    charger.answers_single_keys_only = True
    await charger.driver.start()

    await charger.order(10.0, 60.0)

    assert _levels(charger.taken()) == [7, 7]


async def test_one_that_does_not_answer_keeps_no_cut_waiting(charger_of, later) -> None:
    charger = charger_of(OCPP)
    await charger.driver.start()
    charger.hangs_answering = True

    charger.driver.command(0.0)
    await later(5.1)

    assert _purposes(charger.taken()) == ["TxDefaultProfile", "TxProfile"]


OFFERED = "ocpp.garage.current_offered.sensor"
DRAWN = "ocpp.garage.current_import.sensor"


def _draws(charger: Charger, current: float) -> None:
    """Have its car draw A on all phases."""
    charger.set(DRAWN, str(current), L1=current, L2=current, L3=current)


async def test_a_car_that_draws_more_is_seen_before_its_limit_is_told(
    charger_of, later
) -> None:
    """It can be asked for a reading: that is no older than 20 s."""
    charger = charger_of(OCPP)
    features = {"SupportedFeatureProfiles": "Core,SmartCharging,RemoteTrigger"}
    charger.answers = OCPP.answers["ocpp.get_configuration"] | features
    charger.obeys = False
    await charger.driver.start()
    charger.set(OFFERED, "unknown")
    _draws(charger, 16.0)
    await charger.order(8.0, 240.0)
    await later(21.0)
    await charger.order(8.0, 240.0)

    assert _purposes(charger.taken())[-1] == "TxDefaultProfile"


@pytest.mark.parametrize("moment", ["expired", "another car"])
async def test_what_a_limit_that_is_over_became_says_nothing_of_its_way(
    charger_of, later, moment: str
) -> None:
    """What is shown then is the offline limit, which lies below each way."""
    charger = charger_of(OCPP)
    await charger.driver.start()
    await charger.order(10.0, 240.0)
    charger.taken()
    if moment == "another car":
        await later(130.0)
        charger.set("ocpp.garage.status_connector.sensor", "Available")
        charger.set("ocpp.garage.transaction_id.sensor", "43")
        charger.set(OFFERED, "6")
        charger.set("ocpp.garage.status_connector.sensor", "Charging")
    else:
        charger.set(OFFERED, "6")
        await later(300.0)
    await charger.order(12.0, 240.0)
    await later(30.0)

    assert "TxProfile" in _purposes(charger.taken())
