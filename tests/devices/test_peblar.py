"""The simulated Peblar, asked by its real client library and integration."""

import asyncio
from collections.abc import AsyncGenerator

from homeassistant.config_entries import SOURCE_USER
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from peblar import (
    AccessMode,
    CPState,
    LedBrightness,
    PackageType,
    Peblar as PeblarClient,
    PeblarApi,
    PeblarAuthenticationError,
    PeblarBadRequestError,
    PeblarError,
    SessionState,
    SmartChargingMode,
    SoundVolume,
)
import pytest

from .conftest import PEBLAR_HOST, Entities, add_integration

PASSWORD = "peblar"
FLOW_INPUT = {"host": PEBLAR_HOST, "password": PASSWORD}


@pytest.fixture
async def client(peblar) -> AsyncGenerator[PeblarClient]:
    async with PeblarClient(host=PEBLAR_HOST) as client:
        await client.login(password=PASSWORD)
        yield client


@pytest.fixture
async def api(client) -> AsyncGenerator[PeblarApi]:
    api = await client.rest_api(enable=True, access_mode=AccessMode.READ_WRITE)
    async with api:
        yield api


# --- the client library ---------------------------------------------------------------


async def test_refuses_a_wrong_password(peblar) -> None:
    async with PeblarClient(host=PEBLAR_HOST) as client:
        with pytest.raises(PeblarAuthenticationError):
            await client.login(password="wrong")
        with pytest.raises(PeblarAuthenticationError):
            await client.system_information()


async def test_tells_what_it_is(peblar, client) -> None:
    information = await client.system_information()
    assert information.product_serial_number == peblar.device.serial_number
    assert information.hardware_max_current == 16
    assert (await client.current_versions()).firmware == "1.10.0"
    assert (await client.available_versions()).firmware == "1.10.0"


async def test_the_local_rest_api_must_be_enabled_and_writable(client) -> None:
    with pytest.raises(PeblarError):
        await client.rest_api()
    async with await client.rest_api(enable=True) as api:
        assert (await api.health()).access_mode is AccessMode.READ_ONLY
        with pytest.raises(PeblarError):
            await api.ev_interface(charge_current_limit=10_000)


async def test_a_limit_reaches_the_car(peblar, api) -> None:
    peblar.plug_in()
    peblar.pass_time(60)
    assert peblar.charger.current == (16, 16, 16)

    ev = await api.ev_interface(charge_current_limit=10_000)
    assert ev.charge_current_limit == 10_000
    assert ev.charge_current_limit_actual == 16_000  # on its way

    peblar.pass_time(5)
    ev = await api.ev_interface()
    assert ev.charge_current_limit_actual == 10_000
    assert ev.charge_current_limit_source.value == "Local REST API"
    meter = await api.meter()
    assert meter.current_phase_1 == meter.current_phase_3 == 10_000
    assert meter.power_total == 3 * 230 * 10
    assert peblar.charger.current == (10, 10, 10)


async def test_a_limit_below_6_a_pauses(peblar, api) -> None:
    peblar.plug_in()
    peblar.pass_time(60)
    await api.ev_interface(charge_current_limit=0)
    peblar.pass_time(5)
    ev = await api.ev_interface()
    assert ev.cp_state is CPState.CHARGING_SUSPENDED
    assert (await api.meter()).current_total == 0


@pytest.mark.parametrize(
    ("told", "limit"), [(32_000, 16.0), (16_000, 16.0), (6_000, 6.0), (5_999, 0.0)]
)
async def test_no_limit_goes_beyond_the_installation(peblar, api, told, limit) -> None:
    await api.ev_interface(charge_current_limit=told)
    peblar.pass_time(2)
    assert peblar.charger.offered == limit


async def test_refuses_what_it_cannot_do(api) -> None:
    with pytest.raises(PeblarBadRequestError):
        await api.ev_interface(force_single_phase=True)
    with pytest.raises(PeblarBadRequestError):
        await api.ev_interface(charge_current_limit=-1)


async def test_its_states_follow_the_car(peblar, api) -> None:
    assert (await api.ev_interface()).cp_state is CPState.NO_EV_CONNECTED
    peblar.plug_in(energy_wh=100)
    assert (await api.ev_interface()).cp_state is CPState.CHARGING_SUSPENDED
    peblar.pass_time(45)
    assert (await api.ev_interface()).cp_state is CPState.CHARGING
    peblar.pass_time(60)
    assert (await api.ev_interface()).cp_state is CPState.CHARGING_SUSPENDED
    assert (await api.meter()).energy_session == 100
    peblar.unplug()
    assert (await api.ev_interface()).cp_state is CPState.NO_EV_CONNECTED


async def test_energy_is_counted_for_each_session(peblar, api, client) -> None:
    for energy in (100, 50):
        peblar.plug_in(energy_wh=energy)
        peblar.pass_time(120)
        peblar.unplug()
    meter = await api.meter()
    assert (meter.energy_session, meter.energy_total) == (50, 150)
    history = await client.meter_history()
    assert [session.session_number for session in history.session] == [1, 2]
    assert history.session[1].session_start_energy_mwh == 100_000
    assert history.session[1].session_end_energy_mwh == 150_000


async def test_a_restart_forgets_logins_and_token_and_the_client_recovers(
    peblar, client, api
) -> None:
    peblar.pass_time(30)
    await client.reboot()
    peblar.pass_time(3)
    assert (await api.system()).uptime == 3
    assert await client.system_information()


async def test_its_configuration_is_kept(peblar, client) -> None:
    await client.set_led_brightness(brightness=LedBrightness.DIM)
    await client.set_buzzer_volume(volume=SoundVolume.OFF)
    await client.smart_charging(SmartChargingMode.SCHEDULED)
    await client.socket_lock(locked=True)
    configuration = await client.user_configuration()
    assert configuration.led_brightness is LedBrightness.DIM
    assert configuration.buzzer_volume is SoundVolume.OFF
    assert configuration.smart_charging is SmartChargingMode.SCHEDULED
    assert configuration.user_keep_socket_locked
    await client.socket_unlock()
    assert not (await client.user_configuration()).user_keep_socket_locked


async def test_cards_are_kept(client) -> None:
    await client.add_rfid_token(rfid_token_uid="AA", rfid_token_description="Blue")
    assert [each.rfid_token_uid for each in await client.rfid_tokens()] == ["AA"]
    await client.delete_rfid_token(uid="AA")
    assert await client.rfid_tokens() == []


async def test_an_update_is_installed(peblar, client) -> None:
    peblar.device.available_firmware = "1.11.0"
    await client.update(package_type=PackageType.FIRMWARE)
    assert (await client.current_versions()).firmware == "1.11.0"


async def test_blinks(client) -> None:
    await client.identify()


async def test_pushes_the_session_as_it_moves(peblar, client) -> None:
    events: asyncio.Queue[SessionState] = asyncio.Queue()
    async with client.websocket() as stream:
        await stream.subscribe_session_status(
            lambda event: events.put_nowait(event.state)
        )
        assert await events.get() is SessionState.AVAILABLE
        peblar.plug_in()
        assert await events.get() is SessionState.PREPARING_PLUGGED_IN
        peblar.pass_time(40)
        assert await events.get() is SessionState.CHARGING
        with pytest.raises(PeblarError):
            await stream.subscribe("/no/such/topic", lambda _: None)


# --- the integration ------------------------------------------------------------------


@pytest.fixture
async def entities(hass, peblar) -> AsyncGenerator[Entities]:
    entities = await add_integration(hass, "peblar", FLOW_INPUT)
    yield entities
    api = entities.entry.runtime_data.data_coordinator.api
    await hass.config_entries.async_unload(entities.entry.entry_id)
    await (
        api.close()
    )  # its session is the library's own, and the integration's to close


async def test_the_config_flow_tells_a_wrong_password(hass, peblar) -> None:
    result = await hass.config_entries.flow.async_init(
        "peblar",
        context={"source": SOURCE_USER},
        data=FLOW_INPUT | {"password": "wrong"},
    )
    assert result["errors"] == {"password": "invalid_auth"}


async def test_the_config_flow_takes_no_port(hass, peblar) -> None:
    """Why the simulated site gives a Peblar an address of its own, at port 80."""
    with pytest.raises(ValueError, match="cannot contain ':'"):
        await hass.config_entries.flow.async_init(
            "peblar",
            context={"source": SOURCE_USER},
            data=FLOW_INPUT | {"host": peblar.device.address},
        )


async def test_the_number_sets_the_limit(peblar, entities) -> None:
    assert entities.state("number", "charge_current_limit") == "16"
    await entities.act("number", "set_value", "charge_current_limit", value=9)
    peblar.pass_time(2)
    assert peblar.charger.limit == 9
    await entities.becomes("number", "charge_current_limit", "9")


async def test_the_switch_pauses_and_resumes(peblar, entities) -> None:
    peblar.plug_in()
    peblar.pass_time(60)
    await entities.becomes("sensor", "cp_state", "charging")

    await entities.act("switch", "turn_off", "charge")
    peblar.pass_time(5)
    assert peblar.charger.limit == 0
    assert peblar.charger.power == 0
    await entities.becomes("sensor", "cp_state", "suspended")
    await entities.becomes("switch", "charge", "off")

    await entities.act("switch", "turn_on", "charge")
    peblar.pass_time(60)
    assert peblar.charger.limit == 16
    assert peblar.charger.current == (16, 16, 16)
    await entities.becomes("sensor", "cp_state", "charging")


async def test_while_paused_a_number_is_only_remembered(peblar, entities) -> None:
    """As Home Assistant has it: who drives it must switch it on after the number."""
    await entities.act("switch", "turn_off", "charge")
    await entities.becomes("switch", "charge", "off")
    told = peblar.charger.commands
    await entities.act("number", "set_value", "charge_current_limit", value=8)
    assert peblar.charger.commands == told
    await entities.act("switch", "turn_on", "charge")
    peblar.pass_time(2)
    assert peblar.charger.limit == 8


async def test_a_cut_right_after_a_resume_is_not_sent(peblar, entities) -> None:
    """As Home Assistant has it: for up to 10 s it may still take it for paused.

    What helps is to look at the switch: while it shows off, switch it on after the
    number, which sends what was remembered.
    """
    await entities.act("switch", "turn_off", "charge")
    await entities.becomes("switch", "charge", "off")
    await entities.act("switch", "turn_off", "charge")  # read back at once
    await entities.act("switch", "turn_on", "charge")  # read back 10 s later
    assert peblar.device.charge_current_limit == 16_000

    await entities.act("number", "set_value", "charge_current_limit", value=6)
    assert peblar.device.charge_current_limit == 16_000
    assert entities.state("switch", "charge") == "off"

    await entities.act("switch", "turn_on", "charge")
    assert peblar.device.charge_current_limit == 6_000


async def test_its_sensors_follow_the_car(hass, peblar, entities) -> None:
    assert entities.state("sensor", "cp_state") == "no_ev_connected"
    peblar.plug_in()
    await entities.becomes("sensor", "cp_state", "suspended")
    peblar.pass_time(60)
    await entities.becomes("sensor", "cp_state", "charging")
    assert entities.state("sensor", "power_total") == "11040"
    assert float(entities.state("sensor", "energy_session")) > 0.05


async def test_its_currents_must_be_enabled_by_the_owner(
    hass, peblar, entities
) -> None:
    registry = er.async_get(hass)
    for phase in (1, 2, 3):
        current = entities.id_of("sensor", f"current_phase_{phase}")
        disabled_by = registry.async_get(current).disabled_by
        assert disabled_by is er.RegistryEntryDisabler.INTEGRATION
        registry.async_update_entity(current, disabled_by=None)
    before = entities.entry.runtime_data.data_coordinator.api
    await entities.becomes("sensor", "current_phase_1", "0.0")  # it reloads by itself
    await before.close()

    peblar.plug_in()
    peblar.pass_time(32)
    await entities.becomes("sensor", "current_phase_1", "14.0")
    assert entities.state("sensor", "current_phase_2") == "0.0"
    peblar.pass_time(60)
    await entities.becomes("sensor", "current_phase_3", "16.0")


async def test_its_selects_and_update(peblar, entities) -> None:
    await entities.act("select", "select_option", "led_brightness", option="dim")
    await entities.becomes("select", "led_brightness", "dim")
    await entities.act("select", "select_option", "buzzer_volume", option="high")
    await entities.act("select", "select_option", "smart_charging", option="scheduled")
    await entities.act("switch", "turn_on", "socket_lock")
    configuration = peblar.device.configuration
    assert configuration["HmiBuzzerVolume"] == 4
    assert configuration["ScheduledChargingEnable"]
    assert configuration["UserKeepSocketLocked"]
    await entities.act("button", "press", "socket_unlock")
    assert not configuration["UserKeepSocketLocked"]
    assert entities.state("update", "firmware") == "off"


async def test_its_firmware_is_updated(hass, peblar, entities) -> None:
    peblar.device.available_firmware = "1.11.0"
    coordinator = entities.entry.runtime_data.version_coordinator
    await coordinator.async_refresh()
    assert entities.state("update", "firmware") == "on"
    await entities.act("update", "install", "firmware")
    assert peblar.device.firmware == "1.11.0"


async def test_a_charger_that_is_gone_is_unavailable(peblar, entities) -> None:
    await peblar.device.stop()
    with pytest.raises(HomeAssistantError):
        await entities.act("number", "set_value", "charge_current_limit", value=9)
    await entities.becomes("sensor", "cp_state", "unavailable")
