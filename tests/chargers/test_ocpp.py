"""The OCPP profile against a real charge point: OCPP 1.6J over a WebSocket.

The clock on the wall is the charge point's own, which goes when a test lets time pass;
what counts is what the charge point then offers its car.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
import socket

from homeassistant.core import HomeAssistant
import pytest

import custom_components
from custom_components.amp_guard.chargers import (
    ChargerCommandError,
    ChargerConfig,
    ChargerDriver,
    actions,
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
LOOK_INTERVAL = 0.05
"""s of real time between looks at what has come."""


class ChargePointSite:
    """A charge point, its central system, and the driver on top of both."""

    def __init__(self, hass: HomeAssistant, bench: Bench[OcppChargePoint]) -> None:
        self.hass = hass
        self.bench = bench
        self.faults: list[Exception | None] = []
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

    async def order(self, current: float, valid_for: float | None = None) -> None:
        self.driver.command(current, valid_for)
        await self.hass.async_block_till_done(wait_background_tasks=True)

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
            on_fault=lambda _id, error: self.faults.append(error),
        )

    async def comes(self, expected: Callable[[], bool]) -> None:
        """Let the site's time pass, and messages on the wire, until it is so."""
        async with asyncio.timeout(PATIENCE):
            while not expected():
                self._changed.clear()
                self.bench.pass_time(5)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), LOOK_INTERVAL)

    async def reads(self, status: ChargerStatus) -> None:
        await self.comes(lambda: self.driver.read().status is status)

    async def charging_at(self, current: float, valid_for: float | None) -> None:
        """Plug a car in and give it a current."""
        self.bench.plug_in()
        await self.reads(ChargerStatus.WAITING)
        await self.order(current, valid_for)
        await self.comes(lambda: "TxProfile" in self.purposes)
        await self.comes(lambda: self.bench.charger.offered == current)
        await self.reads(ChargerStatus.CHARGING)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    def pass_time_until(self, time: float) -> None:
        self.bench.pass_time(round(time - self.bench.world.now))

    @property
    def granted_at(self) -> float:
        """The site's time (s) from which the present grant counts."""
        device = self.bench.device
        [profile] = (
            profile
            for (_, purpose, _), profile in device.profiles.held.items()
            if purpose == "TxProfile"
        )
        start = profile["charging_schedule"]["start_schedule"]
        return (datetime.fromisoformat(start) - device.epoch).total_seconds()

    @property
    def purposes(self) -> list[str]:
        return [purpose for _, purpose, _ in self.bench.device.profiles.held]


@pytest.fixture
async def site(
    hass: HomeAssistant,
    enable_custom_integrations: None,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[ChargePointSite]:
    path = [*custom_components.__path__, str(DOUBLES)]
    monkeypatch.setattr(custom_components, "__path__", path)
    bench = make_bench(OcppChargePoint)
    monkeypatch.setattr(actions.dt_util, "utcnow", lambda: bench.device.clock)
    site = ChargePointSite(hass, bench)
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
    await site.comes(lambda: site.driver.read().limit == 13.0)
    await site.comes(lambda: site.driver.read().current == (13.0, 13.0, 13.0))


async def test_it_falls_back_by_itself_when_renewals_stop(
    site: ChargePointSite,
) -> None:
    await site.charging_at(13.0, 240.0)
    # Nobody is there any more: no central system, no driver.
    await site.driver.stop()
    await site.hass.config_entries.async_unload(site.entry.entry_id)
    profiles = site.purposes

    site.pass_time_until(site.granted_at + 235)
    assert site.bench.charger.current == pytest.approx((13.0, 13.0, 13.0))
    site.pass_time_until(site.granted_at + 245)
    assert site.bench.charger.current == pytest.approx((6.0, 6.0, 6.0))
    assert site.purposes == profiles


async def test_a_renewal_carries_it_further(site: ChargePointSite, leap) -> None:
    await site.charging_at(13.0, 240.0)
    granted_at = site.granted_at
    site.pass_time_until(granted_at + 200)
    leap(site.driver.profile.command_lag)
    await site.order(13.0, 240.0)
    await site.comes(lambda: site.granted_at > granted_at)

    site.pass_time_until(granted_at + 435)
    assert site.bench.charger.offered == 13.0
    site.pass_time_until(granted_at + 450)
    assert site.bench.charger.offered == OFFLINE_CURRENT


async def test_a_cut_replaces_the_grant(site: ChargePointSite) -> None:
    await site.charging_at(16.0, 240.0)
    await site.order(8.0, 240.0)
    site.bench.pass_time(2)
    assert site.bench.charger.offered == 8.0

    await site.order(0.0, None)
    site.bench.pass_time(2)
    assert site.bench.charger.offered == 0.0


async def test_the_offline_limit_holds_for_the_next_car(site: ChargePointSite) -> None:
    await site.charging_at(16.0, 240.0)
    site.bench.unplug()
    await site.reads(ChargerStatus.DISCONNECTED)

    site.bench.plug_in()
    site.bench.pass_time(2)
    assert site.bench.charger.offered == OFFLINE_CURRENT


async def test_a_charge_point_off_the_network(site: ChargePointSite) -> None:
    await site.charging_at(16.0, 240.0)

    await site.bench.device.stop()

    await site.reads(ChargerStatus.LOST)
    await site.order(8.0, 240.0)
    assert isinstance(site.faults[-1], ChargerCommandError)
    assert site.driver.commanded().may_hold == 16.0
