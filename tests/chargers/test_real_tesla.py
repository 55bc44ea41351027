"""A Tesla through Home Assistant's own Tessie integration, its libraries and a cloud."""

import aiohttp
from homeassistant.core import HomeAssistant
import pytest
from yarl import URL

from custom_components.amp_guard.chargers import check_charger
from custom_components.amp_guard.model import ChargerStatus, Phase
from simulator.devices.tesla import Tesla
from tests.devices.conftest import loopback_network, make_bench  # noqa: F401 - a fixture

from .site import Site, draws, shows, status_is

CLOUD = "api.tessie.com"
SOMEWHERE = (55.6, 13.0)


@pytest.fixture
async def site(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch):
    """A car at home, on one phase: its cloud is on this machine."""
    home = (hass.config.latitude, hass.config.longitude)
    bench = make_bench(lambda charger: Tesla(charger, place=home), (Phase.L1,))
    await bench.device.start("127.0.0.1")
    host, port = bench.device.address.split(":")
    request = aiohttp.ClientSession._request

    async def lead(session, method, url, **more):
        url = URL(url)
        if url.host == CLOUD:
            url = url.with_scheme("http").with_host(host).with_port(int(port))
        return await request(session, method, url, **more)

    monkeypatch.setattr(aiohttp.ClientSession, "_request", lead)
    site = Site(hass, bench)
    await site.start(bench.device.flow_input)
    yield site
    await site.stop()
    await hass.config_entries.async_unload(site.entry.entry_id)
    await bench.device.stop()


async def charge(site: Site) -> None:
    site.bench.plug_in()
    site.bench.pass_time(60)
    await site.reads(status_is(ChargerStatus.CHARGING))


async def go(site: Site, place: tuple[float, float]) -> None:
    site.bench.device.place = place
    entity_id = site.driver._entities.entity_id("location")
    expected = "not_home" if place == SOMEWHERE else "home"
    await site.reads(lambda _: site.hass.states.get(entity_id).state == expected)


async def test_found(site: Site) -> None:
    assert (site.found.profile, site.found.phases) == ("tessie", 1)
    assert site.found.max_current == 16.0


async def test_a_cars_stay(site: Site) -> None:
    assert site.driver.read().status is ChargerStatus.DISCONNECTED
    await charge(site)
    await site.reads(draws(site.bench.charger.current))

    await site.order(10.0)
    await site.offers(10.0)
    site.bench.pass_time(5)
    await site.reads(draws(site.bench.charger.current))
    assert site.driver.read().limit == 10.0

    site.bench.unplug()
    await site.reads(status_is(ChargerStatus.DISCONNECTED))


async def test_our_own_pause_is_ended_by_us(site: Site) -> None:
    await charge(site)
    await site.order(0.0)
    await site.offers(0.0)
    await site.reads(shows(0.0))

    await site.driver.release(7.0)

    await site.offers(7.0)


async def test_a_car_that_charges_elsewhere_is_left_alone(site: Site) -> None:
    await charge(site)
    await go(site, SOMEWHERE)
    site.bench.device.told.clear()
    assert site.driver.read().status is ChargerStatus.DISCONNECTED

    site.driver.command(6.0)
    site.driver.command(0.0)
    await site.driver.release(6.0)

    assert site.bench.device.told == []
    assert site.bench.charger.offered == 16.0


async def test_it_is_limited_when_it_is_home_again(site: Site) -> None:
    await charge(site)
    await go(site, SOMEWHERE)
    site.driver.command(8.0)

    site.bench.device.place = (
        site.hass.config.latitude,
        site.hass.config.longitude,
    )

    await site.reads(lambda _: site.bench.device.amps == 8)
    await site.offers(8.0)


async def test_its_own_schedule_is_not_overridden(site: Site, leap) -> None:
    site.bench.plug_in()
    site.bench.device.wait_for_schedule()
    await site.reads(status_is(ChargerStatus.WAITING))

    for current in (16.0, 12.0):
        await site.order(current)
        leap(site.driver.profile.raise_interval + 0.1)
    await site.order(14.0)

    assert "start_charging" not in site.bench.device.told
    assert site.bench.device.scheduled
    assert site.driver.read().user_limit is None


async def test_a_car_that_refuses_is_told_of(site: Site) -> None:
    await charge(site)
    site.bench.device.refuses = "could_not_wake_buses"

    await site.order(10.0)

    assert site.faults[-1].translation_key == "charger_refused"
    assert site.bench.charger.offered == 16.0


@pytest.mark.parametrize("place", ["home", "elsewhere"])
async def test_the_check_changes_nothing(site: Site, place: str) -> None:
    await charge(site)
    if place == "elsewhere":
        await go(site, SOMEWHERE)
    site.bench.device.told.clear()

    check = await check_charger(site.hass, site.driver.config)

    # One that is elsewhere is left alone.
    assert check.is_settable is (True if place == "home" else None)
    assert site.bench.charger.offered == 16.0
    expected = ["set_charging_amps"] if place == "home" else []
    assert site.bench.device.told == expected
