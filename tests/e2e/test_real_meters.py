"""Three homes, each measured by what its owner has, and one real Home Assistant.

A HomeWizard P1 meter, a smart meter's telegrams over TCP, and a HAN reader by MQTT, each
through Home Assistant's own integration and its real client library. The houses replay
hours of a real household; every figure is the simulator's own record.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from custom_components.amp_guard.model import Phase
from demo.browser import LOOK_INTERVAL, Browser, Flow, RefusedError
from demo.entities import find_entities
from demo.home import Home, running
from demo.home_assistant import HomeAssistant
from demo.places import LOOPBACK, home_assistant_port
from demo.set_up import add_chargers, add_site
from simulator.appliances import HOUR, switch
from simulator.car import CarModel
from simulator.charger import ChargerModel
from simulator.devices.charger import ChargerDevice
from simulator.devices.nrgkick import NRGkick
from simulator.devices.smart_meter import (
    AmsReader,
    HomeWizardP1,
    SerialServer,
    SmartMeter,
)
from simulator.house import HOUSEHOLD_WEEK, House, Step, read_trace
from simulator.scenario import Arrival, Scenario, evening
from simulator.site import Addresses, Site
from tests.broker import broker  # noqa: F401

from .conftest import OWNER

P1_HOST = "127.0.0.81"
"""HomeWizard's client library knows port 80 only, so it has an address of its own."""
SUPPLY_MAX_CURRENT = 25.0
ENOUGH = 10.0
"""A that a car has when there is something to cut: it wakes at 6 A."""
DINNER = 14.0
"""A on L2, beside which no car can go on as it does."""
DINNER_LASTS = 40.0
FOLLOWED_WITHIN = 6.0
"""s from a sample to the car: the charger takes 1 s, the car 3 s, the rest is the way."""
PATIENCE = 200.0
"""s. A meter each 10 s must be seen three times, then headroom for 30 s, and a car
takes its time; this ends what never comes."""


class MeteredSite(Site):
    """A home with one charger, and a smart meter that sees what flows.

    `name` is what Home Assistant calls the meter, and the charger's name too. The house
    is the household's Monday from an hour on; `interval` is s between two samples.
    """

    def __init__(
        self, name: str, *, hour: int, interval: float, resolution: float
    ) -> None:
        super().__init__(home(name, hour), Addresses(host=LOOPBACK, port_base=0))
        self.name = name
        self.interval = interval
        self.meter = SmartMeter(resolution=resolution)
        self._hour = hour

    @property
    def drawn(self) -> float:
        """A on the phase that the charger loads the most."""
        return max(self.world.chargers[self.name].current)

    async def start_charger(self, number: int, charger: ChargerModel) -> ChargerDevice:
        device = NRGkick(
            charger,
            serial_number=f"NRG{self._hour:07}",
            mac_address=f"02:00:00:00:03:{self._hour:02x}",
        )
        await device.start(LOOPBACK)
        return device

    def _step(self) -> None:
        super()._step()
        self.meter.observe(self.world.measured_current(), self.world.now)

    def have_dinner(self) -> None:
        """Have the oven on from the next second on."""
        begins = self.world.now + 1.0
        oven = switch(Phase.L2, DINNER, [(begins, begins + DINNER_LASTS)])
        self.world.house = House(self.world.house.steps, oven)


def home(name: str, hour: int) -> Scenario:
    """Return a household from an hour of its Monday on, with a car at the door."""
    trace = read_trace(HOUSEHOLD_WEEK)
    car = CarModel(start_delay=2.0, one_phase_first=0.0, raise_delay=1.0)
    return replace(
        evening(),
        name=name,
        house=House([Step(step.time - hour * HOUR, step.current) for step in trace]),
        chargers=(ChargerModel(id=name),),
        arrivals=(Arrival(time=1.0, charger=name, car=car),),
    )


@asynccontextmanager
async def living(site: Site) -> AsyncGenerator[None]:
    """Have a site live on by the clock."""
    await site.start()
    try:
        async with happening(site.run()):
            yield
    finally:
        await site.stop()


@asynccontextmanager
async def happening(work: Awaitable[None]) -> AsyncGenerator[None]:
    """Have something go on meanwhile; fail where it failed."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
    if not task.cancelled():
        task.result()


async def speaks(every: float, send: Callable[[], Awaitable[None] | None]) -> None:
    """Let a meter speak each so many s."""
    while True:
        if (sending := send()) is not None:
            await sending
        await asyncio.sleep(every)


async def take_meter(browser: Browser, name: str) -> Flow:
    """Begin to balance by a meter that is in Home Assistant; return the flow."""
    await sensors_of(browser, name)
    flow = await browser.add_integration("amp_guard")
    await flow.choose("sensors")
    found = {label: value for value, label in flow.options("device").items()}
    with suppress(RefusedError):  # those that had to be enabled are not there yet
        await flow.fill_in(device=found[name])
    while flow.step_id == "sensor_check":
        with suppress(RefusedError):
            await flow.fill_in()
        await asyncio.sleep(LOOK_INTERVAL)
    return flow


async def sensors_of(browser: Browser, name: str) -> None:
    """Wait until a meter has shown all that it measures of three phases."""
    while True:
        devices = {
            device["id"]
            for device in await browser.command("config/device_registry/list")
            if device["name"] == name
        }
        entities = await browser.command("config/entity_registry/list")
        if sum(entity["device_id"] in devices for entity in entities) >= 9:
            return
        await asyncio.sleep(LOOK_INTERVAL)


async def enable_currents(browser: Browser, entry_id: str) -> list[str]:
    """Enable what only copies the meter's own sensors, as its owner may; return it."""
    await find_entities(browser, entry_id)
    for entity in await browser.command("config/entity_registry/list"):
        is_ours = entity["config_entry_id"] == entry_id
        if is_ours and entity["translation_key"] == "current":
            assert entity["disabled_by"] == "integration"
            await browser.command(
                "config/entity_registry/update",
                entity_id=entity["entity_id"],
                disabled_by=None,
            )
    # Home Assistant would do so by itself, after half a minute.
    await browser.post(f"/api/config/config_entries/entry/{entry_id}/reload", {})
    return (await find_entities(browser, entry_id)).of_meter("current")


@pytest.mark.timeout(500)
async def test_three_homes_under_their_fuses(
    tmp_path: Path,
    broker: int,  # noqa: F811
) -> None:
    by_homewizard = MeteredSite("P1 meter", hour=10, interval=5.0, resolution=1.0)
    by_dsmr = MeteredSite("Electricity Meter", hour=16, interval=1.0, resolution=0.1)
    by_mqtt = MeteredSite("AMS reader", hour=18, interval=10.0, resolution=0.1)
    sites = (by_homewizard, by_dsmr, by_mqtt)

    p1 = HomeWizardP1(by_homewizard.meter)
    serial = SerialServer(by_dsmr.meter)
    reader = AmsReader(by_mqtt.meter, host=LOOPBACK, port=broker)
    shows: dict[str, list[str]] = {}

    async def set_up(browser: Browser, _devices: Mapping[str, Any], _: float) -> None:
        flow = await browser.add_integration("homewizard")
        await flow.fill_in(ip_address=P1_HOST)
        flow = await browser.add_integration("dsmr")
        await flow.fill_in(port=serial.url, dsmr_version="5S")
        # Left alone it passes a telegram on each 30 s only.
        flow = await browser.configure(flow.created["result"]["entry_id"])
        await flow.fill_in(time_between_update=0)
        flow = await browser.add_integration("mqtt")
        await flow.fill_in(
            broker=LOOPBACK, port=broker, set_client_cert=False, set_ca_cert="off"
        )
        for site in sites:
            wirings = await add_chargers(browser, site.judge.addresses)
            flow = await take_meter(browser, site.name)
            entry_id = await add_site(flow, SUPPLY_MAX_CURRENT, wirings)
            shows[site.name] = await enable_currents(browser, entry_id)

    home_assistant = HomeAssistant(
        tmp_path / "config", port=home_assistant_port(LOOPBACK, None)
    )
    async with AsyncExitStack() as stack:
        await p1.start(P1_HOST, 80)
        stack.push_async_callback(p1.stop)
        await serial.start(LOOPBACK)
        stack.push_async_callback(serial.stop)
        await reader.introduce()
        await stack.enter_async_context(
            happening(speaks(by_dsmr.interval, serial.send))
        )
        await stack.enter_async_context(
            happening(speaks(by_mqtt.interval, reader.send))
        )
        for site in sites[1:]:
            await stack.enter_async_context(living(site))
        in_charge = Home(by_homewizard, home_assistant, prepare=set_up)
        await stack.enter_async_context(running(in_charge, OWNER))

        await in_charge.live_until(
            lambda: all(site.drawn > ENOUGH for site in sites), PATIENCE
        )
        for site in sites:
            site.have_dinner()
        await in_charge.live(DINNER_LASTS)
        states = {
            state["entity_id"]: state["state"]
            for state in await in_charge.browser.command("get_states")
        }

    for site in sites:
        figures = site.judge.figures
        assert figures["fuse"]["trips"] == 0
        assert figures["peak_current"] > SUPPLY_MAX_CURRENT
        assert figures["overload"]["longest"] <= site.interval + FOLLOWED_WITHIN
        # What is shown is what flowed within the last samples.
        latest = site.judge.record["series"]["supply"][-25:]
        for phase, entity_id in zip(Phase, shows[site.name], strict=True):
            flowed = [current[phase] for current in latest]
            shown = float(states[entity_id])
            assert min(flowed) - 0.6 <= shown <= max(flowed) + 0.6
