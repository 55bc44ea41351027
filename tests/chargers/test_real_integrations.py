"""The driver through Home Assistant's own integrations, unmodified.

Their real client libraries speak to simulated chargers over HTTP; what counts is what
the charger then offers its car.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.amp_guard.chargers import (
    ChargerCommandError,
    ChargerConfig,
    ChargerDriver,
    find_chargers,
)
from custom_components.amp_guard.model import ChargerStatus, PhaseValues
from tests.devices.conftest import (  # noqa: F401 - fixtures
    PATIENCE,
    PEBLAR_HOST,
    Bench,
    add_integration,
    lektrico,
    loopback_network,
    nrgkick,
    openevse,
    peblar,
    port_forward,
    v2c,
)

OURS = "Amp Guard"
"""How the names of the driver's tasks begin."""
RETRY = 0.5
"""s of real time after which the next poll is called for."""


class Site:
    """A charger, its integration, and the driver on top of both."""

    def __init__(self, hass: HomeAssistant, bench: Bench) -> None:
        self.hass = hass
        self.bench = bench
        self.faults: list[Exception | None] = []
        self._changed, self._ended = asyncio.Event(), asyncio.Event()

    async def start(self, flow_input: dict[str, str]) -> None:
        """Set the integration up as its owner does, and take the charger it finds."""
        integration = self.bench.device.integration
        self.entry = (await add_integration(self.hass, integration, flow_input)).entry
        self.first_runtime_data = self.entry.runtime_data
        [self.found] = find_chargers(self.hass)
        self.driver = ChargerDriver(
            self.hass,
            ChargerConfig(
                id="charger",
                device_id=self.found.device_id,
                profile=self.found.profile,
                wiring=self.bench.charger.wiring,
            ),
            lambda _: self._changed.set(),
            on_fault=self._end,
        )
        await self.driver.start()
        # What was enabled is there after a reload.
        await self.reads(lambda driver: driver.read().current is not None)

    async def reads(self, expected: Callable[[ChargerDriver], bool]) -> None:
        """Let what Home Assistant has planned come due until the driver reads it."""
        while not expected(self.driver):
            self._changed.clear()
            later = dt_util.utcnow() + timedelta(seconds=40)
            async_fire_time_changed(self.hass, later)
            with suppress(TimeoutError):
                # A poll that was under way may have read what was before.
                await asyncio.wait_for(self._changed.wait(), RETRY)
            await self.hass.async_block_till_done()

    def _end(self, _charger: str, error: Exception | None) -> None:
        self.faults.append(error)
        self._ended.set()

    async def order(self, current: float) -> None:
        """Command it, and wait for the end of that."""
        self._ended.clear()
        self.driver.command(current)
        async with asyncio.timeout(PATIENCE):
            await self._ended.wait()

    async def stop(self) -> None:
        """Let nothing be under way any more that was sent."""
        await self.driver.stop()
        under_way = [t for t in asyncio.all_tasks() if t.get_name().startswith(OURS)]
        if under_way:
            await asyncio.wait(under_way, timeout=PATIENCE)

    async def offers(self, current: float) -> None:
        """Let time pass at the charger until it offers its car so much."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self.bench.pass_time(2)
                if self.bench.charger.offered == current:
                    return
                self._ended.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._ended.wait(), RETRY)


@pytest.fixture
async def peblar_site(hass, peblar):  # noqa: F811
    site = Site(hass, peblar)
    await site.start({"host": PEBLAR_HOST, "password": peblar.device.password})
    yield site
    await site.stop()
    # The client library opens a session of its own that the integration never closes.
    for data in (site.first_runtime_data, site.entry.runtime_data):
        await data.data_coordinator.api.close()


@pytest.fixture
async def nrgkick_site(hass, nrgkick):  # noqa: F811
    site = Site(hass, nrgkick)
    await site.start(nrgkick.device.flow_input)
    yield site
    await site.stop()


@pytest.fixture
async def lektrico_site(hass, lektrico):  # noqa: F811
    site = Site(hass, lektrico)
    await site.start(lektrico.device.flow_input)
    yield site
    await site.stop()


@pytest.fixture
async def v2c_site(hass, v2c):  # noqa: F811
    site = Site(hass, v2c)
    await site.start(v2c.device.flow_input)
    yield site
    await site.stop()


@pytest.fixture
async def openevse_site(hass, openevse):  # noqa: F811
    site = Site(hass, openevse)
    await site.start(openevse.device.flow_input)
    yield site
    await site.stop()
    await hass.config_entries.async_unload(site.entry.entry_id)


POLLED = ("peblar", "nrgkick", "lektrico", "v2c")


@pytest.fixture(params=POLLED)
def polled_site(request: pytest.FixtureRequest) -> Site:
    return request.getfixturevalue(f"{request.param}_site")


@pytest.fixture(params=[*POLLED, "openevse"])
def site(request: pytest.FixtureRequest) -> Site:
    return request.getfixturevalue(f"{request.param}_site")


def status_is(status: ChargerStatus) -> Callable[[ChargerDriver], bool]:
    return lambda driver: driver.read().status is status


FOUND = {
    "peblar": (16.0, 3),
    "nrgkick": (16.0, 3),
    "openevse": (16.0, 1),
    # These two allow 32 A whatever the installation, and V2C measures no phase.
    "lektrico": (32.0, 3),
    "v2c": (32.0, None),
}


async def test_found(site: Site) -> None:
    assert site.found.profile == site.bench.device.integration
    assert (site.found.max_current, site.found.phases) == FOUND[site.found.profile]


async def test_a_cars_stay(site: Site) -> None:
    assert site.driver.read().status is ChargerStatus.DISCONNECTED

    site.bench.plug_in()
    await site.reads(status_is(ChargerStatus.WAITING))

    site.bench.pass_time(60)
    await site.reads(status_is(ChargerStatus.CHARGING))
    reading = site.driver.read()
    assert reading.current == pytest.approx(site.bench.charger.current, abs=0.1)
    assert reading.current[0] == pytest.approx(16.0, abs=0.1)
    assert reading.limit == 16.0
    assert reading.current_time == pytest.approx(site.hass.loop.time(), abs=5.0)

    await site.order(10.0)
    await site.offers(10.0)
    site.bench.pass_time(5)
    await site.reads(lambda driver: driver.read().current[0] < 11.0)
    assert site.driver.read().limit == 10.0

    site.bench.unplug()
    await site.reads(status_is(ChargerStatus.DISCONNECTED))
    assert site.driver.read().current == PhaseValues(0.0, 0.0, 0.0)


async def test_pause_and_resume(site: Site) -> None:
    site.bench.plug_in()
    site.bench.pass_time(60)
    await site.order(0.0)
    await site.offers(0.0)
    await site.reads(lambda driver: driver.read().limit == 0.0)

    await site.driver.release(6.0)
    await site.offers(6.0)


async def test_each_of_many_commands_in_a_row_is_the_chargers_limit(site: Site) -> None:
    """Faster than its integration reads back: what Home Assistant shows is old."""
    site.bench.plug_in()
    site.bench.pass_time(60)
    for current in (16.0, 10.0, 0.0):
        await site.order(current)
        await site.offers(current)
    await site.driver.release(6.0)
    await site.offers(6.0)
    await site.order(0.0)
    await site.offers(0.0)
    await site.driver.release(6.0)
    await site.order(0.0)
    await site.driver.release(6.0)
    await site.offers(6.0)


async def test_a_cut_right_after_a_resume(site: Site, leap) -> None:
    site.bench.plug_in()
    site.bench.pass_time(60)
    await site.order(0.0)
    leap(5.1)
    await site.order(16.0)
    await site.offers(16.0)
    await site.order(7.0)
    await site.offers(7.0)


async def test_a_charger_off_the_network(site: Site) -> None:
    site.bench.plug_in()
    await site.reads(status_is(ChargerStatus.WAITING))

    await site.bench.device.stop()

    await site.order(10.0)

    assert isinstance(site.faults[-1], ChargerCommandError)


async def test_a_charger_off_the_network_is_lost(polled_site: Site) -> None:
    polled_site.bench.plug_in()
    await polled_site.reads(status_is(ChargerStatus.WAITING))

    await polled_site.bench.device.stop()

    await polled_site.reads(status_is(ChargerStatus.LOST))
    assert polled_site.driver.read().current is None


async def test_what_a_charger_draws_that_is_pushed_and_falls_silent_is_not_known(
    openevse_site: Site, leap
) -> None:
    """Its entities stay available with their last figures for five minutes."""
    openevse_site.bench.plug_in()
    openevse_site.bench.pass_time(60)
    await openevse_site.reads(status_is(ChargerStatus.CHARGING))

    await openevse_site.bench.device.stop()
    leap(3 * openevse_site.driver.profile.report_interval + 1)

    reading = openevse_site.driver.read()
    assert reading.status is ChargerStatus.CHARGING
    assert reading.current is None


async def test_a_refusal_of_the_charger_reaches_the_driver(nrgkick_site: Site) -> None:
    nrgkick_site.bench.device.api_enabled = False

    await nrgkick_site.order(10.0)

    assert nrgkick_site.faults[-1].translation_key == "charger_refused"
