"""The simulated NRGkick, asked by its real client library and integration."""

from collections.abc import AsyncGenerator

import aiohttp
from homeassistant.config_entries import SOURCE_USER
from homeassistant.exceptions import HomeAssistantError
from nrgkick_api import (
    ChargingStatus,
    NRGkickAPI,
    NRGkickAPIDisabledError,
    NRGkickAuthenticationError,
    NRGkickCommandRejectedError,
)
import pytest

from simulator.devices.nrgkick import NRGkick

from .conftest import Entities, add_integration, make_bench


@pytest.fixture
async def api(nrgkick) -> AsyncGenerator[NRGkickAPI]:
    async with aiohttp.ClientSession() as session:
        yield NRGkickAPI(nrgkick.device.address, session=session)


# --- the client library ---------------------------------------------------------------


async def test_tells_what_it_is(nrgkick, api) -> None:
    assert await api.test_connection()
    info = await api.get_info(raw=True)
    assert info["general"]["serial_number"] == nrgkick.device.serial_number
    assert info["general"]["rated_current"] == 16
    assert info["connector"]["phase_count"] == 3
    assert (await api.get_info(["general"])).keys() == {"general"}


async def test_a_current_reaches_the_car(nrgkick, api) -> None:
    nrgkick.plug_in()
    nrgkick.pass_time(60)
    assert nrgkick.charger.current == (16, 16, 16)

    assert await api.set_current(9.7) == 9.7
    nrgkick.pass_time(5)
    assert nrgkick.charger.current == pytest.approx((9.7, 9.7, 9.7))
    powerflow = (await api.get_values(["powerflow"], raw=True))["powerflow"]
    assert powerflow["l2"]["current"] == 9.7
    assert powerflow["total_active_power"] == round(3 * 230 * 9.7)
    assert powerflow["n"]["current"] == 0
    assert (await api.get_control())["current_set"] == 9.7


async def test_one_phase_returns_through_the_neutral(nrgkick, api) -> None:
    nrgkick.plug_in()
    nrgkick.pass_time(32)
    powerflow = (await api.get_values(["powerflow"], raw=True))["powerflow"]
    assert powerflow["n"]["current"] == powerflow["l1"]["current"] > 6
    assert powerflow["l2"]["current"] == 0


async def test_pauses_and_resumes_at_its_current(nrgkick, api) -> None:
    nrgkick.plug_in()
    await api.set_current(10)
    assert await api.set_charge_pause(True) == 1
    nrgkick.pass_time(60)
    assert nrgkick.charger.limit == 0
    general = (await api.get_values(["general"], raw=True))["general"]
    assert general["status"] == ChargingStatus.CONNECTED
    assert not general["charge_permitted"]

    assert await api.set_charge_pause(False) == 0
    nrgkick.pass_time(60)
    assert nrgkick.charger.current == (10, 10, 10)


@pytest.mark.parametrize("current", [5.9, 16.1])
async def test_refuses_a_current_out_of_range(nrgkick, api, current) -> None:
    with pytest.raises(NRGkickCommandRejectedError):
        await api.set_current(current)
    assert nrgkick.charger.commands == 0


async def test_refuses_to_switch_phases(api) -> None:
    assert await api.set_phase_count(3) == 3
    with pytest.raises(NRGkickCommandRejectedError):
        await api.set_phase_count(1)


async def test_stops_at_its_energy_limit(nrgkick, api) -> None:
    nrgkick.plug_in()
    assert await api.set_energy_limit(100) == 100
    nrgkick.pass_time(120)
    values = await api.get_values(raw=True)
    assert 100 <= values["energy"]["charged_energy"] < 115
    assert values["powerflow"]["total_active_power"] == 0
    with pytest.raises(NRGkickCommandRejectedError):
        await api.set_charge_pause(False)


async def test_its_states_follow_the_car(nrgkick, api) -> None:
    async def status() -> int:
        return (await api.get_values(["general"], raw=True))["general"]["status"]

    assert await status() == ChargingStatus.STANDBY
    nrgkick.plug_in(energy_wh=100)
    assert await status() == ChargingStatus.CONNECTED
    nrgkick.pass_time(45)
    assert await status() == ChargingStatus.CHARGING
    nrgkick.pass_time(60)
    assert await status() == ChargingStatus.CONNECTED
    nrgkick.unplug()
    assert await status() == ChargingStatus.STANDBY


async def test_energy_is_counted_for_each_session(nrgkick, api) -> None:
    for energy in (100, 50):
        nrgkick.plug_in(energy_wh=energy)
        nrgkick.pass_time(120)
        nrgkick.unplug()
    values = await api.get_values(raw=True)
    assert values["energy"] == {"charged_energy": 50, "total_charged_energy": 150}
    assert values["general"]["charge_count"] == 2


async def test_a_disabled_api_says_so(nrgkick, api) -> None:
    nrgkick.device.api_enabled = False
    with pytest.raises(NRGkickAPIDisabledError):
        await api.get_control()


# --- the integration ------------------------------------------------------------------


@pytest.fixture
async def entities(hass, nrgkick) -> AsyncGenerator[Entities]:
    entities = await add_integration(hass, "nrgkick", {"host": nrgkick.device.address})
    yield entities
    await hass.config_entries.async_unload(entities.entry.entry_id)


# The client library still builds its credentials the way aiohttp is giving up.
@pytest.mark.filterwarnings(
    "ignore:.*deprecated and will be removed in (aiohttp 4.0|v4):DeprecationWarning"
)
async def test_the_config_flow_asks_for_the_password_where_there_is_one(hass) -> None:
    bench = make_bench(
        lambda charger: NRGkick(charger, username="owner", password="secret")
    )
    await bench.device.start("127.0.0.1")
    async with aiohttp.ClientSession() as session:
        with pytest.raises(NRGkickAuthenticationError):
            await NRGkickAPI(bench.device.address, session=session).get_control()
    result = await hass.config_entries.flow.async_init(
        "nrgkick",
        context={"source": SOURCE_USER},
        data={"host": bench.device.address},
    )
    assert result["step_id"] == "user_auth"
    for password, outcome in (("wrong", "form"), ("secret", "create_entry")):
        result = await hass.config_entries.flow.async_configure(
            result["flow_id"], {"username": "owner", "password": password}
        )
        assert result["type"] == outcome
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(result["result"].entry_id)
    await bench.device.stop()


async def test_the_number_sets_the_current(nrgkick, entities) -> None:
    assert entities.state("number", "current_set") == "16.0"
    await entities.act("number", "set_value", "current_set", value=8.5)
    assert entities.state("number", "current_set") == "8.5"
    nrgkick.pass_time(2)
    assert nrgkick.charger.limit == 8.5


async def test_the_switch_pauses_and_resumes(nrgkick, entities) -> None:
    nrgkick.plug_in()
    nrgkick.pass_time(60)
    await entities.becomes("sensor", "status", "charging")

    await entities.act("switch", "turn_off", "charging_enabled")
    assert entities.state("switch", "charging_enabled") == "off"
    nrgkick.pass_time(5)
    assert nrgkick.charger.limit == 0
    assert nrgkick.charger.power == 0
    await entities.becomes("sensor", "status", "connected")

    await entities.act("switch", "turn_on", "charging_enabled")
    nrgkick.pass_time(60)
    assert nrgkick.charger.current == (16, 16, 16)
    await entities.becomes("sensor", "status", "charging")


async def test_a_number_is_taken_while_paused(nrgkick, entities) -> None:
    await entities.act("switch", "turn_off", "charging_enabled")
    await entities.act("number", "set_value", "current_set", value=8)
    nrgkick.pass_time(2)
    assert nrgkick.charger.limit == 0
    await entities.act("switch", "turn_on", "charging_enabled")
    nrgkick.pass_time(2)
    assert nrgkick.charger.limit == 8


async def test_its_sensors_follow_the_car(nrgkick, entities) -> None:
    assert entities.state("sensor", "status") == "standby"
    nrgkick.plug_in()
    await entities.becomes("sensor", "status", "connected")
    nrgkick.pass_time(32)
    await entities.becomes("sensor", "l1_current", "14.0")
    assert entities.state("sensor", "l2_current") == "0.0"
    nrgkick.pass_time(60)
    await entities.becomes("sensor", "total_active_power", "11040")
    assert entities.state("sensor", "l3_current") == "16.0"
    assert float(entities.state("sensor", "charged_energy")) > 0.05
    assert entities.state("binary_sensor", "charge_permitted") == "on"


async def test_its_other_numbers(nrgkick, entities) -> None:
    await entities.act("number", "set_value", "energy_limit", value=5000)
    assert nrgkick.device.energy_limit == 5000
    with pytest.raises(HomeAssistantError):
        await entities.act("number", "set_value", "phase_count", value=1)


async def test_a_charger_that_is_gone_is_unavailable(nrgkick, entities) -> None:
    await nrgkick.device.stop()
    with pytest.raises(HomeAssistantError):
        await entities.act("number", "set_value", "current_set", value=9)
    await entities.becomes("sensor", "status", "unavailable")
