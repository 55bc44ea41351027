"""The simulated V2C Trydan, asked by its real client library."""

import pytest
from pytrydan import Trydan
from pytrydan.exceptions import TrydanInvalidValue
from pytrydan.models.trydan import ChargeState, PauseState


@pytest.fixture
async def api(v2c):
    async with Trydan(v2c.device.address) as trydan:
        yield trydan


async def test_a_current_reaches_the_car(v2c, api) -> None:
    v2c.plug_in()
    v2c.pass_time(60)
    await api.intensity(9)
    v2c.pass_time(5)

    assert v2c.charger.current == (9, 0, 0)
    data = await api.get_data()
    assert v2c.device.serial_number == data.ID
    assert data.intensity == 9
    assert data.charge_power == 230 * 9
    assert data.charge_energy > 0


async def test_pauses_and_resumes_at_its_current(v2c, api) -> None:
    v2c.plug_in()
    await api.intensity(9)
    await api.pause()
    v2c.pass_time(60)
    assert v2c.charger.power == 0
    data = await api.get_data()
    assert data.paused is PauseState.PAUSED
    assert data.charge_state is ChargeState.CONNECTED_NOT_CHARGING

    await api.resume()
    v2c.pass_time(60)
    assert v2c.charger.current == (9, 0, 0)
    assert (await api.get_data()).charge_state is ChargeState.CONNECTED_CHARGING
    v2c.unplug()
    assert (await api.get_data()).charge_state is ChargeState.NOT_CONNECTED


async def test_refuses_a_current_out_of_range(v2c, api) -> None:
    # The library asks for no such thing itself.
    response = await api.request(f"http://{v2c.device.address}/write/Intensity=33")
    assert response.text != "OK"
    with pytest.raises(TrydanInvalidValue):
        await api.intensity(33)
    assert v2c.charger.commands == 0
