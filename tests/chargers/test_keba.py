"""A KEBA through Home Assistant's own integration and its real client library.

Datagrams: a command that is lost is lost without a word, and a charger that is gone
looks as it did last.
"""

import asyncio
from asyncio.base_events import BaseEventLoop

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from keba_kecontact.keba_protocol import KebaProtocol
import pytest

from custom_components.amp_guard.chargers import FailSafe, check_charger
from custom_components.amp_guard.model import NO_CURRENT, ChargerStatus
from simulator.devices.keba import UDP_PORT, Keba
from tests.devices.conftest import PATIENCE, loopback_network, make_bench  # noqa: F401 - a fixture

from .conftest import turns
from .site import Site, draws, shows, status_is

HOST = "127.0.0.90"
STARTING = 3.0
"""s that its library waits for the first answer."""
POLL = 5.0


class Network(dict[tuple[str, int], tuple[str, int]]):
    """Where what goes to one address is led to: both sides want the same port."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = asyncio.Event()


@pytest.fixture
def keba_network(monkeypatch: pytest.MonkeyPatch) -> Network:
    network = Network()
    connect = BaseEventLoop.create_datagram_endpoint
    receive = KebaProtocol.datagram_received

    async def lead(loop, protocol, local_addr=None, remote_addr=None, **more):
        if remote_addr in network:
            local_addr, remote_addr = ("127.0.0.1", 0), network[remote_addr]
        return await connect(loop, protocol, local_addr, remote_addr, **more)

    def datagram_received(protocol, data, addr):
        network.heard.set()
        return receive(protocol, data, addr)

    monkeypatch.setattr(BaseEventLoop, "create_datagram_endpoint", lead)
    monkeypatch.setattr(KebaProtocol, "datagram_received", datagram_received)
    # The library keeps what it heard in its class.
    monkeypatch.setattr(KebaProtocol, "data", {})
    return network


class KebaSite(Site):
    """One whose integration polls by the event loop's clock."""

    def __init__(self, hass, bench, leap) -> None:
        super().__init__(hass, bench)
        self.leap = leap
        self.pass_meanwhile = lambda: leap(POLL)


@pytest.fixture
def failsafe() -> dict[str, int | bool]:
    """What its owner has set of it: nothing, as at first."""
    return {}


@pytest.fixture
async def site(hass: HomeAssistant, keba_network, leap, failsafe):
    bench = make_bench(Keba)
    await bench.device.start("127.0.0.1")
    keba_network[HOST, UDP_PORT] = bench.device.address
    setting_up = hass.async_create_task(
        async_setup_component(hass, "keba", {"keba": {"host": HOST} | failsafe})
    )
    async with asyncio.timeout(PATIENCE):
        await keba_network.heard.wait()
    leap(STARTING)
    assert await setting_up
    await hass.async_block_till_done()
    site = KebaSite(hass, bench, leap)
    await site.take()
    # It sets its failsafe beside all that.
    await site.reads(lambda _: any("failsafe" in each for each in bench.device.heard))
    leap(1.0)
    await turns(hass)
    yield site
    await site.stop()
    handler = hass.data["keba"]
    handler._polling_task.cancel()
    handler.keba_protocol._transport.close()
    await bench.device.stop()


async def charge(site: Site) -> None:
    site.bench.plug_in()
    site.bench.pass_time(60)
    await site.reads(status_is(ChargerStatus.CHARGING))


async def test_found_without_a_device(site: Site) -> None:
    assert (site.found.profile, site.found.device_id) == ("keba", None)
    assert site.found.phases == 3
    assert site.driver.fail_safe is FailSafe.OWN_OFFLINE_LIMIT


async def test_a_cars_stay(site: Site) -> None:
    assert site.driver.read().status is ChargerStatus.DISCONNECTED
    site.bench.plug_in()
    await site.reads(status_is(ChargerStatus.WAITING))

    site.bench.pass_time(60)
    await site.reads(draws(site.bench.charger.current))
    reading = site.driver.read()
    assert (reading.status, reading.limit) == (ChargerStatus.CHARGING, 16.0)

    await site.order(10.0)
    await site.offers(10.0)
    site.bench.pass_time(10)
    await site.reads(draws(site.bench.charger.current))
    await site.reads(shows(10.0))

    site.bench.unplug()
    await site.reads(status_is(ChargerStatus.DISCONNECTED))
    await site.reads(draws(NO_CURRENT))


async def test_pause_and_resume(site: Site) -> None:
    await charge(site)
    await site.order(0.0)
    await site.offers(0.0)
    assert site.bench.device.enabled is False

    await site.driver.release(6.0)

    await site.offers(6.0)


async def test_a_cut_that_is_lost_on_its_way_is_sent_again(site: Site) -> None:
    await charge(site)
    await site.order(12.0)
    await site.offers(12.0)
    await site.reads(shows(12.0))
    site.bench.device.loses = 1
    await site.order(6.0)
    assert site.bench.device.loses == 0
    assert site.bench.charger.offered == 12.0

    def live() -> None:
        site.bench.pass_time(5)
        site.leap(POLL)

    site.pass_meanwhile = live
    await site.reads(lambda _: site.bench.device.user_current == 6.0)

    await site.offers(6.0)


async def test_what_a_charger_draws_that_is_gone_is_not_known(site: Site) -> None:
    await charge(site)
    await site.bench.device.stop()
    site.leap(3 * site.driver.profile.report_interval + 1)

    reading = site.driver.read()

    assert reading.status is ChargerStatus.CHARGING
    assert reading.current is None


@pytest.mark.parametrize("failsafe", [{"failsafe": True, "failsafe_timeout": 30}])
async def test_it_falls_back_by_itself_when_nobody_speaks_to_it(site: Site) -> None:
    """Set in its YAML; the action for it sends what the charger does not take."""
    site.bench.plug_in()
    for _ in range(6):
        site.bench.pass_time(10)
        await site.reads(lambda _: site.bench.device.silent_for == 0)
    assert site.bench.charger.current[0] == 16.0

    site.bench.pass_time(35)

    assert site.bench.charger.offered == 6.0


async def test_the_check_changes_nothing(site: Site) -> None:
    before = list(site.bench.device.heard)

    check = await check_charger(site.hass, site.driver.config)

    assert check.is_settable is None  # asking for what it has would be heard
    assert check.can_pause
    assert site.bench.device.heard == before
