"""A site that lives on while its chargers are driven, until Home Assistant leaves it.

Time passes for the site and for Home Assistant alike; requests and answers are real.
"""

import asyncio
from collections.abc import Callable
from typing import ClassVar

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.amp_guard.chargers import ChargerDriver
from custom_components.amp_guard.model import ChargerStatus
from simulator.car import CarModel
from simulator.devices.charger import ChargerDevice
from simulator.world import World

LOOKS = 100
"""How often is looked for what is to come: 500 s of the site's time."""
EAGER = CarModel(
    start_delay=2.0, one_phase_first=0.0, raise_delay=1.0, energy_wh=1_000_000.0
)


class LivingSite[DeviceT: ChargerDevice]:
    """What is driven, and how it goes on. `start` of a site of its own sets it up."""

    step: ClassVar[int] = 1
    """s of the site's time that pass between two looks at what has come ..."""
    look_interval: ClassVar[float] = 0.005
    """... and s of real time, in which requests are answered."""
    world: World
    entry: ConfigEntry

    def __init__(self, hass: HomeAssistant, leap: Callable[[float], None]) -> None:
        self.hass = hass
        self.drivers: list[ChargerDriver] = []
        self.devices: list[DeviceT] = []
        self._leap = leap

    async def live(self, seconds: int) -> None:
        """Let time pass, and what comes due in it happen."""
        for _ in range(0, seconds, self.step):
            self.pass_time(self.step)
            self._leap(self.step)
            await asyncio.sleep(self.look_interval)

    async def comes(self, expected: Callable[[], bool]) -> None:
        for _ in range(LOOKS):
            if expected():
                return
            await self.live(5)
        pytest.fail("it does not come")

    async def all_charge(self) -> None:
        await self.comes(
            lambda: all(
                driver.read().status is ChargerStatus.CHARGING
                for driver in self.drivers
            )
        )

    async def leave(self) -> None:
        """End Home Assistant's part, as a power cut does."""
        for driver in self.drivers:
            await driver.stop()
        if self.drivers:
            await self.hass.config_entries.async_unload(self.entry.entry_id)
        self.drivers = []

    async def stop(self) -> None:
        """End all of it."""
        await self.leave()
        for device in self.devices:
            await device.stop()

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.world.step(1.0)
            for device in self.devices:
                device.observe(self.world.now)
