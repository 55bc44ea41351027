"""Easee chargers by a double of their integration, against their maker's simulated cloud.

The double drops what is equal to what the stream told last, logs what the cloud refuses,
and leaves its sensors disabled at first. What counts is what chargers then offer.
"""

from collections.abc import AsyncGenerator, Callable
from http import HTTPStatus

from homeassistant.core import HomeAssistant
import pytest

from custom_components.amp_guard.chargers import FailSafe, TroubleKind, check_charger
from simulator.devices.easee import EaseeCharger, EaseeCircuit, EaseeCloud
from tests.devices.conftest import loopback_network  # noqa: F401 - a fixture

from .cloud_site import CloudSite, find_doubles

VALID_FOR = 240.0
"""s for which a limit is given, by whoever renews it."""


class Garage(CloudSite[EaseeCharger]):
    """Chargers on one circuit."""

    def __init__(self, hass: HomeAssistant, leap: Callable[[float], None]) -> None:
        super().__init__(hass, leap)
        self.cloud = EaseeCloud()
        self.circuit = EaseeCircuit(number=77)

    async def charge(self, chargers: int = 1, *, offline_current: float = 6.0) -> None:
        await self.start(
            lambda charger: EaseeCharger(
                charger,
                serial_number=charger.id,
                cloud=self.cloud,
                circuit=self.circuit,
            ),
            chargers,
            offline_current=offline_current,
        )

    async def give(self, *currents: float) -> None:
        await self.order(*currents, valid_for=VALID_FOR)


@pytest.fixture
async def garage(
    hass: HomeAssistant,
    enable_custom_integrations: None,
    monkeypatch: pytest.MonkeyPatch,
    leap: Callable[[float], None],
) -> AsyncGenerator[Garage]:
    find_doubles(monkeypatch)
    garage = Garage(hass, leap)
    yield garage
    await garage.stop()


@pytest.mark.parametrize("stored", [9.0, 10.0, 16.0])
async def test_whatever_is_stored_its_limit_ends_by_itself(
    garage: Garage, stored: float
) -> None:
    """What is equal would be dropped, with its time to live."""
    garage.circuit.dynamic = [stored] * 3
    await garage.charge()

    await garage.give(10.0)
    await garage.comes(lambda: 9.0 <= garage.offered[0] <= 10.0)
    await garage.leave()

    garage.pass_time(200)
    assert 9.0 <= garage.offered[0] <= 10.0
    garage.pass_time(60)
    assert garage.offered == [6.0]


async def test_what_is_renewed_never_ends(garage: Garage) -> None:
    await garage.charge()
    for _ in range(8):
        await garage.give(10.0)
        await garage.live(120)
        assert 9.0 <= garage.offered[0] <= 10.0


@pytest.mark.parametrize("given", [6.0, 10.0])
async def test_the_least_is_never_raised_by_its_own_end(
    garage: Garage, given: float
) -> None:
    """Its offline limit is more: a renewal that is dropped would end in that."""
    await garage.charge(offline_current=16.0)
    await garage.give(16.0)
    await garage.live(60)
    for _ in range(8):
        await garage.give(given)
        await garage.live(120)
        assert garage.offered == [given]

    await garage.leave()
    garage.pass_time(600)
    assert garage.offered == [given]


async def test_two_on_one_circuit_have_what_each_is_given(garage: Garage) -> None:
    await garage.charge(2)
    for currents in ((10.0, 8.0), (6.0, 12.0), (16.0, 0.0), (8.0, 8.0), (0.0, 0.0)):
        await garage.give(*currents)
        await garage.live(60)
        for offered, current in zip(garage.offered, currents, strict=True):
            assert current - 1.0 <= offered <= current

    await garage.give(10.0, 8.0)
    await garage.live(60)
    await garage.leave()
    garage.pass_time(420)
    assert garage.offered == [6.0, 6.0]


async def test_a_login_that_ended_is_renewed(garage: Garage) -> None:
    await garage.charge()
    garage.cloud.revoke_tokens()

    await garage.give(10.0)

    await garage.comes(lambda: garage.offered[0] <= 10.0)


async def test_a_cloud_that_refuses_is_told(garage: Garage) -> None:
    """The integration logs it, and nothing more: what it shows tells."""
    await garage.charge()
    garage.cloud.refusal = HTTPStatus.FORBIDDEN
    for _ in range(4):
        await garage.give(10.0)
        await garage.live(60)

    [driver] = garage.drivers
    assert garage.offered == [16.0]
    trouble = driver.trouble(driver.read())
    assert trouble is not None
    assert (trouble.kind, trouble.state) == (TroubleKind.OVERRULED, "16.0")
    assert driver.commanded().may_hold == 16.0


async def test_the_check_says_what_it_cannot_try(garage: Garage) -> None:
    await garage.charge()
    [driver] = garage.drivers
    asked = len(garage.cloud.requests)

    check = await check_charger(garage.hass, driver.config)

    assert (check.is_settable, check.can_pause, check.fail_safe) == (None, None, None)
    assert len(garage.cloud.requests) == asked
    await garage.give(10.0)
    await garage.live(120)
    check = await check_charger(garage.hass, driver.config, driver)
    assert (check.is_settable, check.can_pause) == (True, True)
    assert check.fail_safe is FailSafe.EXPIRING_LIMIT
