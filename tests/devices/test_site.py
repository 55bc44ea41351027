"""The whole site, as a program and in the test's own hands."""

import asyncio
import json
from pathlib import Path
import signal
import socket
import sys

import aiohttp
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.amp_guard.model import Phase, PhaseValues, Supply
from simulator.appliances import switch
from simulator.car import CarModel
from simulator.charger import ChargerModel
from simulator.house import House, constant
from simulator.scenario import Arrival, Scenario, evening
from simulator.site import Addresses, Site
from tests.lan_contract import Reader

from .conftest import add_integration

MANY = 200.0
"""Times as fast as the clock: as fast as it goes."""


def scenario(limit: float) -> Scenario:
    """Two cars that draw `limit` each beside 5 A, and 9 A more from 60 s to 70 s."""
    return Scenario(
        name="test",
        seed=0,
        supply=Supply(supply_max_current=25.0),
        house=House(constant(PhaseValues(5, 5, 5)), switch(Phase.L1, 9.0, [(60, 70)])),
        chargers=(
            ChargerModel(id="garage", limit=limit),
            ChargerModel(id="carport", limit=limit),
        ),
        arrivals=(
            Arrival(time=1, charger="garage", car=CarModel()),
            Arrival(time=2, charger="carport", car=CarModel()),
        ),
    )


async def test_the_record_is_the_physics() -> None:
    site = Site(scenario(limit=10.0), Addresses(), speed=MANY)
    await site.run(120)
    figures = site.judge.figures
    assert figures["seconds"] == 120
    assert figures["peak_current"] == 34
    assert figures["overload"] == {
        "seconds": 10,
        "longest": 10,
        "amp_seconds": 90,
    }
    assert figures["fuse"]["trips"] == 0
    assert figures["cars"]["garage car"]["energy_kwh"] > 0.15
    series = site.judge.record["series"]
    assert series["time_s"] == list(range(1, 121))
    assert series["supply"][64] == (34, 25, 25)
    assert series["house"][64] == (14, 5, 5)
    assert series["chargers"]["carport"]["drawn"][64] == (10, 10, 10)
    assert series["chargers"]["carport"]["limit"][64] == 10


async def test_without_a_balancer_the_evening_melts_the_fuse() -> None:
    site = Site(evening(), Addresses(), speed=MANY)
    for charger in site.world.chargers.values():
        charger.set_limit(16.0, 0.0)
    await site.run(180)
    assert site.judge.figures["fuse"]["trips"] > 0


async def test_at_the_least_current_the_evening_still_overloads() -> None:
    site = Site(evening(), Addresses(), speed=MANY)
    await site.run(180)
    assert site.judge.figures["overload"]["longest"] > 6


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_same_seed_gives_the_same_evening(seed) -> None:
    records = []
    for _ in range(2):
        site = Site(evening(seed), Addresses(), speed=MANY)
        await site.run(180)
        records.append(site.judge.record)
    assert records[0] == records[1]
    other = Site(evening(seed + 10), Addresses(), speed=MANY)
    await other.run(180)
    assert other.judge.record["series"] != records[0]["series"]


async def test_its_devices_are_on_the_network() -> None:
    addresses = Addresses(port_base=0, peblar_host="127.0.0.1", peblar_port=0)
    site = Site(evening(), addresses, speed=MANY)
    await site.start()
    await site.run(10)
    async with aiohttp.ClientSession(f"http://{site.judge.address}") as client:
        async with client.get("/devices") as response:
            devices = await response.json()
        meter = devices["amp_guard"]
        reader = await Reader.of(client, meter["host"], pin=meter["pin"])
        sample = await reader.measurement()
        async with client.get("/figures") as response:
            figures = await response.json()
        async with client.post("/figures") as response:
            assert response.status == 405
    await site.stop()
    assert sample["sequence"] == 10
    assert figures["seconds"] == 10
    garage, carport = devices["chargers"]
    assert garage["integration"] == "peblar"
    assert garage["flow_input"]["password"] == "peblar"
    assert carport["integration"] == "nrgkick"
    assert carport["wiring"] == ["L2", "L3", "L1"]


async def test_where_port_80_cannot_be_served_there_are_two_nrgkicks(hass) -> None:
    addresses = Addresses(port_base=0, peblar_host="192.0.2.1")
    site = Site(evening(), addresses)
    await site.start()
    for charger in site.judge.addresses["chargers"]:
        assert charger["integration"] == "nrgkick"
        added = await add_integration(hass, "nrgkick", charger["flow_input"])
        await hass.config_entries.async_unload(added.entry.entry_id)
    await site.stop()
    assert len(dr.async_get(hass).devices) == 2


async def test_a_taken_address_is_told(tmp_path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        program = await start_program("--port-base", str(port))
        _, errors = await program.communicate()
    assert program.returncode == 1
    assert errors.startswith(b"The site cannot be put on the network")


async def start_program(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "simulator", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@pytest.mark.parametrize("ended_by", ["time", "signal"])
async def test_as_a_program_it_writes_its_record(tmp_path: Path, ended_by) -> None:
    record = tmp_path / "record.json"
    program = await start_program(
        *("--scenario", "evening", "--speed", "200", "--port-base", "0"),
        *("--peblar-host", "192.0.2.1", "--record", str(record)),
        *(("--for", "60") if ended_by == "time" else ()),
    )
    assert program.stdout
    assert b"The judge is at" in await program.stdout.readline()
    assert json.loads(await program.stdout.readline())["amp_guard"]["pin"]
    if ended_by == "signal":
        program.send_signal(signal.SIGTERM)
    told, errors = await program.communicate()
    assert program.returncode == 0, errors
    assert b"main fuse 25 A" in told
    figures = json.loads(record.read_text())["figures"]
    assert figures["scenario"] == "evening"
    if ended_by == "time":
        assert figures["seconds"] == 60
