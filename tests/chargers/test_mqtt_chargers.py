"""What chargers behind a broker do, and what the driver makes of it.

Nobody tells an MQTT client whether a command was taken: what counts is what the charger
then offers its car.
"""

import pytest

from custom_components.amp_guard.chargers import check_charger
from custom_components.amp_guard.model import ChargerStatus
from simulator.devices.amina import Amina
from tests.devices.conftest import (  # noqa: F401 - fixtures
    amina,
    broker,
    loopback_network,
    make_bench,
    smartevse,
)

from .site import Site, shows, status_is
from .test_real_integrations import amina_site, mqtt, smartevse_site  # noqa: F401


async def charge(site: Site) -> None:
    site.bench.plug_in()
    site.bench.pass_time(60)
    await site.reads(status_is(ChargerStatus.CHARGING))


# --- SmartEVSE --------------------------------------------------------------------------


async def test_an_override_that_a_reboot_took_is_written_again(
    smartevse_site: Site,  # noqa: F811
) -> None:
    site = smartevse_site
    await charge(site)
    await site.order(8.0)
    await site.offers(8.0)
    await site.reads(shows(8.0))

    await site.bench.device.reboot()

    assert site.bench.charger.max_current == 16.0
    await site.reads(lambda _: site.bench.device.override == 80)
    await site.offers(8.0)


async def test_no_override_is_its_own_maximum(smartevse_site: Site) -> None:  # noqa: F811
    site = smartevse_site
    assert site.bench.device.override == 0
    assert site.driver.read().limit == 16.0


async def test_the_check_sets_no_override(smartevse_site: Site) -> None:  # noqa: F811
    site = smartevse_site
    before = site.bench.charger.commands

    check = await check_charger(site.hass, site.driver.config)

    assert check.is_settable is None  # asking would set an override
    assert check.can_pause
    assert site.bench.charger.commands == before


async def test_what_its_owner_switched_off_is_left_off(
    smartevse_site: Site,  # noqa: F811
    leap,
) -> None:
    site = smartevse_site
    await charge(site)
    await site.hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": "select.smartevse_5001_mode", "option": "Off"},
        blocking=True,
    )
    await site.reads(lambda _: site.bench.device.mode == "Off")

    await site.order(6.0)
    leap(site.driver.profile.raise_interval + 0.1)
    await site.order(10.0)

    assert site.bench.device.mode == "Off"
    await site.offers(0.0)


async def test_a_pause_outlives_its_reboot_and_is_ended(
    smartevse_site: Site,  # noqa: F811
) -> None:
    site = smartevse_site
    await charge(site)
    await site.order(0.0)
    await site.offers(0.0)
    await site.bench.device.reboot()
    await site.reads(lambda driver: driver.read().limit == 0.0)
    assert site.bench.device.mode == "Pause"

    await site.driver.release(7.0)

    await site.offers(7.0)


# --- Amina ------------------------------------------------------------------------------


@pytest.mark.parametrize("keeps_level_while_off", [False, True])
@pytest.mark.parametrize("reports_limit", [False, True])
async def test_an_amina_is_let_on_at_its_limit(
    hass,
    mqtt,  # noqa: F811
    broker: int,  # noqa: F811
    keeps_level_while_off: bool,
    reports_limit: bool,
) -> None:
    """Off, it may have ignored what it was told; some cannot be asked for it."""
    bench = make_bench(
        lambda charger: Amina(
            charger,
            keeps_level_while_off=keeps_level_while_off,
            reports_limit=reports_limit,
        )
    )
    await bench.device.start("127.0.0.1", broker)
    site = Site(hass, bench)
    await site.hear_of()
    await site.take()
    await charge(site)
    await site.order(0.0)
    await site.offers(0.0)

    await site.driver.release(6.0)

    await site.offers(6.0)
    assert bench.device.level == 6
    await site.stop()
    await bench.device.stop()


async def test_an_amina_never_offers_more_than_it_was_told(
    amina_site: Site,  # noqa: F811
    leap,
) -> None:
    """Let on after a pause, a car would otherwise begin at the limit from before it."""
    site = amina_site
    await charge(site)
    await site.order(0.0)
    await site.offers(0.0)
    leap(site.driver.profile.raise_interval + 0.1)

    await site.order(7.0)
    await site.offers(7.0)

    assert site.bench.device.level == 7
