"""Setting chargers to one phase and to all, through Home Assistant's own integrations."""

import pytest

from custom_components.amp_guard.model import ChargerStatus, PhaseValues
from tests.devices.conftest import (  # noqa: F401 - fixtures
    amina,
    broker,
    lektrico,
    loopback_network,
    nrgkick,
    peblar,
    port_forward,
    smartevse,
)

from .site import Site, added, draws, peblar_added, status_is
from .test_real_integrations import amina_site, mqtt  # noqa: F401 - fixtures

ON_ONE = PhaseValues(16.0, 0.0, 0.0)
ON_ALL = PhaseValues(16.0, 16.0, 16.0)


@pytest.fixture
async def peblar_site(hass, peblar):  # noqa: F811
    peblar.device.force_1_phase_allowed = True
    async with peblar_added(hass, peblar) as site:
        yield site


@pytest.fixture
async def nrgkick_site(hass, nrgkick):  # noqa: F811
    nrgkick.device.may_switch_phases = True
    async with added(hass, nrgkick) as site:
        yield site


@pytest.fixture
async def lektrico_site(hass, lektrico):  # noqa: F811
    async with added(hass, lektrico) as site:
        yield site


@pytest.fixture
async def smartevse_site(hass, mqtt, smartevse):  # noqa: F811
    smartevse.device.second_contactor = "Auto"
    site = Site(hass, smartevse)
    await site.hear_of()
    await site.take()
    yield site
    await site.stop()


@pytest.fixture(params=["peblar", "nrgkick", "lektrico", "amina", "smartevse"])
def site(request: pytest.FixtureRequest) -> Site:
    return request.getfixturevalue(f"{request.param}_site")


async def charging(site: Site) -> None:
    """Let a car charge on all phases."""
    site.bench.plug_in()
    site.bench.pass_time(60)
    await site.reads(status_is(ChargerStatus.CHARGING))
    await site.order(16.0)
    site.bench.pass_time(60)
    await site.reads(draws(ON_ALL))


async def switch(site: Site, phases: int) -> None:
    """Pause it and set it, as the law does: until it shows that it is set."""
    site.driver.command(0.0, phases=phases)

    def is_set(driver) -> bool:
        site.bench.pass_time(2)
        return driver.read().phases_set == phases

    await site.reads(is_set)
    site.driver.command(0.0)


async def test_it_is_set_to_one_phase_and_back(site: Site, leap) -> None:
    await charging(site)
    assert site.driver.can_switch_phases
    assert site.driver.read().phases_set == 3
    charger = site.bench.charger

    for phases, drawn in ((1, ON_ONE), (3, ON_ALL)):
        await switch(site, phases)
        site.bench.pass_time(30)
        assert charger.offered == 0.0
        leap(120.0)  # what it shows is of now, and nothing is tried again
        await site.reads(lambda driver: driver.read().limit == 0.0)
        site.driver.command(16.0)
        await site.offers(16.0)
        site.bench.pass_time(60)
        await site.reads(draws(drawn))

    assert charger.switched_under_load == 0


async def test_it_is_not_set_while_it_is_to_charge(site: Site) -> None:
    await charging(site)
    site.driver.command(16.0, phases=1)
    site.bench.pass_time(60)
    await site.reads(draws(ON_ALL))
    assert site.bench.charger.phases_set == 3


async def test_a_refusal_is_told_and_it_goes_on_as_it_was(nrgkick_site: Site) -> None:
    site = nrgkick_site
    site.bench.device.may_switch_phases = False
    await charging(site)
    site.faults.clear()

    site.driver.command(0.0, phases=1)

    def is_told(_driver) -> bool:
        site.bench.pass_time(2)
        return any(site.faults)

    await site.reads(is_told)
    assert site.driver.trouble(site.driver.read()).kind == "refusing"
    site.driver.command(0.0)
    assert site.driver.trouble(site.driver.read()) is None
    site.driver.command(16.0)
    await site.offers(16.0)


async def test_a_peblar_that_may_not_be_set_has_no_choice(hass, peblar) -> None:  # noqa: F811
    async with peblar_added(hass, peblar) as site:
        assert not site.driver.can_switch_phases
        assert site.driver.read().phases_set is None
