"""Charge Amps by a double of their integration, against their maker's simulated cloud.

The double polls each 30 s, and anew within each command; it notes what is set before it
sends that, and does not renew a token before its own end.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Callable
from http import HTTPStatus

from homeassistant.core import HomeAssistant
import pytest

from custom_components.amp_guard.chargers.actions import ChargerBusyError
from custom_components.amp_guard.model import ChargerStatus
from simulator.charger import ChargerModel
from simulator.devices.chargeamps import ChargeAmpsCloud, ChargeAmpsConnector
from tests.devices.conftest import loopback_network  # noqa: F401 - a fixture

from .cloud_site import CloudSite, find_doubles

AURA = "2209042222A"
POLL = 30
"""s between two times that the integration asks by itself."""


class Carport(CloudSite[ChargeAmpsConnector]):
    """One charge point; each connector is a charger."""

    def __init__(self, hass: HomeAssistant, leap: Callable[[float], None]) -> None:
        super().__init__(hass, leap)
        self.cloud = ChargeAmpsCloud()

    async def charge(self, connectors: int = 1) -> None:
        def device_of(charger: ChargerModel) -> ChargeAmpsConnector:
            number = len(self.cloud.connectors) + 1
            return ChargeAmpsConnector(
                charger, serial_number=AURA, connector=number, cloud=self.cloud
            )

        await self.start(device_of, connectors)
        self.cloud.requests.clear()

    def asked(self, method: str) -> int:
        """Return how often since the start."""
        return Counter(method for method, _, _ in self.cloud.requests)[method]

    @property
    def may_hold(self) -> float | None:
        return self.drivers[0].commanded().may_hold

    @property
    def shown(self) -> float | None:
        return self.drivers[0].read().limit


@pytest.fixture
async def carport(
    hass: HomeAssistant,
    enable_custom_integrations: None,
    monkeypatch: pytest.MonkeyPatch,
    leap: Callable[[float], None],
) -> AsyncGenerator[Carport]:
    find_doubles(monkeypatch)
    carport = Carport(hass, leap)
    yield carport
    await carport.stop()


async def test_a_slow_cloud_is_waited_for(carport: Carport) -> None:
    carport.cloud.latency, carport.cloud.latency_of_sessions = 0.8, 4.0
    await carport.charge()
    for current in (10.0, 0.0, 16.0, 0.0, 8.0):
        await carport.order(current)
        await carport.comes(lambda given=current: carport.offered == [given])
        await carport.comes(lambda given=current: carport.shown == given)
        await carport.comes(lambda given=current: carport.may_hold == given)


@pytest.mark.parametrize("latency", [0.0, 0.8])
@pytest.mark.parametrize(
    "error", [HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.TOO_MANY_REQUESTS]
)
async def test_a_resume_that_fails_once_is_sent_again(
    carport: Carport, error: HTTPStatus, latency: float
) -> None:
    await carport.charge()
    await carport.order(0.0)
    await carport.comes(lambda: carport.shown == 0.0)
    carport.cloud.latency = latency
    failed: list[str] = []

    def once(method: str, path: str) -> HTTPStatus | None:
        if method != "PUT" or failed:
            return None
        failed.append(path)
        return error

    carport.cloud.failing = once
    await carport.live(POLL)
    await carport.order(16.0)
    assert failed
    assert carport.offered == [0.0]
    # It may hold all the same, but nothing says so.
    assert carport.may_hold == 16.0
    await carport.live(POLL)
    await carport.comes(lambda: carport.offered == [16.0])
    await carport.comes(lambda: carport.shown == 16.0)


async def test_what_failed_is_not_shown_as_in_force(carport: Carport) -> None:
    """The integration has noted it all the same, until it polls."""
    await carport.charge()
    carport.cloud.failing = lambda method, _: (
        HTTPStatus.INTERNAL_SERVER_ERROR if method == "PUT" else None
    )
    for _ in range(6):
        await carport.order(8.0)
        await carport.live(25)
        assert carport.offered == [16.0]
        assert carport.may_hold == 16.0

    carport.cloud.failing = lambda *_: None
    await carport.live(90)
    assert carport.offered == [8.0]


async def test_a_cloud_that_was_asked_too_often_is_asked_less(carport: Carport) -> None:
    await carport.charge()
    carport.cloud.failing = lambda method, _: (
        HTTPStatus.TOO_MANY_REQUESTS if method == "PUT" else None
    )
    await carport.order(8.0)
    assert isinstance(carport.faults[-1], ChargerBusyError)
    for _ in range(60):
        await carport.order(8.0)
    # For a cut: after 15 s, 20, 40, then each minute.
    assert carport.asked("PUT") <= 8

    carport.cloud.failing = lambda *_: None
    await carport.live(60)
    assert carport.offered == [8.0]


async def test_a_cloud_that_answers_nobody_is_waited_for(carport: Carport) -> None:
    """Its integration tells nothing then, and nothing can be sent through it."""
    await carport.charge()
    await carport.order(10.0)
    await carport.comes(lambda: carport.shown == 10.0)
    carport.cloud.failing = lambda *_: HTTPStatus.TOO_MANY_REQUESTS
    [driver] = carport.drivers
    await carport.comes(lambda: driver.read().status is ChargerStatus.LOST)
    carport.cloud.requests.clear()
    for _ in range(60):
        driver.ask()
        await carport.order(6.0)
    # A poll that fails ends with its first request.
    assert len(carport.cloud.requests) <= 2 * 300 / POLL + 1
    assert carport.offered == [10.0]
    assert carport.may_hold == 10.0

    carport.cloud.failing = lambda *_: None
    await carport.live(2 * POLL)
    assert carport.offered == [6.0]


async def test_a_token_that_is_taken_no_longer(carport: Carport) -> None:
    """It is not renewed before its own end; then all goes on by itself."""
    carport.cloud.token_life = 1.0
    await carport.charge()
    carport.cloud.revoke_tokens()
    carport.cloud.token_life = 3600.0

    await carport.order(8.0)
    await carport.comes(lambda: carport.offered == [8.0])
    await carport.comes(lambda: carport.shown == 8.0)


async def test_it_is_not_asked_more_than_its_maker_bears(carport: Carport) -> None:
    """Keys that ask too often were blocked; its fuse may be tight for hours."""
    await carport.charge(connectors=2)
    for _ in range(300):
        for driver in carport.drivers:
            driver.ask()
        await carport.live(1)

    polls = [path for _, path, _ in carport.cloud.requests if path.endswith("/owned")]
    assert len(polls) <= 2 * 300 / POLL + 1


async def test_each_connector_has_its_own(carport: Carport) -> None:
    await carport.charge(connectors=2)
    for currents in ((10.0, 0.0), (0.0, 16.0), (6.0, 8.0)):
        await carport.order(*currents)
        await carport.comes(lambda given=currents: carport.offered == [*given])
    assert [device.mode for device in carport.devices] == ["On", "On"]


async def test_a_mode_that_its_owner_has_set_stays(carport: Carport) -> None:
    await carport.charge()
    for mode in ("Schedule", "Off"):
        carport.devices[0].set(mode=mode, max_current=16.0)
        await carport.live(2 * POLL)
        for current in (0.0, 10.0):
            await carport.order(current)
            await carport.live(POLL)
            assert carport.devices[0].mode == mode
            assert carport.devices[0].max_current == current
