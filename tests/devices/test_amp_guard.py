"""The simulated Amp Guard speaks docs/lan-interface.md."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
import json

import aiohttp
import pytest

from custom_components.amp_guard.model import Phase, PhaseValues
from simulator.devices.amp_guard import AmpGuard, AmpGuardSettings, Fault
from tests.lan_contract import Reader

CURRENT = PhaseValues(12.34, -4.51, 0.0)


@pytest.fixture
async def meter() -> AsyncGenerator[AmpGuard]:
    meter = AmpGuard()
    await meter.start("127.0.0.1")
    yield meter
    await meter.stop()


@pytest.fixture
async def client(meter: AmpGuard) -> AsyncGenerator[Reader]:
    async with aiohttp.ClientSession() as session:
        yield await Reader.of(session, meter.address)


def measure(meter: AmpGuard, current: PhaseValues, seconds: range) -> None:
    """Let it see `current` each 0.1 s of some seconds."""
    for second in seconds:
        for tenth in range(1, 11):
            meter.observe(current, second + tenth / 10)


async def test_says_who_it_is_without_the_pin(meter: AmpGuard) -> None:
    async with (
        aiohttp.ClientSession(f"http://{meter.address}") as stranger,
        stranger.get("/amp-guard/v2/identity") as response,
    ):
        identity = await response.json()
    assert identity == {
        "contract": 2,
        "model": "Amp Guard",
        "variant": "home",
        "serial_number": "2210012345G",
        "firmware": "1.0.0",
        "network": {"interface": "lan", "mac": "02:00:00:00:00:01"},
    }


async def test_has_no_sample_before_the_first(client) -> None:
    with pytest.raises(aiohttp.ClientResponseError, match="503"):
        await client.measurement()


@pytest.mark.parametrize("path", ["measurement", "stream"])
@pytest.mark.parametrize("given", [None, "Bearer 12345678", "\xff", "wrong"])
async def test_refuses_who_does_not_have_the_pin(meter, client, path, given) -> None:
    headers = {} if given is None else {"Authorization": given}
    if given == "wrong":
        _, headers = client.asking(key=b"another")
    async with (
        aiohttp.ClientSession(f"http://{meter.address}") as stranger,
        stranger.get(f"/amp-guard/v2/{path}", headers=headers) as response,
    ):
        assert response.status == 401


async def test_forgets_what_was_agreed_when_it_is_restarted(meter, client) -> None:
    measure(meter, CURRENT, range(1))
    await client.measurement()
    meter.restart()
    with pytest.raises(aiohttp.ClientResponseError, match="401"):
        await client.measurement()


async def test_measures_current_voltage_power_and_energy(meter, client) -> None:
    measure(meter, CURRENT, range(3600))
    sample = await client.measurement()
    assert sample["sequence"] == 3600
    assert sample["phases"] == {
        "l1": {
            "current": 12.3,
            "voltage": 227.5,
            "power": 2807.7,
            "energy_import": 2.808,
            "energy_export": 0.0,
        },
        "l2": {
            "current": -4.5,
            "voltage": 230.9,
            "power": -1041.4,
            "energy_import": 0.0,
            "energy_export": 1.041,
        },
        "l3": {
            "current": 0.0,
            "voltage": 230.0,
            "power": 0.0,
            "energy_import": 0.0,
            "energy_export": 0.0,
        },
    }


async def test_pushes_each_sample_as_it_is_taken(meter, client) -> None:
    async with client.stream() as stream:
        taken = []
        for second in range(3):
            measure(meter, PhaseValues(second, 0, 0), range(second, second + 1))
            taken.append(await stream.next())
    assert [sample["sequence"] for sample in taken] == [1, 2, 3]
    assert [sample["phases"]["l1"]["current"] for sample in taken] == [0, 1, 2]


@pytest.mark.parametrize(
    ("window", "measured"), [(0.2, 20), (2.0, 20), (5.0, 12), (10.0, 6)]
)
async def test_a_sample_is_the_mean_of_its_window(window, measured) -> None:
    meter = AmpGuard(
        AmpGuardSettings(sample_interval=10.0, averaging_window=window, resolution=1.0)
    )
    await meter.start("127.0.0.1")
    measure(meter, PhaseValues(0, 0, 0), range(7))
    measure(meter, PhaseValues(20, 0, 0), range(7, 12))
    async with aiohttp.ClientSession() as session:
        sample = await (await Reader.of(session, meter.address)).measurement()
    await meter.stop()
    assert sample["sequence"] == 1
    assert sample["phases"]["l1"]["current"] == measured


async def test_without_voltages_the_direction_is_not_known() -> None:
    settings = AmpGuardSettings(voltage_connected=False, phases=(Phase.L1, Phase.L2))
    meter = AmpGuard(settings)
    await meter.start("127.0.0.1")
    measure(meter, CURRENT, range(1))
    async with aiohttp.ClientSession() as session:
        sample = await (await Reader.of(session, meter.address)).measurement()
    await meter.stop()
    assert sample["phases"] == {"l1": {"current": 12.3}, "l2": {"current": 4.5}}


async def test_rubbish_is_no_json(meter, client) -> None:
    measure(meter, CURRENT, range(1))
    meter.fault = Fault.RUBBISH
    with pytest.raises(AssertionError, match="Amp Guard is starting"):
        await client.measurement()


async def test_rubbish_on_the_stream(meter, client) -> None:
    async with client.stream() as stream:
        meter.fault = Fault.RUBBISH
        measure(meter, CURRENT, range(1))
        with pytest.raises(json.JSONDecodeError):
            await stream.next()


async def test_impossible_figures(meter, client) -> None:
    measure(meter, CURRENT, range(1))
    meter.fault = Fault.IMPOSSIBLE
    sample = await client.measurement()
    assert sample["phases"]["l1"]["current"] > 400


async def test_frozen_repeats_its_last_sample(meter, client) -> None:
    async with client.stream() as stream:
        measure(meter, CURRENT, range(1))
        before = await stream.next()
        meter.fault = Fault.FROZEN
        measure(meter, PhaseValues(40, 40, 40), range(1, 2))
        assert await stream.next() == before


async def test_outdated_repeats_its_last_measurement(meter, client) -> None:
    async with client.stream() as stream:
        measure(meter, CURRENT, range(1))
        before = await stream.next()
        meter.fault = Fault.OUTDATED
        measure(meter, PhaseValues(40, 40, 40), range(1, 2))
        assert await stream.next() == before | {"sequence": 2}


async def test_its_clock_goes_right(meter, client) -> None:
    async with client.stream() as stream:
        taken = []
        for number in range(2):
            measure(meter, CURRENT, range(number, number + 1))
            taken.append(datetime.fromisoformat((await stream.next())["time"]))
    assert timedelta(0) < taken[1] - taken[0] < timedelta(seconds=5)


async def test_silent_says_nothing_until_mended(meter, client) -> None:
    async with client.stream() as stream:
        meter.fault = Fault.SILENT
        measure(meter, CURRENT, range(1))
        asking = asyncio.create_task(client.measurement())
        with pytest.raises(TimeoutError):
            await stream.next(timeout=0.1)
        assert not asking.done()
        meter.fault = None
        assert (await asking)["sequence"] == 1


async def test_dropped_closes_every_connection(meter, client) -> None:
    measure(meter, CURRENT, range(1))
    async with client.stream() as stream:
        meter.fault = Fault.DROPPED
        closed = await stream.websocket.receive()
        assert closed.type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
    with pytest.raises(aiohttp.ClientError):
        await client.measurement()
    meter.fault = None
    assert (await client.measurement())["sequence"] == 1
