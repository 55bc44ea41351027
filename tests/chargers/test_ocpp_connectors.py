"""An OCPP charge point with two connectors, on the wire: each is a charger of its own."""

from collections.abc import AsyncGenerator, Callable
import socket
from typing import override

from homeassistant.core import HomeAssistant
import pytest

from custom_components.amp_guard.chargers import (
    ChargerConfig,
    ChargerDriver,
    find_chargers,
    ocpp_limit,
)
from custom_components.amp_guard.model import ChargerStatus, PhaseValues, Supply
from simulator.car import Car
from simulator.charger import ChargerModel
from simulator.devices.ocpp import OcppChargePoint
from simulator.devices.ocpp_profiles import SmartCharging
from simulator.house import House, constant
from simulator.world import World
from tests.devices.conftest import add_integration, loopback_network  # noqa: F401 - a fixture

from .cloud_site import find_doubles
from .living_site import EAGER, LivingSite

OFFLINE_CURRENTS = (6.0, 8.0)


class Aura(LivingSite[OcppChargePoint]):
    """The charge point, its central system, and a driver for each connector."""

    step = 5
    look_interval = 0.02

    def __init__(self, hass: HomeAssistant, leap: Callable[[float], None]) -> None:
        super().__init__(hass, leap)
        self.chargers = [
            ChargerModel(id=f"connector {number}", limit=16.0) for number in (1, 2)
        ]
        house = House(constant(PhaseValues(1.0, 1.0, 1.0)))
        self.world = World(house, self.chargers, Supply(supply_max_current=63.0))
        first, second = self.chargers
        self.device = OcppChargePoint(first, second=second)
        self.devices = [self.device]

    async def start(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        await self.device.start("127.0.0.1", port)
        added = await add_integration(self.hass, "ocpp", self.device.flow_input)
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
            for found, offline_current in zip(
                find_chargers(self.hass), OFFLINE_CURRENTS, strict=True
            )
        ]
        for driver in self.drivers:
            await driver.start()
        for charger in self.chargers:
            self.world.plug_in(charger.id, Car(EAGER))
        await self.all_charge()

    async def order(self, *currents: float, valid_for: float = 240.0) -> None:
        for driver, current in zip(self.drivers, currents, strict=True):
            driver.command(current, valid_for)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    @override
    async def live(self, seconds: int) -> None:
        await super().live(seconds)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    @property
    def offered(self) -> list[float]:
        return [charger.offered for charger in self.chargers]

    @property
    def limits(self) -> list[float | None]:
        """What each connector shows."""
        return [driver.read().limit for driver in self.drivers]


@pytest.fixture
async def aura(
    hass: HomeAssistant,
    enable_custom_integrations: None,
    monkeypatch: pytest.MonkeyPatch,
    leap: Callable[[float], None],
) -> AsyncGenerator[Aura]:
    find_doubles(monkeypatch)
    aura = Aura(hass, leap)
    monkeypatch.setattr(ocpp_limit.dt_util, "utcnow", lambda: aura.device.clock)
    yield aura
    await aura.stop()


CURRENTS = ((10.0, 12.0), (16.0, 8.0), (0.0, 14.0), (9.0, 0.0), (13.0, 13.0))


@pytest.mark.parametrize("refused", [(), ("TxProfile",)], ids=["nothing", "session"])
async def test_each_connector_has_what_it_was_given(
    aura: Aura, refused: tuple[str, ...]
) -> None:
    """A profile takes the place of one with its number, whichever connector's it was."""
    aura.device.profiles.takes = SmartCharging(refused=frozenset(refused))
    await aura.start()
    await aura.order(11.0, 14.0)
    await aura.live(60)
    for currents in CURRENTS:
        await aura.order(*currents)
        await aura.comes(lambda given=currents: aura.offered == [*given])
        await aura.comes(lambda given=currents: aura.limits == [*given])

    await aura.leave()
    aura.pass_time(250)
    assert aura.offered == [*OFFLINE_CURRENTS]


async def test_one_connectors_car_goes_and_the_other_charges_on(aura: Aura) -> None:
    await aura.start()
    await aura.order(11.0, 14.0)
    await aura.live(60)

    aura.world.unplug("connector 1")
    await aura.live(30)
    assert aura.drivers[0].read().status is ChargerStatus.DISCONNECTED
    await aura.order(6.0, 15.0)
    await aura.comes(lambda: aura.offered[1] == 15.0)

    aura.world.plug_in("connector 1", Car(EAGER))
    aura.pass_time(2)
    assert aura.offered[0] == OFFLINE_CURRENTS[0]
    await aura.comes(lambda: aura.drivers[0].read().status is ChargerStatus.CHARGING)
    await aura.order(12.0, 15.0)
    await aura.comes(lambda: aura.offered == [12.0, 15.0])


async def test_what_a_charge_point_forgot_is_written_for_each_connector(
    aura: Aura,
) -> None:
    await aura.start()
    # Nobody renews it here, and to connect again takes its real time.
    await aura.order(11.0, 14.0, valid_for=1800.0)
    await aura.live(60)

    await aura.device.reboot(forgets=True)
    held = aura.device.profiles.held
    assert not held

    await aura.comes(lambda: {connector for connector, *_ in held} == {1, 2})
    await aura.comes(lambda: aura.offered == [11.0, 14.0])
    await aura.leave()
    aura.pass_time(1810)
    assert aura.offered == [*OFFLINE_CURRENTS]
