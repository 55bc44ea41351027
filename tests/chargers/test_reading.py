"""What the driver reads, of chargers in order and of others."""

from dataclasses import replace

from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.amp_guard.model import ChargerStatus, PhaseValues

from .contracts import CONTRACTS, PEBLAR

LIMIT = "24-01_charge_current_limit"
SWITCH = "24-01_charge"
STATE = "24-01_cp_state"
CHARGEAMPS = next(c for c in CONTRACTS if c.profile == "chargeamps")
OCPP = next(c for c in CONTRACTS if c.profile == "ocpp")


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

    # One that is pushed tells of the others too: they are as they were.
    entity_id = peblar.entity_id("24-01_current_phase_2")
    state = peblar.hass.states.get(entity_id)
    peblar.hass.states.async_set(entity_id, state.state, state.attributes)
    assert peblar.driver.read().current_time == pytest.approx(started + 10.0, abs=1.0)

    leap(10.0)
    peblar.set("24-01_current_phase_3", "15300")
    assert peblar.driver.read().current_time == pytest.approx(started + 20.0, abs=1.0)
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

    registry.async_get_or_create(
        "sensor", "peblar", STATE, device_id=charger.device_id, object_id_base="back"
    )
    hass.states.async_set(charger.entity_id(STATE), "suspended")
    await hass.async_block_till_done()
    assert charger.driver.read().status is ChargerStatus.WAITING


async def test_an_entity_is_found_once_its_integration_has_given_it_its_key(
    charger_of, hass
) -> None:
    charger = charger_of(PEBLAR)
    await charger.driver.start()
    registry, state = er.async_get(hass), charger.entity_id(STATE)
    registry.async_update_entity(state, new_unique_id="of an older release")
    await hass.async_block_till_done()
    assert charger.driver.read().status is ChargerStatus.UNKNOWN

    registry.async_update_entity(state, new_unique_id=STATE)
    await hass.async_block_till_done()
    assert charger.driver.read().status is ChargerStatus.CHARGING


async def test_what_a_silent_charger_draws_is_not_known_and_it_is_not_lost(
    peblar, leap
) -> None:
    leap(31.0)
    reading = peblar.driver.read()
    assert reading.status is ChargerStatus.CHARGING
    assert reading.current is None
    assert reading.current_time is None
    assert reading.limit == 16.0
    assert peblar.driver.trouble(reading) is None

    peblar.set(STATE, "charging", heard="again")
    assert peblar.driver.read().current == PhaseValues(15.1, 15.2, 15.3)


async def test_what_a_session_left_behind_is_not_drawn(charger_of) -> None:
    """At a session's end `ocpp` zeroes a sensor's state, and leaves its phases."""
    charger = charger_of(OCPP)
    await charger.driver.start()
    charger.set("ocpp.garage.status_connector.sensor", "Finishing")
    charger.set("ocpp.garage.current_import.sensor", "0")

    assert charger.driver.read().current == PhaseValues(0.0, 0.0, 0.0)


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


async def test_a_halos_outlet_is_read_beside_its_connector(charger_of) -> None:
    charger = charger_of(replace(CHARGEAMPS, model="Halo"))
    await charger.driver.start()

    assert charger.driver.read().socket_current == 21.5


async def test_what_is_shown_for_an_unknown_limit_is_nobodys_wish(
    charger_of, later
) -> None:
    charger = charger_of(CHARGEAMPS)
    await charger.driver.start()
    await charger.order(16.0)
    await later(70.0)
    charger.set("chargeamps_1234567_1_max_current", "6.0")
    await later(70.0)

    reading = charger.driver.read()
    assert reading.limit is None
    assert reading.user_limit is None
