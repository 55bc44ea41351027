"""What the driver does with what it is told, and with a charger that misbehaves."""

import asyncio
from dataclasses import replace

from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.amp_guard.chargers import (
    ANY_ENTITIES,
    ChargerCommandError,
    ChargerConfig,
    ChargerDriver,
    actions,
)
from custom_components.amp_guard.model import ChargerStatus, Phase, PhaseValues

from .conftest import OBEYED
from .contracts import CONTRACTS, NRGKICK, PEBLAR, set_value, turn

LIMIT = "24-01_charge_current_limit"
SWITCH = "24-01_charge"
STATE = "24-01_cp_state"
OCPP = next(c for c in CONTRACTS if c.profile == "ocpp")
EASEE = next(c for c in CONTRACTS if c.profile == "easee")
LEKTRICO = next(c for c in CONTRACTS if c.profile == "lektrico")
CHARGEAMPS = next(c for c in CONTRACTS if c.profile == "chargeamps")


@pytest.fixture
async def peblar(charger_of):
    charger = charger_of(PEBLAR)
    await charger.driver.start()
    return charger


# --- limits -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "set_"),
    [(6.0, 6), (6.99, 6), (13.9999, 14), (15.9, 15), (16.0, 16), (40.0, 16)],
)
async def test_whole_amperes_within_the_range(peblar, asked, set_) -> None:
    await peblar.driver.apply(asked, None)

    assert peblar.taken() == [set_value(LIMIT, set_)]


@pytest.mark.parametrize("asked", [0.0, 1.0, 5.9])
async def test_below_the_minimum_pauses(peblar, asked) -> None:
    await peblar.driver.apply(asked, None)

    assert peblar.taken() == [turn("off", SWITCH)]


async def test_never_above_the_owners_maximum(charger_of) -> None:
    charger = charger_of(PEBLAR)
    driver = charger.drive(max_current=13.0)
    await driver.start()

    await driver.apply(16.0, None)
    await driver.stop()

    assert charger.taken() == [set_value(LIMIT, 13)]


async def test_below_what_the_number_takes_pauses(peblar) -> None:
    peblar.set(LIMIT, "16", min=8)

    await peblar.driver.apply(7.0, None)

    assert peblar.taken() == [turn("off", SWITCH)]


async def test_a_charger_that_cannot_pause_gets_its_minimum(charger_of) -> None:
    charger = charger_of(LEKTRICO)
    await charger.driver.start()
    charger.set("500006_dynamic_limit", "16", min=6)

    with pytest.raises(ChargerCommandError) as error:
        await charger.driver.apply(0.0, None)

    assert error.value.translation_key == "charger_cannot_pause"
    assert charger.taken() == [set_value("500006_dynamic_limit", 6)]

    # Told again, nothing more can be done: its cloud is not to be kept busy.
    with pytest.raises(ChargerCommandError):
        await charger.driver.apply(0.0, None)
    assert charger.taken() == []


# --- when it is written -------------------------------------------------------------


async def test_what_was_just_told_is_not_repeated(peblar, leap) -> None:
    await peblar.driver.apply(10.0, None)
    await peblar.driver.apply(10.4, None)
    assert len(peblar.taken()) == 1

    leap(peblar.driver.profile.command_lag)
    await peblar.driver.apply(10.0, None)
    assert peblar.taken() == [set_value(LIMIT, 10)]


async def test_a_cut_never_waits(peblar) -> None:
    await peblar.driver.apply(16.0, None)
    await peblar.driver.apply(10.0, None)
    await peblar.driver.apply(0.0, None)

    assert peblar.taken() == [
        set_value(LIMIT, 16),
        set_value(LIMIT, 10),
        turn("off", SWITCH),
    ]


async def test_a_raise_waits_its_time(peblar, leap, hass) -> None:
    await peblar.driver.apply(8.0, None)
    await peblar.driver.apply(12.0, None)
    assert peblar.taken() == [set_value(LIMIT, 8)]

    leap(peblar.driver.profile.raise_interval + 0.1)
    await asyncio.sleep(0)
    await hass.async_block_till_done()
    assert peblar.taken() == [set_value(LIMIT, 12)]


async def test_a_cut_takes_the_place_of_a_raise_that_waits(peblar, leap, hass) -> None:
    await peblar.driver.apply(8.0, None)
    await peblar.driver.apply(12.0, None)
    await peblar.driver.apply(7.0, None)
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
    await peblar.driver.apply(8.0, None)
    await peblar.driver.apply(12.0, None)
    peblar.taken()
    await peblar.driver.stop()

    leap(60.0)
    await asyncio.sleep(0)
    await hass.async_block_till_done()
    assert peblar.taken() == []


# --- Peblar's switch that is late ---------------------------------------------------


async def test_a_cut_while_the_switch_still_shows_the_pause(peblar, leap) -> None:
    await peblar.driver.apply(0.0, None)
    leap(10.0)
    peblar.obeys = False
    await peblar.driver.apply(16.0, None)
    peblar.taken()

    # Its integration has not read the charger again: the number would only be noted.
    await peblar.driver.apply(8.0, None)

    assert peblar.taken() == [set_value(LIMIT, 8), turn("on", SWITCH)]


async def test_a_resume_while_the_switch_still_shows_on(peblar, leap) -> None:
    peblar.obeys = False
    await peblar.driver.apply(0.0, None)
    leap(10.0)
    peblar.taken()

    # The number goes to the charger; the switch would send the limit of before.
    await peblar.driver.apply(8.0, None)

    assert peblar.taken() == [set_value(LIMIT, 8)]


# --- a charger that does not take it ------------------------------------------------


async def test_a_refusal_is_told_and_not_taken_for_done(peblar) -> None:
    peblar.refusal = "communication error"
    with pytest.raises(ChargerCommandError) as error:
        await peblar.driver.apply(10.0, None)
    assert error.value.translation_key == "charger_refused"
    assert error.value.translation_placeholders == {"error": "communication error"}
    peblar.taken()

    peblar.refusal = None
    await peblar.driver.apply(10.0, None)
    assert peblar.taken() == [set_value(LIMIT, 10)]


async def test_a_pause_that_is_refused_leaves_the_minimum(charger_of, hass) -> None:
    charger = charger_of(NRGKICK)
    await charger.driver.start()
    hass.services.async_remove("switch", "turn_off")

    with pytest.raises(ChargerCommandError):
        await charger.driver.apply(0.0, None)

    assert charger.taken() == [set_value("NRG1_current_set", 6)]


async def test_an_unavailable_entity_is_not_commanded(peblar) -> None:
    peblar.set(LIMIT, "unavailable")

    with pytest.raises(ChargerCommandError) as error:
        await peblar.driver.apply(10.0, None)

    assert error.value.translation_key == "charger_unavailable"
    assert peblar.taken() == []


async def test_no_answer_is_an_error_and_the_action_goes_on(
    peblar, monkeypatch, hass
) -> None:
    monkeypatch.setattr(actions, "COMMAND_TIMEOUT", 0.01)
    peblar.hangs = asyncio.Event()
    with pytest.raises(ChargerCommandError) as error:
        await peblar.driver.apply(10.0, None)
    assert error.value.translation_key == "charger_timeout"

    peblar.hangs.set()
    await hass.async_block_till_done()
    assert hass.states.get(peblar.entity_id(LIMIT)).state == "10"


# --- limits that expire -------------------------------------------------------------


async def test_ocpp_waits_for_the_transaction(charger_of, hass) -> None:
    charger = charger_of(OCPP)
    await charger.driver.start()
    charger.set("ocpp.garage.transaction_id.sensor", "0")

    await charger.driver.apply(16.0, 60.0)
    purposes = [d["custom_profile"]["chargingProfilePurpose"] for _, d in charger.calls]
    assert purposes == ["TxDefaultProfile"]
    charger.taken()

    charger.set("ocpp.garage.transaction_id.sensor", "43")
    await hass.async_block_till_done()
    [(_, data)] = charger.taken()
    assert data["custom_profile"]["transactionId"] == 43


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

    await charger.driver.apply(0.0, None)

    [(_, data)] = charger.taken()
    assert (data["devid"], data["conn_id"]) == ("garage", 2)


async def test_easee_drops_an_unchanged_value_so_a_renewal_differs(
    charger_of, leap
) -> None:
    charger = charger_of(EASEE)
    await charger.driver.start()
    sent = []
    for _ in range(4):
        await charger.driver.apply(10.0, 120.0)
        sent.append(charger.taken()[-1][1]["current_p1"])
        leap(60.0)

    assert sent == [10, 9, 10, 9]


# --- reading ------------------------------------------------------------------------


async def test_a_change_is_told_at_once(peblar) -> None:
    peblar.set(STATE, "suspended")
    await peblar.hass.async_block_till_done()

    assert peblar.changes == ["charger"]
    assert peblar.driver.read().status is ChargerStatus.WAITING


async def test_a_sample_has_the_time_of_its_report_changed_or_not(peblar, leap) -> None:
    started = peblar.driver.read().current_time
    first = pytest.approx(started, abs=1.0)
    leap(10.0)
    assert peblar.driver.read().current_time == first

    for phase in (1, 2):
        entity_id = peblar.entity_id(f"24-01_current_phase_{phase}")
        state = peblar.hass.states.get(entity_id)
        peblar.hass.states.async_set(entity_id, state.state, state.attributes)
    # The third phase has not reported yet: the sample is as old as its oldest part.
    assert peblar.driver.read().current_time == first

    peblar.set("24-01_current_phase_3", "15300")
    assert peblar.driver.read().current_time == pytest.approx(started + 10.0, abs=1.0)
    assert peblar.changes == []


async def test_paused_is_a_limit_of_nothing(peblar) -> None:
    peblar.set(SWITCH, "off")

    assert peblar.driver.read().limit == 0.0


@pytest.mark.parametrize("state", ["unavailable", None])
async def test_a_charger_that_is_gone_is_lost(peblar, hass, state) -> None:
    for upstream in PEBLAR.entities:
        entity_id = peblar.entity_id(upstream.unique_id)
        if state is None:
            hass.states.async_remove(entity_id)
        else:
            peblar.set(upstream.unique_id, state)

    reading = peblar.driver.read()

    assert reading.status is ChargerStatus.LOST
    assert reading.current is None
    assert reading.limit is None


@pytest.mark.parametrize("state", ["unknown", "unavailable", "a new word", ""])
async def test_a_state_that_says_nothing_is_unknown(peblar, state) -> None:
    peblar.set(STATE, state)

    reading = peblar.driver.read()

    assert reading.status is ChargerStatus.UNKNOWN
    assert reading.current == PhaseValues(15.1, 15.2, 15.3)


@pytest.mark.parametrize(
    "state", ["unknown", "unavailable", "rubbish", "nan", "inf", "-9000", "999999"]
)
async def test_a_phase_that_cannot_be_read_leaves_the_current_unknown(
    peblar, state
) -> None:
    peblar.set("24-01_current_phase_2", state)

    reading = peblar.driver.read()

    assert reading.status is ChargerStatus.CHARGING
    assert reading.current is None
    assert reading.current_time is None


async def test_a_limit_that_is_no_number_is_unknown(peblar) -> None:
    peblar.set(LIMIT, "rubbish")

    assert peblar.driver.read().limit is None


async def test_a_renamed_entity_is_followed(peblar, hass) -> None:
    registry = er.async_get(hass)
    old = peblar.entity_id(STATE)
    registry.async_update_entity(old, new_entity_id="sensor.called_otherwise")
    hass.states.async_remove(old)
    hass.states.async_set("sensor.called_otherwise", "no_ev_connected")
    await hass.async_block_till_done()

    assert peblar.driver.read().status is ChargerStatus.DISCONNECTED


async def test_a_removed_device_is_lost_and_comes_back(charger_of, hass) -> None:
    charger = charger_of(PEBLAR)
    await charger.driver.start()
    registry = er.async_get(hass)
    for entry in er.async_entries_for_device(registry, charger.device_id):
        hass.states.async_remove(entry.entity_id)
        registry.async_remove(entry.entity_id)
    await hass.async_block_till_done()
    assert charger.driver.read().status is ChargerStatus.LOST
    with pytest.raises(ChargerCommandError):
        await charger.driver.apply(10.0, None)

    registry.async_get_or_create(
        "sensor", "peblar", STATE, device_id=charger.device_id, object_id_base="back"
    )
    hass.states.async_set(charger.entity_id(STATE), "suspended")
    await hass.async_block_till_done()
    assert charger.driver.read().status is ChargerStatus.WAITING


async def test_a_charging_charger_that_is_never_heard_of_is_frozen(
    peblar, leap
) -> None:
    leap(31.0)
    assert peblar.driver.read().status is ChargerStatus.LOST

    peblar.set(STATE, "charging", heard="again")
    assert peblar.driver.read().status is ChargerStatus.CHARGING


async def test_what_reads_zero_for_unknown_is_unknown(charger_of) -> None:
    charger = charger_of(CHARGEAMPS)
    await charger.driver.start()
    for phase in (1, 2, 3):
        charger.set(f"chargeamps_1234567_1_l{phase}_current", "0.0")
    assert charger.driver.read().current is None

    charger.set("chargeamps_1234567_1_status", "Preparing")
    assert charger.driver.read().current == PhaseValues(0.0, 0.0, 0.0)


async def test_sensors_that_an_integration_leaves_disabled_are_enabled(
    charger_of, hass
) -> None:
    contract = replace(
        PEBLAR,
        entities=tuple(
            replace(e, disabled="current_phase" in e.unique_id) for e in PEBLAR.entities
        ),
    )
    charger = charger_of(contract)
    registry = er.async_get(hass)
    by_user = charger.entity_id("24-01_current_phase_3")
    registry.async_update_entity(by_user, disabled_by=er.RegistryEntryDisabler.USER)

    await charger.driver.start()

    disabled = {
        entry.unique_id: entry.disabled_by
        for entry in er.async_entries_for_device(
            registry, charger.device_id, include_disabled_entities=True
        )
        if entry.disabled_by is not None
    }
    assert disabled == {"24-01_current_phase_3": er.RegistryEntryDisabler.USER}
    assert charger.driver.read().current is None


# --- the user's own limit -----------------------------------------------------------


async def test_a_limit_lowered_at_the_charger_is_kept_until_unplugged(
    peblar, leap
) -> None:
    await peblar.driver.apply(16.0, None)
    leap(60.0)
    peblar.set(LIMIT, "9")
    await peblar.hass.async_block_till_done()
    assert peblar.driver.read().user_limit == 9.0
    peblar.taken()

    await peblar.driver.apply(14.0, None)
    assert peblar.taken() == [set_value(LIMIT, 9)]

    peblar.set(STATE, "no_ev_connected")
    await peblar.hass.async_block_till_done()
    assert peblar.driver.read().user_limit is None


async def test_a_pause_at_the_charger_is_not_ended_by_us(peblar, leap) -> None:
    await peblar.driver.apply(10.0, None)
    leap(60.0)
    peblar.set(SWITCH, "off")
    await peblar.hass.async_block_till_done()
    peblar.taken()

    await peblar.driver.apply(16.0, None)
    assert turn("on", SWITCH) not in peblar.taken()

    leap(60.0)
    peblar.set(SWITCH, "on")
    await peblar.hass.async_block_till_done()
    assert peblar.driver.read().user_limit is None


async def test_a_late_reading_of_the_old_limit_is_not_the_users(peblar, leap) -> None:
    peblar.obeys = False
    peblar.set(LIMIT, "8")
    await peblar.driver.apply(16.0, None)
    leap(10.0)
    peblar.set(LIMIT, "8", late=True)
    await peblar.hass.async_block_till_done()

    assert peblar.driver.read().user_limit is None


async def test_the_users_limit_can_be_forgotten(peblar, leap) -> None:
    await peblar.driver.apply(16.0, None)
    leap(60.0)
    peblar.set(LIMIT, "9")
    await peblar.hass.async_block_till_done()
    peblar.driver.forget_user_limit()
    peblar.taken()

    await peblar.driver.apply(14.0, None)
    assert peblar.taken() == [set_value(LIMIT, 14)]


# --- any entities -------------------------------------------------------------------


@pytest.fixture
async def any_charger(hass):
    """A charger of entities that its owner picked; returns a maker of its driver."""
    calls = []
    drivers = []

    async def take(call) -> None:
        data = dict(call.data)
        calls.append((f"{call.domain}.{call.service}", data))
        hass.states.async_set(
            data["entity_id"], OBEYED[f"{call.domain}.{call.service}"](data)
        )

    for action in OBEYED:
        hass.services.async_register(*action.split("."), take)

    async def make(entities, **config):
        driver = ChargerDriver(
            hass,
            ChargerConfig(
                id="any",
                device_id=None,
                profile=ANY_ENTITIES,
                entities=entities,
                **config,
            ),
            lambda _: None,
        )
        await driver.start()
        drivers.append(driver)
        return driver, calls

    yield make
    for driver in drivers:
        await driver.stop()


async def test_any_entities(hass, any_charger) -> None:
    hass.states.async_set("input_number.amps", "16", {"min": 0, "max": 20, "step": 2})
    hass.states.async_set("switch.charging", "on")
    hass.states.async_set("sensor.state", "Lädt gerade")
    hass.states.async_set("sensor.l1", "3.45", {"unit_of_measurement": "kW"})
    hass.states.async_set("sensor.l2", "3450", {"unit_of_measurement": "W"})
    hass.states.async_set("sensor.l3", "15.0", {"unit_of_measurement": "A"})
    driver, calls = await any_charger(
        {
            "limit": "input_number.amps",
            "enable": "switch.charging",
            "state": "sensor.state",
            "current_l1": "sensor.l1",
            "current_l2": "sensor.l2",
            "current_l3": "sensor.l3",
        },
        states={"Lädt gerade": "charging"},
    )

    reading = driver.read()
    assert reading.status is ChargerStatus.CHARGING
    assert reading.current == pytest.approx((15.0, 15.0, 15.0))
    assert reading.limit == 16.0

    await driver.apply(11.0, None)
    await driver.apply(0.0, None)
    assert calls == [
        ("input_number.set_value", {"entity_id": "input_number.amps", "value": 10}),
        ("switch.turn_off", {"entity_id": "switch.charging"}),
    ]


async def test_any_entities_without_a_switch_pause_at_zero(hass, any_charger) -> None:
    hass.states.async_set("number.amps", "16", {"min": 0, "max": 16})
    driver, calls = await any_charger({"limit": "number.amps"})
    assert driver.read().status is ChargerStatus.WAITING

    await driver.apply(0.0, None)

    assert calls == [("number.set_value", {"entity_id": "number.amps", "value": 0})]
    assert driver.read().limit == 0.0


async def test_any_entities_without_a_state_charge_while_they_draw(
    hass, any_charger
) -> None:
    hass.states.async_set("number.amps", "16", {"min": 0, "max": 16})
    hass.states.async_set("sensor.power", "2.3", {"unit_of_measurement": "kW"})
    driver, _ = await any_charger(
        {"limit": "number.amps", "power": "sensor.power"}, wiring=(Phase.L2,)
    )

    reading = driver.read()

    assert reading.status is ChargerStatus.CHARGING
    assert reading.current == PhaseValues(10.0, 0.0, 0.0)


async def test_total_power_says_nothing_of_three_phases(hass, any_charger) -> None:
    hass.states.async_set("number.amps", "16", {"min": 0, "max": 16})
    hass.states.async_set("sensor.power", "2300", {"unit_of_measurement": "W"})
    driver, _ = await any_charger({"limit": "number.amps", "power": "sensor.power"})
    assert driver.read().current is None

    hass.states.async_set("sensor.power", "0", {"unit_of_measurement": "W"})
    assert driver.read().current == PhaseValues(0.0, 0.0, 0.0)


async def test_a_picked_entity_is_followed_through_a_rename(hass, any_charger) -> None:
    entry = MockConfigEntry(domain="other")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("other", "1")}
    )
    registry = er.async_get(hass)
    registered = registry.async_get_or_create(
        "number", "other", "amps", device_id=device.id, object_id_base="amps"
    )
    hass.states.async_set(registered.entity_id, "16", {"min": 0, "max": 16})
    driver, calls = await any_charger({"limit": registered.entity_id})
    registry.async_update_entity(registered.entity_id, new_entity_id="number.renamed")
    hass.states.async_set("number.renamed", "16", {"min": 0, "max": 16})
    await hass.async_block_till_done()

    await driver.apply(8.0, None)

    assert calls == [("number.set_value", {"entity_id": "number.renamed", "value": 8})]
