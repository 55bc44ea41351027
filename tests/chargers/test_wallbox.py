"""A Wallbox through Home Assistant's own integration, its client library and a cloud.

The cloud says yes before the charger has heard, and tells of it some time later.
"""

import pytest

from custom_components.amp_guard.chargers.actions import ChargerBusyError
from custom_components.amp_guard.model import ChargerStatus
from tests.devices.conftest import loopback_network, wallbox  # noqa: F401 - fixtures

from .site import Site, shows, status_is
from .test_real_integrations import wallbox_site  # noqa: F401 - a fixture


@pytest.fixture
async def site(wallbox_site: Site) -> Site:  # noqa: F811
    wallbox_site.bench.plug_in()
    wallbox_site.bench.pass_time(60)
    await wallbox_site.reads(status_is(ChargerStatus.CHARGING))
    return wallbox_site


async def test_without_the_right_to_pause_it_is_told_its_least(site: Site) -> None:
    """Only the pause is refused: the limit has its own rights."""
    device = site.bench.device
    act = device.forbids
    act.add("remote-action")

    await site.order(0.0)

    assert site.faults[-1].translation_key == "charger_refused"
    await site.offers(6.0)


async def test_an_account_without_rights_is_told(site: Site) -> None:
    site.bench.device.forbids |= {"charger", "remote-action"}

    await site.order(10.0)

    assert site.faults[-1].translation_key == "charger_refused"
    assert site.bench.charger.commands == 0


async def test_a_cloud_that_was_asked_too_often_is_left_alone_for_a_while(
    site: Site, leap
) -> None:
    site.bench.device.refuses = 1

    await site.order(10.0)

    assert isinstance(site.faults[-1], ChargerBusyError)
    assert site.bench.charger.commands == 0
    waits_until = site.driver.commanded().waits_until
    assert waits_until - site.hass.loop.time() == pytest.approx(15.0, abs=2.0)
    leap(16.0)
    await site.offers(10.0)


async def test_its_own_word_for_a_pause_comes_later_and_is_waited_for(
    site: Site,
) -> None:
    await site.order(0.0)
    # The charger has heard, and the cloud still says that it charges.
    site.bench.pass_time(2)
    assert site.bench.charger.offered == 0.0

    site.bench.pass_time(10)

    await site.reads(shows(0.0))
    assert site.driver.read().status is ChargerStatus.WAITING
    assert site.driver.read().user_limit is None


async def test_a_charger_that_waits_in_its_own_schedule_is_not_paused_by_us(
    site: Site,
) -> None:
    """Its switch is off then, too."""
    site.bench.device.scheduled = True
    site.bench.pass_time(20)
    await site.reads(status_is(ChargerStatus.WAITING))

    reading = site.driver.read()

    assert (reading.limit, reading.user_limit) == (16.0, None)
