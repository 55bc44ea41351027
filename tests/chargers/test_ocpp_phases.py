"""An OCPP charge point is told on how many phases by its charging profiles.

Nothing shows what it makes of that: some do it, some say so and do not
[goecharger/go-eCharger-API-v2#154], some refuse in silence.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from custom_components.amp_guard.chargers import ChargerDriver, Learning
from custom_components.amp_guard.chargers.charging_profile import SWITCHES_PHASES
from custom_components.amp_guard.chargers.learning import Learned
from custom_components.amp_guard.model import ChargerStatus, Phase
from simulator.devices.ocpp_profiles import SmartCharging

from .test_ocpp import ChargePointSite, loopback_network, unstarted  # noqa: F401 - fixtures

VALID_FOR = 420.0


async def start(site: ChargePointSite, **takes: object) -> None:
    """Start a charge point whose car charges at 10 A."""
    site.bench.device.profiles.takes = SmartCharging(
        **{"switching": SWITCHES_PHASES[0], **takes}
    )
    await site.start()
    await site.charging_at(10.0, 2 * VALID_FOR)


def remembering(site: ChargePointSite, learned: Learned, **changed: object) -> None:
    """Drive it by another driver, which remembers that."""
    before = site.driver
    site.driver = ChargerDriver(
        site.hass,
        replace(before.config, **changed),
        lambda _: site._changed.set(),
        Learning(learned),
    )


async def switched(site: ChargePointSite, phases: int) -> None:
    """Pause it and set it, as the law does."""
    site.driver.command(0.0, phases=phases)
    await site.comes(lambda: site.driver.read().phases_set == phases)
    await site.hass.async_block_till_done(wait_background_tasks=True)
    site.bench.pass_time(30)
    site.driver.command(0.0)


def drawn(site: ChargePointSite) -> tuple[float, float, float]:
    return tuple(site.bench.charger.current)


@pytest.mark.parametrize("key", SWITCHES_PHASES)
@pytest.mark.parametrize("units", ["Current", "Power"])
async def test_it_is_set_to_one_phase_and_back(
    unstarted: ChargePointSite,  # noqa: F811
    leap: Callable[[float], None],
    key: str,
    units: str,
) -> None:
    site = unstarted
    await start(site, switching=key, rate_units=units)
    assert site.driver.can_switch_phases
    assert site.driver.read().phases_set == 3
    for phases, on in ((1, (8.0, 0.0, 0.0)), (3, (8.0, 8.0, 8.0))):
        await switched(site, phases)
        await site.order(8.0, 2 * VALID_FOR)
        await site.live(60, leap)
        assert drawn(site) == on
    assert site.bench.charger.switched_under_load == 0
    assert site.bench.device.refused == []


async def test_one_that_does_not_tell_what_it_offers_is_set_as_well(
    unstarted: ChargePointSite,  # noqa: F811
    leap: Callable[[float], None],
) -> None:
    """Many do not: then its word, and what its car draws, tell that it is paused."""
    site = unstarted
    site.bench.device.says_offered = False
    await start(site)
    await switched(site, 1)
    await site.order(8.0, 2 * VALID_FOR)
    await site.live(60, leap)
    assert drawn(site) == (8.0, 0.0, 0.0)
    assert site.bench.charger.switched_under_load == 0


async def test_it_is_not_set_while_its_car_draws(
    unstarted: ChargePointSite,  # noqa: F811
) -> None:
    site = unstarted
    await start(site)
    site.driver.command(10.0, 2 * VALID_FOR, phases=1)
    site.bench.pass_time(60)
    await site.hass.async_block_till_done(wait_background_tasks=True)
    assert drawn(site) == (10.0, 10.0, 10.0)
    assert site.driver.read().phases_set == 3


async def test_one_that_does_not_say_that_it_can_is_told_nothing_of_phases(
    unstarted: ChargePointSite,  # noqa: F811
) -> None:
    site = unstarted
    await start(site, switching=None)
    assert not site.driver.can_switch_phases
    assert site.driver.read().phases_set is None
    [profile] = site.held("TxProfile")
    [period] = profile["charging_schedule"]["charging_schedule_period"]
    assert "number_phases" not in period


async def test_one_that_says_so_and_does_not_is_seen_on_all(
    unstarted: ChargePointSite,  # noqa: F811
    leap: Callable[[float], None],
) -> None:
    """The law believes what it draws."""
    site = unstarted
    site.bench.device.switches_phases = False
    await start(site)
    await switched(site, 1)
    await site.order(6.0, 2 * VALID_FOR)
    await site.live(60, leap)
    assert site.driver.read().phases_set == 1
    await site.comes(lambda: site.driver.read().current == (6.0, 6.0, 6.0))


async def test_one_that_refuses_in_silence_goes_on_on_all(
    unstarted: ChargePointSite,  # noqa: F811
    leap: Callable[[float], None],
) -> None:
    site = unstarted
    await start(site, takes_one=False)
    await switched(site, 1)
    for _ in range(8):
        await site.order(6.0, VALID_FOR)
        await site.live(30, leap)
    assert site.driver.read().phases_set is None
    assert drawn(site) == (6.0, 6.0, 6.0)
    # What else it takes was found before, and is what it is told on by.
    assert set(site.purposes) == {"TxProfile", "TxDefaultProfile"}


async def test_when_nobody_renews_it_falls_back_on_the_phases_that_it_is_set_to(
    unstarted: ChargePointSite,  # noqa: F811
    leap: Callable[[float], None],
) -> None:
    site = unstarted
    await start(site)
    await switched(site, 1)
    await site.order(10.0, VALID_FOR)
    await site.live(60, leap)
    assert drawn(site) == (10.0, 0.0, 0.0)
    await site.driver.stop()
    await site.hass.config_entries.async_unload(site.entry.entry_id)
    site.bench.pass_time(int(VALID_FOR))
    assert drawn(site) == (6.0, 0.0, 0.0)
    assert site.bench.charger.switched_under_load == 0


async def test_what_it_was_told_is_remembered_over_a_restart(
    unstarted: ChargePointSite,  # noqa: F811
    leap: Callable[[float], None],
) -> None:
    """Else the first word after it would put a car on all phases while it draws."""
    site = unstarted
    await start(site)
    learned = Learned()
    await site.driver.stop()
    remembering(site, learned)
    await site.driver.start()
    await site.order(10.0, 2 * VALID_FOR)
    await switched(site, 1)
    await site.order(10.0, VALID_FOR)
    await site.live(60, leap)
    await site.driver.stop()

    remembering(site, Learned.restored(learned.as_dict()))
    await site.driver.start()
    assert site.driver.can_switch_phases
    assert site.driver.read().phases_set == 1
    await site.order(8.0, VALID_FOR)
    await site.live(60, leap)
    assert drawn(site) == (8.0, 0.0, 0.0)
    assert site.bench.charger.switched_under_load == 0


async def test_one_that_is_wired_to_one_phase_has_no_choice(
    unstarted: ChargePointSite,  # noqa: F811
) -> None:
    site = unstarted
    await start(site)
    await site.driver.stop()
    remembering(site, Learned(), wiring=(Phase.L2,))
    await site.driver.start()
    await site.order(8.0, VALID_FOR)
    await site.reads(ChargerStatus.CHARGING)
    assert not site.driver.can_switch_phases
