"""Easee chargers by a double of their integration, against their maker's simulated cloud.

The double drops what is equal to what the stream told last, logs what the cloud refuses,
and leaves its sensors disabled at first. What counts is what chargers then offer.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from http import HTTPStatus
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

import custom_components
from custom_components.amp_guard.chargers import (
    ChargerConfig,
    ChargerDriver,
    FailSafe,
    TroubleKind,
    check_charger,
    find_chargers,
)
from custom_components.amp_guard.model import ChargerStatus, PhaseValues, Supply
from simulator.car import Car, CarModel
from simulator.charger import ChargerModel
from simulator.devices.easee import EaseeCharger, EaseeCircuit, EaseeCloud
from simulator.house import House, constant
from simulator.world import World
from tests.devices.conftest import add_integration, loopback_network  # noqa: F401 - fixtures

DOUBLES = Path(__file__).parents[1] / "doubles" / "custom_components"
LOOK_INTERVAL = 0.02
"""s of real time between looks at what has come."""
LOOKS = 100
"""How often is looked for what is to come: 500 s of the site's time."""
EAGER = CarModel(start_delay=2.0, one_phase_first=0.0, raise_delay=1.0)


class Garage:
    """Chargers on one circuit, the cloud, Home Assistant, and a driver for each."""

    def __init__(self, hass: HomeAssistant, leap: Callable[[float], None]) -> None:
        self.hass = hass
        self.cloud = EaseeCloud()
        self.circuit = EaseeCircuit(number=77)
        self.drivers: list[ChargerDriver] = []
        self._leap = leap

    async def start(self, chargers: int, *, offline_current: float = 6.0) -> None:
        models = [
            ChargerModel(id=f"EH{number}", limit=16.0, command_lag=0.0)
            for number in range(chargers)
        ]
        house = House(constant(PhaseValues(1.0, 1.0, 1.0)))
        self.world = World(house, models, Supply(supply_max_current=63.0))
        self.devices = [
            EaseeCharger(
                model,
                serial_number=model.id,
                cloud=self.cloud,
                circuit=self.circuit,
            )
            for model in models
        ]
        await self.devices[0].start("127.0.0.1")
        added = await add_integration(self.hass, "easee", self.devices[0].flow_input)
        self.entry = added.entry
        self.drivers = [
            ChargerDriver(
                self.hass,
                ChargerConfig(
                    id=found.name,
                    device_id=found.device_id,
                    profile=found.profile,
                    offline_current=offline_current,
                ),
                lambda _: None,
            )
            for found in find_chargers(self.hass)
        ]
        for driver in self.drivers:
            await driver.start()
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        for model in models:
            self.world.plug_in(model.id, Car(EAGER))
        await self.comes(
            lambda: all(
                driver.read().status is ChargerStatus.CHARGING
                for driver in self.drivers
            )
        )

    async def order(self, *currents: float) -> None:
        """Order each charger A, as whoever balances them renews it."""
        for driver, current in zip(self.drivers, currents, strict=True):
            driver.command(current, 240.0 if current else None)
        await self.live(5)

    async def live(self, seconds: int) -> None:
        """Let time pass for the site and for Home Assistant alike."""
        for _ in range(seconds // 5):
            self.pass_time(5)
            self._leap(5.0)
            await asyncio.sleep(LOOK_INTERVAL)
            await self.hass.async_block_till_done()

    async def comes(self, expected: Callable[[], bool]) -> None:
        for _ in range(LOOKS):
            if expected():
                return
            await self.live(5)
        pytest.fail("it does not come")

    async def leave(self) -> None:
        """End Home Assistant's part, as a power cut does."""
        for driver in self.drivers:
            await driver.stop()
        if self.drivers:
            await self.hass.config_entries.async_unload(self.entry.entry_id)
        self.drivers = []

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.world.step(1.0)
            for device in self.devices:
                device.observe(self.world.now)

    @property
    def offered(self) -> list[float]:
        return [device.charger.offered for device in self.devices]

    @property
    def set_circuit(self) -> list[tuple[int, int]]:
        """What its circuit was told: A, and for how many min."""
        return [
            (sent["phase1"], sent["timeToLive"])
            for _, path, sent in self.cloud.requests
            if path.endswith("dynamicCurrent")
        ]


@pytest.fixture
async def garage(
    hass: HomeAssistant,
    enable_custom_integrations: None,
    monkeypatch: pytest.MonkeyPatch,
    leap: Callable[[float], None],
) -> AsyncGenerator[Garage]:
    path = [*custom_components.__path__, str(DOUBLES)]
    monkeypatch.setattr(custom_components, "__path__", path)
    garage = Garage(hass, leap)
    yield garage
    await garage.leave()
    await garage.devices[0].stop()


@pytest.mark.parametrize("stored", [9.0, 10.0, 16.0])
async def test_whatever_is_stored_its_limit_ends_by_itself(
    garage: Garage, stored: float
) -> None:
    """What is equal would be dropped, with its time to live."""
    garage.circuit.dynamic = [stored] * 3
    await garage.start(1)

    await garage.order(10.0)
    await garage.comes(lambda: 9.0 <= garage.offered[0] <= 10.0)
    await garage.leave()

    garage.pass_time(235)
    assert 9.0 <= garage.offered[0] <= 10.0
    garage.pass_time(10)
    assert garage.offered == [6.0]


async def test_what_is_renewed_never_ends(garage: Garage) -> None:
    await garage.start(1)
    for _ in range(8):
        await garage.order(10.0)
        await garage.live(120)
        assert 9.0 <= garage.offered[0] <= 10.0


@pytest.mark.parametrize("given", [6.0, 10.0])
async def test_the_least_is_never_raised_by_its_own_end(
    garage: Garage, given: float
) -> None:
    """Its offline limit is more: a renewal that is dropped would end in that."""
    await garage.start(1, offline_current=16.0)
    await garage.order(16.0)
    await garage.live(60)
    for _ in range(8):
        await garage.order(given)
        await garage.live(120)
        assert garage.offered == [given]

    await garage.leave()
    garage.pass_time(600)
    assert garage.offered == [given]


async def test_two_on_one_circuit_have_what_each_is_given(garage: Garage) -> None:
    await garage.start(2)
    for currents in ((10.0, 8.0), (6.0, 12.0), (16.0, 0.0), (8.0, 8.0), (0.0, 0.0)):
        await garage.order(*currents)
        await garage.live(60)
        for offered, current in zip(garage.offered, currents, strict=True):
            assert current - 1.0 <= offered <= current

    await garage.order(10.0, 8.0)
    await garage.live(60)
    await garage.leave()
    garage.pass_time(420)
    assert garage.offered == [6.0, 6.0]


async def test_a_login_that_ended_is_renewed(garage: Garage) -> None:
    await garage.start(1)
    garage.cloud.revoke_tokens()

    await garage.order(10.0)

    await garage.comes(lambda: garage.offered[0] <= 10.0)


async def test_a_cloud_that_refuses_is_told(garage: Garage) -> None:
    """The integration logs it, and nothing more: what it shows tells."""
    await garage.start(1)
    garage.cloud.refusal = HTTPStatus.FORBIDDEN
    for _ in range(4):
        await garage.order(10.0)
        await garage.live(60)

    [driver] = garage.drivers
    assert garage.offered == [16.0]
    trouble = driver.trouble(driver.read())
    assert trouble is not None
    assert (trouble.kind, trouble.state) == (TroubleKind.OVERRULED, "16.0")
    assert driver.commanded().may_hold == 16.0


async def test_the_check_says_what_it_cannot_try(garage: Garage) -> None:
    await garage.start(1)
    [driver] = garage.drivers
    asked = len(garage.cloud.requests)

    check = await check_charger(garage.hass, driver.config)

    assert (check.is_settable, check.can_pause, check.fail_safe) == (None, None, None)
    assert len(garage.cloud.requests) == asked
    await garage.order(10.0)
    await garage.live(120)
    check = await check_charger(garage.hass, driver.config, driver)
    assert (check.is_settable, check.can_pause) == (True, True)
    assert check.fail_safe is FailSafe.EXPIRING_LIMIT
