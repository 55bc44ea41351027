"""What the driver does with what it is told, and with a charger that misbehaves."""

import asyncio
from dataclasses import replace

from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.amp_guard.chargers import ChargerCommandError, actions

from .contracts import CONTRACTS, NRGKICK, PEBLAR, set_value, turn

LIMIT = "24-01_charge_current_limit"
SWITCH = "24-01_charge"
STATE = "24-01_cp_state"
OCPP = next(c for c in CONTRACTS if c.profile == "ocpp")
EASEE = next(c for c in CONTRACTS if c.profile == "easee")
LEKTRICO = next(c for c in CONTRACTS if c.profile == "lektrico")


# --- limits -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "set_"),
    [(6.0, 6), (6.99, 6), (13.9999, 14), (15.9, 15), (16.0, 16), (40.0, 16)],
)
async def test_whole_amperes_within_the_range(peblar, asked, set_) -> None:
    await peblar.order(asked, None)

    assert peblar.taken() == [set_value(LIMIT, set_)]


@pytest.mark.parametrize("asked", [0.0, 1.0, 5.9])
async def test_below_the_minimum_pauses(peblar, asked) -> None:
    await peblar.order(asked, None)

    assert peblar.taken() == [turn("off", SWITCH)]


async def test_never_above_the_owners_maximum(charger_of) -> None:
    charger = charger_of(PEBLAR)
    driver = charger.drive(max_current=13.0)
    await driver.start()

    driver.command(16.0)
    await hass.async_block_till_done(wait_background_tasks=True)
    await driver.stop()

    assert charger.taken() == [set_value(LIMIT, 13)]


async def test_below_what_the_number_takes_pauses(peblar) -> None:
    peblar.set(LIMIT, "16", min=8)

    await peblar.order(7.0, None)

    assert peblar.taken() == [turn("off", SWITCH)]


async def test_a_charger_that_cannot_pause_gets_its_minimum(charger_of) -> None:
    charger = charger_of(LEKTRICO)
    await charger.driver.start()
    charger.set("500006_dynamic_limit", "16", min=6)

    with pytest.raises(ChargerCommandError) as error:
        await charger.order(0.0, None)

    assert error.value.translation_key == "charger_cannot_pause"
    assert charger.taken() == [set_value("500006_dynamic_limit", 6)]

    # Told again, nothing more can be done: its cloud is not to be kept busy.
    with pytest.raises(ChargerCommandError):
        await charger.order(0.0, None)
    assert charger.taken() == []


# --- when it is written -------------------------------------------------------------


async def test_what_was_just_told_is_not_repeated(peblar, leap) -> None:
    await peblar.order(10.0, None)
    await peblar.order(10.4, None)
    assert len(peblar.taken()) == 1

    leap(peblar.driver.profile.command_lag)
    await peblar.order(10.0, None)
    assert peblar.taken() == [set_value(LIMIT, 10)]


async def test_a_cut_never_waits(peblar) -> None:
    await peblar.order(16.0, None)
    await peblar.order(10.0, None)
    await peblar.order(0.0, None)

    assert peblar.taken() == [
        set_value(LIMIT, 16),
        set_value(LIMIT, 10),
        turn("off", SWITCH),
    ]


async def test_a_raise_waits_its_time(peblar, leap, hass) -> None:
    await peblar.order(8.0, None)
    await peblar.order(12.0, None)
    assert peblar.taken() == [set_value(LIMIT, 8)]

    leap(peblar.driver.profile.raise_interval + 0.1)
    await asyncio.sleep(0)
    await hass.async_block_till_done()
    assert peblar.taken() == [set_value(LIMIT, 12)]


async def test_a_cut_takes_the_place_of_a_raise_that_waits(peblar, leap, hass) -> None:
    await peblar.order(8.0, None)
    await peblar.order(12.0, None)
    await peblar.order(7.0, None)
    peblar.taken()

    leap(60.0)
    await asyncio.sleep(0)
    await hass.async_block_till_done()
    assert peblar.taken() == []


async def test_the_newest_wins_where_several_wait(peblar) -> None:
    peblar.hangs = asyncio.Event()
    first = asyncio.create_task(peblar.driver.apply(16.0, None))
    await asyncio.sleep(0)
    second = asyncio.create_task(peblar.driver.apply(14.0, None))
    third = asyncio.create_task(peblar.driver.apply(8.0, None))
    await asyncio.sleep(0)
    peblar.hangs.set()
    await asyncio.gather(first, second, third)

    assert peblar.taken() == [set_value(LIMIT, 16), set_value(LIMIT, 8)]


async def test_nothing_is_sent_after_a_stop(peblar, leap, hass) -> None:
    await peblar.order(8.0, None)
    await peblar.order(12.0, None)
    peblar.taken()
    await peblar.driver.stop()

    leap(60.0)
    await asyncio.sleep(0)
    await hass.async_block_till_done()
    assert peblar.taken() == []


# --- Peblar's switch that is late ---------------------------------------------------


async def test_a_cut_while_the_switch_still_shows_the_pause(peblar, leap) -> None:
    await peblar.order(0.0, None)
    leap(10.0)
    peblar.obeys = False
    await peblar.order(16.0, None)
    peblar.taken()

    # Its integration has not read the charger again: the number would only be noted.
    await peblar.order(8.0, None)

    assert peblar.taken() == [set_value(LIMIT, 8), turn("on", SWITCH)]


async def test_a_resume_while_the_switch_still_shows_on(peblar, leap) -> None:
    peblar.obeys = False
    await peblar.order(0.0, None)
    leap(10.0)
    peblar.taken()

    # The number goes to the charger; the switch would send the limit of before.
    await peblar.order(8.0, None)

    assert peblar.taken() == [set_value(LIMIT, 8)]


# --- a charger that does not take it ------------------------------------------------


async def test_a_refusal_is_told_and_not_taken_for_done(peblar) -> None:
    peblar.refusal = "communication error"
    with pytest.raises(ChargerCommandError) as error:
        await peblar.order(10.0, None)
    assert error.value.translation_key == "charger_refused"
    assert error.value.translation_placeholders == {"error": "communication error"}
    peblar.taken()

    peblar.refusal = None
    await peblar.order(10.0, None)
    assert peblar.taken() == [set_value(LIMIT, 10)]


async def test_a_pause_that_is_refused_leaves_the_minimum(charger_of, hass) -> None:
    charger = charger_of(NRGKICK)
    await charger.driver.start()
    hass.services.async_remove("switch", "turn_off")

    with pytest.raises(ChargerCommandError):
        await charger.order(0.0, None)

    assert charger.taken() == [set_value("NRG1_current_set", 6)]


async def test_an_unavailable_entity_is_not_commanded(peblar) -> None:
    peblar.set(LIMIT, "unavailable")

    with pytest.raises(ChargerCommandError) as error:
        await peblar.order(10.0, None)

    assert error.value.translation_key == "charger_unavailable"
    assert peblar.taken() == []


async def test_no_answer_is_an_error_and_the_action_goes_on(
    peblar, monkeypatch, hass
) -> None:
    monkeypatch.setattr(actions, "COMMAND_TIMEOUT", 0.01)
    peblar.hangs = asyncio.Event()
    with pytest.raises(ChargerCommandError) as error:
        await peblar.order(10.0, None)
    assert error.value.translation_key == "charger_timeout"

    peblar.hangs.set()
    await hass.async_block_till_done()
    assert hass.states.get(peblar.entity_id(LIMIT)).state == "10"


# --- limits that expire -------------------------------------------------------------


async def test_ocpp_waits_for_the_transaction(charger_of, leap, hass) -> None:
    charger = charger_of(OCPP)
    await charger.driver.start()
    charger.set("ocpp.garage.transaction_id.sensor", "0")

    await charger.order(16.0, 60.0)
    purposes = [d["custom_profile"]["chargingProfilePurpose"] for _, d in charger.calls]
    assert purposes == ["TxDefaultProfile"]
    charger.taken()

    charger.set("ocpp.garage.transaction_id.sensor", "43")
    await hass.async_block_till_done()
    # Home Assistant knows the number before the charge point does.
    assert charger.taken() == []
    leap(1.1)
    await asyncio.sleep(0)
    await hass.async_block_till_done()
    [(_, data)] = charger.taken()
    assert data["custom_profile"]["transactionId"] == 43


async def test_what_waited_is_out_of_date_once_the_charger_was_lost(
    charger_of, leap, hass
) -> None:
    charger = charger_of(OCPP)
    await charger.driver.start()
    charger.set("ocpp.garage.transaction_id.sensor", "0")
    await charger.order(16.0, 60.0)
    charger.taken()

    sensors = [e.unique_id for e in charger.contract.entities if e.platform == "sensor"]
    for sensor in sensors:
        charger.set(sensor, "unavailable")
    await hass.async_block_till_done()
    charger.set("ocpp.garage.transaction_id.sensor", "43")
    charger.set("ocpp.garage.status_connector.sensor", "Charging")
    await hass.async_block_till_done()
    leap(5.0)
    await asyncio.sleep(0)
    await hass.async_block_till_done()

    assert charger.taken() == []


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

    await charger.order(0.0, None)

    [(_, data)] = charger.taken()
    assert (data["devid"], data["conn_id"]) == ("garage", 2)


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

    with pytest.raises(ChargerCommandError) as error:
        await charger.order(10.0, 60.0)

    assert error.value.translation_key == "charger_unavailable"
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


# --- the user's own limit -----------------------------------------------------------


async def test_a_limit_lowered_at_the_charger_is_kept_until_unplugged(
    peblar, leap
) -> None:
    await peblar.order(16.0, None)
    leap(60.0)
    peblar.set(LIMIT, "9")
    await peblar.hass.async_block_till_done()
    assert peblar.driver.read().user_limit == 9.0
    peblar.taken()

    await peblar.order(14.0, None)
    assert peblar.taken() == [set_value(LIMIT, 9)]

    peblar.set(STATE, "no_ev_connected")
    await peblar.hass.async_block_till_done()
    assert peblar.driver.read().user_limit is None


async def test_a_pause_at_the_charger_is_not_ended_by_us(peblar, leap) -> None:
    await peblar.order(10.0, None)
    leap(60.0)
    peblar.set(SWITCH, "off")
    await peblar.hass.async_block_till_done()
    peblar.taken()

    await peblar.order(16.0, None)
    assert turn("on", SWITCH) not in peblar.taken()

    leap(60.0)
    peblar.set(SWITCH, "on")
    await peblar.hass.async_block_till_done()
    assert peblar.driver.read().user_limit is None


# --- a charger that shows another limit than it was told -----------------------------


@pytest.fixture
def later(hass, leap):
    async def later(seconds: float) -> None:
        leap(seconds)
        await asyncio.sleep(0)
        await hass.async_block_till_done()

    return later


async def test_a_limit_that_was_not_taken_is_told_again(peblar, later) -> None:
    peblar.obeys = False
    peblar.set(LIMIT, "8")
    await peblar.order(16.0, None)
    assert peblar.taken() == [set_value(LIMIT, 16)]

    # Its integration's last two readings may be of before.
    await later(19.0)
    assert peblar.taken() == []
    assert peblar.driver.read().user_limit is None

    peblar.obeys = True
    await later(1.1)
    assert peblar.taken() == [set_value(LIMIT, 16)]
    await later(300.0)
    assert peblar.taken() == []
    assert peblar.driver.read().user_limit is None


async def test_what_a_charger_never_goes_above_is_a_ceiling(peblar, later) -> None:
    peblar.obeys = False
    peblar.set(LIMIT, "8")
    await peblar.order(16.0, None)
    for _ in range(10):
        peblar.set(STATE, "charging")
        await later(20.1)

    assert peblar.taken() == [set_value(LIMIT, 16)] * 3
    assert peblar.driver.read().user_limit == 8.0


async def test_an_expiring_limit_that_was_not_taken_is_told_for_the_rest_of_its_time(
    charger_of, later
) -> None:
    charger = charger_of(OCPP)
    await charger.driver.start()
    charger.set("ocpp.garage.current_offered.sensor", "6")
    await charger.order(16.0, 240.0)
    charger.taken()

    await later(120.1)
    [(_, data)] = charger.taken()
    schedule = data["custom_profile"]["chargingSchedule"]
    assert schedule["chargingSchedulePeriod"][0]["limit"] == 16
    assert 119 <= schedule["duration"] <= 120

    # By now it would be renewed; what is in force is nobody's wish.
    await later(120.1)
    assert charger.taken() == []
    assert charger.driver.read().user_limit is None


async def test_a_late_reading_of_the_old_limit_is_not_the_users(peblar, leap) -> None:
    peblar.obeys = False
    peblar.set(LIMIT, "8")
    await peblar.order(16.0, None)
    leap(10.0)
    peblar.set(LIMIT, "8", late=True)
    await peblar.hass.async_block_till_done()

    assert peblar.driver.read().user_limit is None


async def test_the_users_limit_can_be_forgotten(peblar, leap) -> None:
    await peblar.order(16.0, None)
    leap(60.0)
    peblar.set(LIMIT, "9")
    await peblar.hass.async_block_till_done()
    peblar.driver.forget_user_limit()
    peblar.taken()

    await peblar.order(14.0, None)
    assert peblar.taken() == [set_value(LIMIT, 14)]
