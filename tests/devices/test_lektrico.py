"""The simulated Lektrico, asked by its real client library."""

import aiohttp
from lektricowifi import Device
import pytest


@pytest.fixture
async def api(lektrico):
    async with Device(lektrico.device.address) as device:
        yield device


async def test_tells_what_it_is(lektrico, api) -> None:
    assert await api.device_config() == {
        "type": "3p22k",
        "serial_number": int(lektrico.device.serial_number),
        "board_revision": "B",
    }


async def test_a_current_reaches_the_car(lektrico, api) -> None:
    lektrico.plug_in()
    lektrico.pass_time(60)
    await api.set_dynamic_current(9)
    lektrico.pass_time(5)

    assert lektrico.charger.current == (9, 9, 9)
    info = await api.device_info("3p22k")
    assert [info[f"current_l{n}"] for n in (1, 2, 3)] == [9, 9, 9]
    assert info["instant_power"] == 3 * 230 * 9
    assert info["dynamic_current"] == 9
    assert info["current_limit_reason"] == "dynamic_limit"
    assert info["session_energy"] > 0


async def test_0_a_pauses(lektrico, api) -> None:
    lektrico.plug_in()
    lektrico.pass_time(60)
    assert (await api.device_info("3p22k"))["charger_state"] == "charging"
    await api.set_dynamic_current(0)
    lektrico.pass_time(5)

    assert lektrico.charger.power == 0
    assert (await api.device_info("3p22k"))["charger_state"] == "connected"
    lektrico.unplug()
    assert (await api.device_info("3p22k"))["charger_state"] == "available"


async def test_refuses_a_current_out_of_range(lektrico) -> None:
    command = {
        "src": "test",
        "id": 1,
        "method": "dynamic_current.set",
        "params": {"dynamic_current": 33},
    }
    url = f"http://{lektrico.device.address}/rpc"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json=command) as response,
    ):
        assert response.status == 400
    assert lektrico.charger.commands == 0
