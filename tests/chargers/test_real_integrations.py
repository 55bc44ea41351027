"""The driver through Home Assistant's own integrations, unmodified.

Their real client libraries speak to simulated chargers, over HTTP or a broker; what
counts is what the charger then offers its car.
"""

from datetime import timedelta

from homeassistant import config
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.amp_guard.chargers import ChargerCommandError
from custom_components.amp_guard.model import NO_CURRENT, ChargerStatus
from tests.devices.conftest import (  # noqa: F401 - fixtures
    Bench,
    amina,
    broker,
    lektrico,
    loopback_network,
    nrgkick,
    openevse,
    peblar,
    port_forward,
    smartevse,
    v2c,
    wallbox,
)

from .site import Site, added, draws, peblar_added, status_is


@pytest.fixture
async def peblar_site(hass, peblar):  # noqa: F811
    async with peblar_added(hass, peblar) as site:
        yield site


@pytest.fixture
async def nrgkick_site(hass, nrgkick):  # noqa: F811
    async with added(hass, nrgkick) as site:
        yield site


@pytest.fixture
async def lektrico_site(hass, lektrico):  # noqa: F811
    async with added(hass, lektrico) as site:
        yield site


@pytest.fixture
async def v2c_site(hass, v2c):  # noqa: F811
    async with added(hass, v2c) as site:
        yield site


@pytest.fixture
async def wallbox_site(hass, wallbox):  # noqa: F811
    site = Site(hass, wallbox)
    site.poll_interval = timedelta(seconds=100)
    # Its cloud hears of a change some seconds later.
    site.pass_meanwhile = lambda: wallbox.pass_time(4)
    await site.start(wallbox.device.flow_input)
    yield site
    await site.stop()


@pytest.fixture
async def openevse_site(hass, openevse):  # noqa: F811
    site = Site(hass, openevse)
    await site.start(openevse.device.flow_input)
    yield site
    await site.stop()
    await hass.config_entries.async_unload(site.entry.entry_id)


@pytest.fixture
async def mqtt(hass, broker, monkeypatch):  # noqa: F811
    """Home Assistant's own MQTT integration, at the broker."""
    entry = MockConfigEntry(
        domain="mqtt", data={"broker": "127.0.0.1", "port": broker}, version=2
    )
    entry.add_to_hass(hass)
    monkeypatch.setattr(config, "load_yaml_config_file", lambda *_: {})
    assert await hass.config_entries.async_setup(entry.entry_id)
    yield
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
async def smartevse_site(hass, mqtt, smartevse):  # noqa: F811
    site = Site(hass, smartevse)
    await site.hear_of()
    await site.take()
    yield site
    await site.stop()


@pytest.fixture
async def amina_site(hass, mqtt, amina):  # noqa: F811
    site = Site(hass, amina)
    await site.hear_of()
    await site.take()
    yield site
    await site.stop()


POLLED = ("peblar", "nrgkick", "lektrico", "v2c", "wallbox")


PUSHED = ("openevse", "amina", "smartevse")


@pytest.fixture(params=[*POLLED, *PUSHED])
def site(request: pytest.FixtureRequest) -> Site:
    return request.getfixturevalue(f"{request.param}_site")


FOUND = {
    "peblar": (16.0, 3),
    "nrgkick": (16.0, 3),
    "openevse": (16.0, 1),
    # These allow 32 A whatever the installation, and two measure no phase.
    "lektrico": (32.0, 3),
    "v2c": (32.0, None),
    "wallbox": (32.0, None),
    "amina": (32.0, 3),
    "smartevse": (16.0, 3),
}


async def test_found(site: Site, request: pytest.FixtureRequest) -> None:
    assert site.found.profile == request.node.callspec.params["site"]
    assert (site.found.max_current, site.found.phases) == FOUND[site.found.profile]


async def test_a_cars_stay(site: Site) -> None:
    assert site.driver.read().status is ChargerStatus.DISCONNECTED

    site.bench.plug_in()
    await site.reads(status_is(ChargerStatus.WAITING))

    site.bench.pass_time(60)
    assert site.bench.charger.current[0] == 16.0
    await site.reads(draws(site.bench.charger.current))
    reading = site.driver.read()
    assert reading.status is ChargerStatus.CHARGING
    assert reading.limit == 16.0
    assert reading.current_time == pytest.approx(site.hass.loop.time(), abs=5.0)

    await site.order(10.0)
    await site.offers(10.0)
    site.bench.pass_time(10)
    await site.reads(draws(site.bench.charger.current))
    assert site.driver.read().current[0] < 11.0
    assert site.driver.read().limit == 10.0

    site.bench.unplug()
    await site.reads(status_is(ChargerStatus.DISCONNECTED))
    await site.reads(draws(NO_CURRENT))


async def test_pause_and_resume(site: Site) -> None:
    site.bench.plug_in()
    site.bench.pass_time(60)
    await site.reads(status_is(ChargerStatus.CHARGING))
    await site.order(0.0)
    await site.offers(0.0)
    await site.reads(lambda driver: driver.read().limit == 0.0)

    await site.driver.release(6.0)
    await site.offers(6.0)


async def test_each_of_many_commands_in_a_row_is_the_chargers_limit(site: Site) -> None:
    """Faster than its integration reads back: what Home Assistant shows is old."""
    site.bench.plug_in()
    site.bench.pass_time(60)
    await site.reads(status_is(ChargerStatus.CHARGING))
    for current in (16.0, 10.0, 0.0):
        await site.order(current)
        await site.offers(current)
    await site.driver.release(6.0)
    await site.offers(6.0)
    await site.order(0.0)
    await site.offers(0.0)
    await site.driver.release(6.0)
    await site.order(0.0)
    await site.driver.release(6.0)
    await site.offers(6.0)


async def test_a_cut_right_after_a_resume(site: Site, leap) -> None:
    site.bench.plug_in()
    site.bench.pass_time(60)
    await site.reads(status_is(ChargerStatus.CHARGING))
    await site.order(0.0)
    leap(site.driver.profile.raise_interval + 0.1)
    await site.order(16.0)
    await site.offers(16.0)
    await site.order(7.0)
    await site.offers(7.0)


@pytest.fixture(params=[*POLLED, "openevse"])
def answering_site(request: pytest.FixtureRequest) -> Site:
    """One whose integration hears whether a command was taken."""
    return request.getfixturevalue(f"{request.param}_site")


async def test_a_charger_off_the_network(answering_site: Site) -> None:
    site = answering_site
    site.bench.plug_in()
    await site.reads(status_is(ChargerStatus.WAITING))

    await site.bench.device.stop()

    await site.order(10.0)

    assert isinstance(site.faults[-1], ChargerCommandError)


@pytest.fixture(params=[*POLLED, "amina", "smartevse"])
def watched_site(request: pytest.FixtureRequest) -> Site:
    """One whose integration hears of it when its charger is gone."""
    return request.getfixturevalue(f"{request.param}_site")


async def test_a_charger_off_the_network_is_lost(watched_site: Site) -> None:
    watched_site.bench.plug_in()
    await watched_site.reads(status_is(ChargerStatus.WAITING))

    await watched_site.bench.device.stop()

    await watched_site.reads(status_is(ChargerStatus.LOST))
    assert watched_site.driver.read().current is None


async def test_what_a_charger_draws_that_is_pushed_and_falls_silent_is_not_known(
    openevse_site: Site, leap
) -> None:
    """Its entities stay available with their last figures for five minutes."""
    openevse_site.bench.plug_in()
    openevse_site.bench.pass_time(60)
    await openevse_site.reads(status_is(ChargerStatus.CHARGING))

    await openevse_site.bench.device.stop()
    leap(3 * openevse_site.driver.profile.report_interval + 1)

    reading = openevse_site.driver.read()
    assert reading.status is ChargerStatus.CHARGING
    assert reading.current is None


async def test_a_refusal_of_the_charger_reaches_the_driver(nrgkick_site: Site) -> None:
    nrgkick_site.bench.device.api_enabled = False

    await nrgkick_site.order(10.0)

    assert nrgkick_site.faults[-1].translation_key == "charger_refused"
