"""A simulated charger, its integration in Home Assistant, and the driver on top."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.amp_guard.chargers import (
    ChargerConfig,
    ChargerDriver,
    find_chargers,
)
from custom_components.amp_guard.model import ChargerStatus, PhaseValues
from tests.devices.conftest import PATIENCE, PEBLAR_HOST, Bench, add_integration

NOTHING = (STATE_UNAVAILABLE, STATE_UNKNOWN)
OURS = "Amp Guard"
"""How the names of the driver's tasks begin."""
RETRY = 0.5
"""s of real time after which the next poll is called for."""


class Site:
    """A charger, its integration, and the driver on top of both."""

    def __init__(self, hass: HomeAssistant, bench: Bench) -> None:
        self.hass = hass
        self.bench = bench
        self.entry: ConfigEntry | None = None
        self.faults: list[Exception | None] = []
        self.poll_interval = timedelta(seconds=40)
        """After this its integration has asked anew."""
        self.pass_meanwhile: Callable[[], None] = lambda: None
        """Called while something is waited for: time, at who polls by the loop's clock."""
        self._changed, self._ended = asyncio.Event(), asyncio.Event()

    async def start(self, flow_input: dict[str, str]) -> None:
        """Set the integration up as its owner does, and take the charger it finds."""
        integration = self.bench.device.integration
        self.entry = (await add_integration(self.hass, integration, flow_input)).entry
        self.first_runtime_data = self.entry.runtime_data
        await self.take()

    async def hear_of(self) -> None:
        """Wait until all is there that the device announces, and has told its figures.

        Home Assistant subscribes to them some time later: they are told until it has.
        """
        async with asyncio.timeout(2 * PATIENCE):
            while not self._has_heard():
                self.bench.device.publish()
                await asyncio.sleep(RETRY / 5)
                await self.hass.async_block_till_done()

    def _has_heard(self) -> bool:
        sensors = self.hass.states.async_all("sensor")
        all_there = len(self.hass.states.async_all()) == self.bench.device.announced
        return all_there and all(s.state not in NOTHING for s in sensors)

    async def take(self) -> None:
        """Drive the charger that is found, and wait until it is read."""
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
            later = dt_util.utcnow() + self.poll_interval
            async_fire_time_changed(self.hass, later)
            self.pass_meanwhile()
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


@asynccontextmanager
async def added(
    hass: HomeAssistant, bench: Bench, flow_input: dict[str, str] | None = None
) -> AsyncGenerator[Site]:
    """A charger whose integration was added with what its owner types."""
    site = Site(hass, bench)
    await site.start(bench.device.flow_input if flow_input is None else flow_input)
    yield site
    await site.stop()


@asynccontextmanager
async def peblar_added(hass: HomeAssistant, peblar: Bench) -> AsyncGenerator[Site]:
    """A Peblar that was added."""
    typed = {"host": PEBLAR_HOST, "password": peblar.device.password}
    async with added(hass, peblar, typed) as site:
        yield site
    # The client library opens a session of its own that the integration never closes.
    for data in (site.first_runtime_data, site.entry.runtime_data):
        await data.data_coordinator.api.close()


def status_is(status: ChargerStatus) -> Callable[[ChargerDriver], bool]:
    return lambda driver: driver.read().status is status


def draws(current: PhaseValues) -> Callable[[ChargerDriver], bool]:
    expected = pytest.approx(tuple(current), abs=0.1)
    return lambda driver: tuple(driver.read().current or ()) == expected


def shows(limit: float) -> Callable[[ChargerDriver], bool]:
    return lambda driver: driver.read().limit == limit
