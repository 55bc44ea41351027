"""An Amina S through the real Zigbee2MQTT and Home Assistant's own MQTT integration.

Its frames are those of the Zigbee cluster library; what counts is what the charger then
offers its car.
"""

import asyncio
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

from custom_components.amp_guard.chargers import find_chargers
from custom_components.amp_guard.model import NO_CURRENT, ChargerStatus
from tests.devices.conftest import broker, loopback_network, make_bench  # noqa: F401
from tests.zigbee2mqtt import PATIENCE, ZigbeeAmina

from .site import Site, draws, status_is
from .test_real_integrations import mqtt  # noqa: F401 - a fixture

# The three phases, the limit and the switch: all that is driven and read.
TOLD = ("current", "current_phase_b", "current_phase_c", "charge_limit", "switch")


class ZigbeeSite(Site):
    """One of which Zigbee2MQTT tells more than is needed here."""

    def _has_heard(self) -> bool:
        states = [
            state
            for state in self.hass.states.async_all(("sensor", "number", "switch"))
            if state.object_id.removeprefix("laddbox_") in (*TOLD, "laddbox")
        ]
        known = [s for s in states if s.state not in ("unknown", "unavailable")]
        return len(known) == len(TOLD)


@pytest.fixture
async def site(
    hass: HomeAssistant,
    mqtt,  # noqa: F811
    broker: int,  # noqa: F811
    tmp_path: Path,
):
    bench = make_bench(ZigbeeAmina)
    folder = tmp_path / "zigbee2mqtt"
    folder.mkdir()
    await bench.device.start(broker, folder)
    site = ZigbeeSite(hass, bench)
    async with asyncio.timeout(PATIENCE):
        await site.hear_of()
    await site.take()
    yield site
    await site.stop()
    await bench.device.stop()


async def test_a_cars_stay(site: Site) -> None:
    [found] = find_chargers(site.hass)
    assert (found.profile, found.max_current, found.phases) == ("amina", 32.0, 3)
    assert site.driver.read().status is ChargerStatus.DISCONNECTED

    site.bench.plug_in()
    await site.reads(status_is(ChargerStatus.WAITING))
    site.bench.pass_time(60)
    await site.reads(draws(site.bench.charger.current))
    assert site.driver.read().status is ChargerStatus.CHARGING
    assert site.driver.read().limit == 16.0

    await site.order(10.0)
    await site.offers(10.0)
    site.bench.pass_time(10)
    await site.reads(draws(site.bench.charger.current))
    assert site.driver.read().limit == 10.0

    site.bench.unplug()
    await site.reads(status_is(ChargerStatus.DISCONNECTED))
    await site.reads(draws(NO_CURRENT))


async def test_let_on_after_a_pause_it_has_its_new_limit(site: Site, leap) -> None:
    """What it is told while it is off it ignores: it would begin at the old one."""
    site.bench.plug_in()
    site.bench.pass_time(60)
    await site.reads(status_is(ChargerStatus.CHARGING))
    await site.order(0.0)
    await site.offers(0.0)
    await site.reads(lambda driver: driver.read().limit == 0.0)
    leap(site.driver.profile.raise_interval + 0.1)

    await site.order(7.0)
    await site.offers(7.0)

    assert (site.bench.device.is_on, site.bench.device.level) == (True, 7)
