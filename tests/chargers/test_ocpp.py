"""The OCPP profile against a real charge point: OCPP 1.6J over a WebSocket.

The simulated site and the clock on the wall go together, and only when a test lets
time pass; what counts is what the charge point then offers its car.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
import socket

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

import custom_components
from custom_components.amp_guard.chargers import (
    ChargerCommandError,
    ChargerConfig,
    ChargerDriver,
    find_chargers,
)
from custom_components.amp_guard.model import ChargerStatus
from simulator.devices.ocpp import OcppChargePoint
from tests.devices.conftest import (  # noqa: F401 - fixtures
    PATIENCE,
    Bench,
    add_integration,
    loopback_network,
    make_bench,
)

DOUBLES = Path(__file__).parents[1] / "doubles" / "custom_components"
OFFLINE_CURRENT = 6.0


class ChargePointSite:
    """A charge point, its central system, and the driver on top of both."""

    def __init__(
        self,
        hass: HomeAssistant,
        bench: Bench[OcppChargePoint],
        wall_clock: FrozenDateTimeFactory,
    ) -> None:
        self.hass = hass
        self.bench = bench
        self._wall_clock = wall_clock
        self._changed = asyncio.Event()

    async def start(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        await self.bench.device.start("127.0.0.1", port)
        entities = await add_integration(
            self.hass, "ocpp", self.bench.device.flow_input
        )
        self.entry = entities.entry
        [self.found] = find_chargers(self.hass)
        self.driver = self.drive()
        await self.driver.start()

    def drive(self) -> ChargerDriver:
        return ChargerDriver(
            self.hass,
            ChargerConfig(
                id="charger",
                device_id=self.found.device_id,
                profile=self.found.profile,
                offline_current=OFFLINE_CURRENT,
            ),
            lambda _: self._changed.set(),
        )

    def pass_time(self, seconds: int) -> None:
        self.bench.pass_time(seconds)
        self._wall_clock.tick(seconds)

    async def reads(self, expected: Callable[[ChargerDriver], bool]) -> None:
        """Let the site's time pass until the driver reads it."""
        async with asyncio.timeout(PATIENCE):
            while not expected(self.driver):
                self._changed.clear()
                self.pass_time(1)
                await self._changed.wait()

    async def charging_at(self, current: float, valid_for: float | None) -> None:
        """Plug a car in and give it a current."""
        self.bench.plug_in()
        await self.reads(lambda driver: driver.read().status is ChargerStatus.WAITING)
        await self.driver.apply(current, valid_for)
        self.pass_time(60)
        await self.reads(lambda driver: driver.read().status is ChargerStatus.CHARGING)

    @property
    def purposes(self) -> list[str]:
        return [purpose for _, purpose, _ in self.bench.device.profiles.held]


@pytest.fixture
async def site(
    hass: HomeAssistant,
    enable_custom_integrations: None,
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
) -> AsyncGenerator[ChargePointSite]:
    path = [*custom_components.__path__, str(DOUBLES)]
    monkeypatch.setattr(custom_components, "__path__", path)
    site = ChargePointSite(hass, make_bench(OcppChargePoint), freezer)
    await site.start()
    yield site
    await site.driver.stop()
    await site.bench.device.stop()
    await hass.config_entries.async_unload(site.entry.entry_id)


async def test_found(site: ChargePointSite) -> None:
    assert site.found.profile == "ocpp"


async def test_it_takes_what_it_is_sent(site: ChargePointSite) -> None:
    await site.charging_at(13.0, 240.0)

    assert site.bench.charger.offered == 13.0
    assert site.bench.device.refused == []
    await site.reads(lambda driver: driver.read().limit == 13.0)
    assert site.driver.read().current == pytest.approx((13.0, 13.0, 13.0))


async def test_it_falls_back_by_itself_when_renewals_stop(
    site: ChargePointSite,
) -> None:
    await site.charging_at(13.0, 240.0)
    # Nobody is there any more: no central system, no driver.
    await site.driver.stop()
    await site.hass.config_entries.async_unload(site.entry.entry_id)
    profiles = site.purposes

    site.pass_time(170)
    assert site.bench.charger.current == pytest.approx((13.0, 13.0, 13.0))
    site.pass_time(20)
    assert site.bench.charger.current == pytest.approx((6.0, 6.0, 6.0))
    assert site.purposes == profiles


async def test_a_renewal_carries_it_further(site: ChargePointSite, leap) -> None:
    await site.charging_at(13.0, 240.0)
    site.pass_time(120)
    leap(120.0)
    await site.driver.apply(13.0, 240.0)

    site.pass_time(230)
    assert site.bench.charger.offered == 13.0
    site.pass_time(15)
    assert site.bench.charger.offered == OFFLINE_CURRENT


async def test_a_cut_replaces_the_grant(site: ChargePointSite) -> None:
    await site.charging_at(16.0, 240.0)
    await site.driver.apply(8.0, 240.0)
    site.pass_time(2)
    assert site.bench.charger.offered == 8.0

    await site.driver.apply(0.0, None)
    site.pass_time(2)
    assert site.bench.charger.offered == 0.0


async def test_the_offline_limit_holds_for_the_next_car(site: ChargePointSite) -> None:
    await site.charging_at(16.0, 240.0)
    site.bench.unplug()
    await site.reads(lambda driver: driver.read().status is ChargerStatus.DISCONNECTED)

    site.bench.plug_in()
    site.pass_time(2)
    assert site.bench.charger.offered == OFFLINE_CURRENT


async def test_a_charge_point_off_the_network(site: ChargePointSite) -> None:
    await site.charging_at(16.0, 240.0)

    await site.bench.device.stop()

    await site.reads(lambda driver: driver.read().status is ChargerStatus.LOST)
    with pytest.raises(ChargerCommandError):
        await site.driver.apply(8.0, 240.0)
