"""Chargers behind a simulated cloud, the double of their integration, a driver for each."""

from collections.abc import Callable
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

import custom_components
from custom_components.amp_guard.chargers import (
    ChargerConfig,
    ChargerDriver,
    find_chargers,
)
from custom_components.amp_guard.model import PhaseValues, Supply
from simulator.car import Car
from simulator.charger import ChargerModel
from simulator.devices.charger import ChargerDevice
from simulator.house import House, constant
from simulator.world import World
from tests.devices.conftest import add_integration

from .living_site import EAGER, LivingSite

DOUBLES = Path(__file__).parents[1] / "doubles" / "custom_components"


def find_doubles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant find the doubles of integrations."""
    path = [*custom_components.__path__, str(DOUBLES)]
    monkeypatch.setattr(custom_components, "__path__", path)


class CloudSite[DeviceT: ChargerDevice](LivingSite[DeviceT]):
    """The site, the network and Home Assistant."""

    def __init__(self, hass: HomeAssistant, leap: Callable[[float], None]) -> None:
        super().__init__(hass, leap)
        self.faults: list[Exception | None] = []

    async def start(
        self,
        device_of: Callable[[ChargerModel], DeviceT],
        chargers: int = 1,
        *,
        offline_current: float = 6.0,
    ) -> None:
        """Set all up, each charger with a car that draws 16 A."""
        models = [
            ChargerModel(id=f"C{number}", limit=16.0) for number in range(chargers)
        ]
        house = House(constant(PhaseValues(1.0, 1.0, 1.0)))
        self.world = World(house, models, Supply(supply_max_current=63.0))
        self.devices = [device_of(model) for model in models]
        first = self.devices[0]
        await first.start("127.0.0.1")
        added = await add_integration(self.hass, first.integration, first.flow_input)
        self.entry = added.entry
        self.drivers = [
            ChargerDriver(
                self.hass,
                ChargerConfig(
                    id=found.name,
                    device_id=found.device_id,
                    profile=found.profile,
                    connector=found.connector,
                    offline_current=offline_current,
                ),
                lambda _: None,
                on_fault=lambda _id, error: self.faults.append(error),
            )
            for found in find_chargers(self.hass)
        ]
        for driver in self.drivers:
            await driver.start()
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        for model in models:
            self.world.plug_in(model.id, Car(EAGER))
        await self.all_charge()

    async def order(self, *currents: float, valid_for: float | None = None) -> None:
        """Order each charger A."""
        for driver, current in zip(self.drivers, currents, strict=True):
            driver.command(current, valid_for if current else None)
        await self.live(5)

    @property
    def offered(self) -> list[float]:
        return [device.charger.offered for device in self.devices]
