"""The OCPP profile against a real charge point: OCPP 1.6J over a WebSocket.

The clock on the wall is the charge point's own, which goes when a test lets time pass;
what counts is what the charge point then offers its car.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from datetime import datetime
from math import inf
from pathlib import Path
import socket
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

import custom_components
from custom_components.amp_guard.chargers import (
    ChargerCheck,
    ChargerCommandError,
    ChargerConfig,
    ChargerDriver,
    FailSafe,
    OwnOfflineCurrent,
    TroubleKind,
    check_charger,
    find_chargers,
    ocpp_limit,
    set_own_offline_current,
)
from custom_components.amp_guard.chargers.charging_profile import Purpose
from custom_components.amp_guard.model import ChargerStatus
from simulator.devices.ocpp import OcppChargePoint
from simulator.devices.ocpp_profiles import SmartCharging
from tests.devices.conftest import (  # noqa: F401 - fixtures
    PATIENCE,
    Bench,
    add_integration,
    loopback_network,
    make_bench,
)

DOUBLES = Path(__file__).parents[1] / "doubles" / "custom_components"
OFFLINE_CURRENT = 6.0
LOOK_INTERVAL = 0.05
"""s of real time between looks at what has come."""


class ChargePointSite:
    """A charge point, its central system, and the driver on top of both."""

    def __init__(self, hass: HomeAssistant, bench: Bench[OcppChargePoint]) -> None:
        self.hass = hass
        self.bench = bench
        self.faults: list[Exception | None] = []
        self._changed = asyncio.Event()

    async def start(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        await self.bench.device.start("127.0.0.1", port)
        entities = await add_integration(
            self.hass, "ocpp", self.bench.device.flow_input
        )
        self.entry = entities.entry
        [self.found] = find_chargers(self.hass)
        self.driver = self.drive()
        await self.driver.start()

    async def order(self, current: float, valid_for: float | None = None) -> None:
        self.driver.command(current, valid_for)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    def drive(self) -> ChargerDriver:
        return ChargerDriver(
            self.hass,
            ChargerConfig(
                id="charger",
                device_id=self.found.device_id,
                profile=self.found.profile,
                offline_current=OFFLINE_CURRENT,
            ),
            lambda _: self._changed.set(),
            on_fault=lambda _id, error: self.faults.append(error),
        )

    async def look(self) -> ChargerCheck:
        """Look at it as a reconfiguration does."""
        return await check_charger(self.hass, self.driver.config, self.driver)

    async def comes(self, expected: Callable[[], bool]) -> None:
        """Let the site's time pass, and messages on the wire, until it is so."""
        async with asyncio.timeout(PATIENCE):
            while not expected():
                self._changed.clear()
                self.bench.pass_time(5)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), LOOK_INTERVAL)

    async def live(self, seconds: int, leap: Callable[[float], None]) -> None:
        """Let time pass for the site and for Home Assistant alike."""
        for _ in range(seconds // 5):
            self.bench.pass_time(5)
            leap(5.0)
            await asyncio.sleep(LOOK_INTERVAL)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def reads(self, status: ChargerStatus) -> None:
        await self.comes(lambda: self.driver.read().status is status)

    async def charging_at(self, current: float, valid_for: float | None) -> None:
        """Plug a car in and give it a current."""
        self.bench.plug_in()
        await self.reads(ChargerStatus.WAITING)
        await self.order(current, valid_for)
        await self.comes(lambda: "TxProfile" in self.purposes)
        await self.comes(lambda: self.bench.charger.offered == current)
        await self.reads(ChargerStatus.CHARGING)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    def pass_time_until(self, time: float) -> None:
        self.bench.pass_time(round(time - self.bench.world.now))

    @property
    def granted_at(self) -> float:
        """The site's time (s) from which the present grant counts; -inf without one."""
        device = self.bench.device
        if not (held := self.held("TxProfile")):
            return -inf
        [profile] = held
        start = profile["charging_schedule"]["start_schedule"]
        return (datetime.fromisoformat(start) - device.epoch).total_seconds()

    def held(self, purpose: str) -> list[dict[str, Any]]:
        held = self.bench.device.profiles.held
        return [profile for (_, of, _), profile in held.items() if of == purpose]

    def set_by_hand(self, purpose: str, limit: float, level: int) -> None:
        """Set what its integration's own numbers and actions set: it never expires."""
        device = self.bench.device
        profile = {
            "charging_profile_id": 3001,
            "stack_level": level,
            "charging_profile_purpose": purpose,
            "charging_profile_kind": "Relative",
            "charging_schedule": {
                "charging_rate_unit": "A",
                "charging_schedule_period": [{"start_period": 0, "limit": limit}],
            },
        }
        assert device.profiles.accept(1, profile, device.transaction)
        device.obey()

    @property
    def purposes(self) -> list[str]:
        return [purpose for _, purpose, _ in self.bench.device.profiles.held]


@pytest.fixture
async def unstarted(
    hass: HomeAssistant,
    enable_custom_integrations: None,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[ChargePointSite]:
    path = [*custom_components.__path__, str(DOUBLES)]
    monkeypatch.setattr(custom_components, "__path__", path)
    bench = make_bench(OcppChargePoint)
    monkeypatch.setattr(ocpp_limit.dt_util, "utcnow", lambda: bench.device.clock)
    site = ChargePointSite(hass, bench)
    yield site
    await site.driver.stop()
    await site.bench.device.stop()
    await hass.config_entries.async_unload(site.entry.entry_id)


@pytest.fixture
async def site(unstarted: ChargePointSite) -> ChargePointSite:
    await unstarted.start()
    return unstarted


async def test_found(site: ChargePointSite) -> None:
    assert site.found.profile == "ocpp"


async def test_it_takes_what_it_is_sent(site: ChargePointSite) -> None:
    await site.charging_at(13.0, 240.0)

    assert site.bench.charger.offered == 13.0
    assert site.bench.device.refused == []
    await site.comes(lambda: site.driver.read().limit == 13.0)
    await site.comes(lambda: site.driver.read().current == (13.0, 13.0, 13.0))


async def test_it_falls_back_by_itself_when_renewals_stop(
    site: ChargePointSite,
) -> None:
    await site.charging_at(13.0, 240.0)
    # Nobody is there any more: no central system, no driver.
    await site.driver.stop()
    await site.hass.config_entries.async_unload(site.entry.entry_id)
    profiles = site.purposes

    site.pass_time_until(site.granted_at + 235)
    assert site.bench.charger.current == pytest.approx((13.0, 13.0, 13.0))
    site.pass_time_until(site.granted_at + 245)
    assert site.bench.charger.current == pytest.approx((6.0, 6.0, 6.0))
    assert site.purposes == profiles


async def test_a_renewal_carries_it_further(site: ChargePointSite, leap) -> None:
    await site.charging_at(13.0, 240.0)
    granted_at = site.granted_at
    site.pass_time_until(granted_at + 200)
    leap(site.driver.profile.command_lag)
    await site.order(13.0, 240.0)
    await site.comes(lambda: site.granted_at > granted_at)

    site.pass_time_until(granted_at + 435)
    assert site.bench.charger.offered == 13.0
    site.pass_time_until(granted_at + 450)
    assert site.bench.charger.offered == OFFLINE_CURRENT


async def test_a_cut_replaces_the_grant(site: ChargePointSite) -> None:
    await site.charging_at(16.0, 240.0)
    await site.order(8.0, 240.0)
    site.bench.pass_time(2)
    assert site.bench.charger.offered == 8.0

    await site.order(0.0, None)
    site.bench.pass_time(2)
    assert site.bench.charger.offered == 0.0


async def test_the_offline_limit_holds_for_the_next_car(site: ChargePointSite) -> None:
    await site.charging_at(16.0, 240.0)
    site.bench.unplug()
    await site.reads(ChargerStatus.DISCONNECTED)

    site.bench.plug_in()
    site.bench.pass_time(2)
    assert site.bench.charger.offered == OFFLINE_CURRENT


async def test_a_charge_point_off_the_network(site: ChargePointSite) -> None:
    await site.charging_at(16.0, 240.0)

    await site.bench.device.stop()

    await site.reads(ChargerStatus.LOST)
    await site.order(8.0, 240.0)
    assert isinstance(site.faults[-1], ChargerCommandError)
    assert site.driver.commanded().may_hold == 16.0


@pytest.mark.parametrize(
    ("purpose", "level"), [("TxProfile", 10), ("TxDefaultProfile", 9), ("TxProfile", 0)]
)
async def test_what_was_set_by_hand_before_is_not_in_force(
    site: ChargePointSite, purpose: str, level: int
) -> None:
    """Its integration's number leaves profiles that never expire."""
    site.bench.plug_in()
    await site.comes(lambda: site.bench.device.transaction is not None)
    site.set_by_hand(purpose, 16.0, level)

    await site.order(10.0, 240.0)
    await site.comes(lambda: site.bench.charger.offered == 10.0)

    site.pass_time_until(site.granted_at + 245)
    assert site.bench.charger.offered == OFFLINE_CURRENT


@pytest.mark.parametrize("level", [10, 4])
async def test_what_is_set_by_hand_meanwhile_is_told_and_replaced(
    site: ChargePointSite, leap, level: int
) -> None:
    await site.charging_at(10.0, 240.0)
    await site.live(30, leap)
    # The number for the session is a TxProfile at the highest level.
    site.set_by_hand("TxProfile", 16.0, 10)
    site.bench.pass_time(5)
    await site.comes(lambda: site.driver.read().limit == 16.0)

    trouble = site.driver.trouble(site.driver.read())
    assert trouble is not None
    assert trouble.kind is TroubleKind.OVERRULED
    assert trouble.state == "16.0"
    await site.live(60, leap)
    assert site.bench.charger.offered == 10.0
    await site.comes(lambda: site.driver.read().limit == 10.0)
    assert site.driver.trouble(site.driver.read()) is None


async def test_what_it_has_forgotten_is_written_again(
    site: ChargePointSite, leap
) -> None:
    await site.charging_at(13.0, 240.0)
    await site.live(30, leap)
    await site.bench.device.reboot(forgets=True)
    await site.comes(lambda: site.purposes == ["TxDefaultProfile", "TxProfile"])
    await site.comes(lambda: site.bench.charger.offered == 13.0)

    site.pass_time_until(site.granted_at + 245)
    assert site.bench.charger.offered == OFFLINE_CURRENT


async def test_what_it_has_forgotten_unseen_is_there_after_a_renewal(
    site: ChargePointSite, leap
) -> None:
    await site.charging_at(13.0, 420.0)
    site.bench.device.profiles.clear()
    await site.live(100, leap)
    await site.order(13.0, 420.0)
    await site.driver.stop()
    await site.hass.config_entries.async_unload(site.entry.entry_id)
    site.bench.pass_time(415)
    assert site.bench.charger.offered == 13.0
    site.bench.pass_time(10)
    assert site.bench.charger.offered == OFFLINE_CURRENT


async def test_a_pause_ends_by_itself_when_nobody_is_there(
    site: ChargePointSite, leap
) -> None:
    await site.charging_at(13.0, 240.0)
    await site.order(0.0)
    await site.comes(lambda: site.bench.charger.offered == 0.0)
    await site.live(1800, leap)
    assert site.bench.charger.offered == 0.0
    await site.driver.stop()
    await site.hass.config_entries.async_unload(site.entry.entry_id)

    site.bench.pass_time(905)
    assert site.bench.charger.offered == OFFLINE_CURRENT


async def test_a_session_that_a_card_ends_leaves_no_current(
    site: ChargePointSite,
) -> None:
    await site.charging_at(16.0, 240.0)
    await site.comes(lambda: site.driver.read().current == (16.0, 16.0, 16.0))

    site.bench.device.end_session()

    await site.reads(ChargerStatus.FULL)
    assert site.driver.read().current == (0.0, 0.0, 0.0)


REFUSED = {
    "nothing": (),
    "relative": ("TxDefaultProfile Relative", "TxProfile Relative"),
    "maximum": ("ChargePointMaxProfile",),
    "session": ("TxProfile",),
    "session and maximum": ("TxProfile", "ChargePointMaxProfile"),
    "all but the maximum": ("TxProfile", "TxDefaultProfile"),
    "absolute session, and default": ("TxProfile Absolute", "TxDefaultProfile"),
}
WAYS = dict.fromkeys(REFUSED.values(), "TxDefaultProfile {}") | {
    REFUSED["nothing"]: "TxProfile {}",
    REFUSED["relative"]: "TxProfile {}",
    REFUSED["maximum"]: "TxProfile {}",
    REFUSED["all but the maximum"]: "ChargePointMaxProfile {}",
    REFUSED["absolute session, and default"]: "ChargePointMaxProfile {}",
}
"""By what is refused: the way that holds, at which level."""


@pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("max_stack_level", [0, 1, 10])
async def test_the_way_that_holds_is_found(
    unstarted: ChargePointSite, leap, refused: tuple[str, ...], max_stack_level: int
) -> None:
    site = unstarted
    site.bench.device.profiles.takes = SmartCharging(
        max_stack_level=max_stack_level, refused=frozenset(refused)
    )
    await site.start()
    site.bench.plug_in()
    await site.reads(ChargerStatus.WAITING)
    await site.order(10.0, 420.0)
    await site.live(120, leap)

    assert site.bench.charger.offered == 10.0
    for current in (12.0, 8.0):
        await site.order(current, 420.0)
        await site.live(30, leap)
        assert site.bench.charger.offered == current
    await site.order(12.0, 420.0)
    assert site.driver.way == WAYS[refused].format(max_stack_level)
    await site.driver.stop()
    await site.hass.config_entries.async_unload(site.entry.entry_id)
    site.bench.pass_time(430)
    assert site.bench.charger.offered == OFFLINE_CURRENT


@pytest.mark.parametrize(
    "refused", [REFUSED["nothing"], REFUSED["session"], REFUSED["all but the maximum"]]
)
async def test_the_way_that_holds_is_found_by_what_the_car_draws(
    unstarted: ChargePointSite, leap, refused: tuple[str, ...]
) -> None:
    """Where it does not tell what it offers."""
    site = unstarted
    site.bench.device.profiles.takes = SmartCharging(refused=frozenset(refused))
    site.bench.device.says_offered = False
    await site.start()
    site.bench.plug_in()
    await site.reads(ChargerStatus.WAITING)
    # Whoever orders it renews it, and repeats what is not heeded.
    for current in (10.0, 10.0, 10.0, 12.0, 8.0):
        await site.order(current, 420.0)
        await site.live(60, leap)

    assert site.driver.read().limit is None
    assert site.bench.charger.offered == 8.0
    assert site.driver.read().current == (8.0, 8.0, 8.0)


@pytest.mark.parametrize("says_offered", [True, False])
async def test_one_that_refuses_everything_without_a_word_is_found_out(
    unstarted: ChargePointSite, leap, says_offered: bool
) -> None:
    site = unstarted
    site.bench.device.profiles.takes = SmartCharging(refused=frozenset(Purpose))
    site.bench.device.says_offered = says_offered
    await site.start()
    site.bench.plug_in()
    await site.reads(ChargerStatus.WAITING)
    # Nothing tells before a car charges.
    assert (await site.look()).is_settable is None
    for _ in range(8):
        await site.order(10.0, 420.0)
        await site.live(60, leap)

    assert site.driver.is_heeded is False
    assert site.driver.fail_safe is FailSafe.NONE
    check = await site.look()
    assert (check.is_settable, check.can_pause) == (False, False)
    assert check.fail_safe is FailSafe.NONE
    assert [r.translation_key for r in check.refusals] == ["charger_heeds_no_limit"]


async def test_one_that_takes_its_limits_is_seen_to(
    site: ChargePointSite, leap
) -> None:
    await site.charging_at(13.0, 240.0)
    for current in (10.0, 12.0):
        await site.live(30, leap)
        await site.order(current, 240.0)

    check = await site.look()
    assert (check.is_settable, check.can_pause) == (True, True)
    assert check.fail_safe is FailSafe.EXPIRING_LIMIT
    assert check.refusals == ()


@pytest.mark.parametrize("takes_it", [True, False])
async def test_its_own_offline_limit_is_written_and_read_back(
    unstarted: ChargePointSite, takes_it: bool
) -> None:
    site, device = unstarted, unstarted.bench.device
    device.own_offline_current, device.takes_configuration = "1.16", takes_it
    await site.start()
    await site.comes(lambda: site.driver.read().status is not ChargerStatus.LOST)
    own = (await site.look()).own_offline_current
    assert own == OwnOfflineCurrent(phase=1, current=16)

    config = site.driver.config
    reported = await set_own_offline_current(site.hass, config, own.at(6.0))

    assert reported == ("1.6" if takes_it else "1.16")
    assert device.own_offline_current == reported
    assert site.entry.runtime_data.notifications == []


async def test_one_without_a_limit_of_its_own_is_offered_none(
    site: ChargePointSite,
) -> None:
    await site.comes(lambda: site.driver.read().status is not ChargerStatus.LOST)
    assert (await site.look()).own_offline_current is None


@pytest.mark.parametrize("units", ["Power", "Current,Power", "Current"])
async def test_it_is_told_amperes_or_watts_as_it_takes_them(
    unstarted: ChargePointSite, units: str
) -> None:
    site = unstarted
    site.bench.device.profiles.takes = SmartCharging(rate_units=units)
    await site.start()
    await site.charging_at(10.0, 240.0)
    assert site.bench.device.refused == []

    site.pass_time_until(site.granted_at + 245)
    assert site.bench.charger.offered == OFFLINE_CURRENT


async def test_one_that_does_not_say_what_it_takes_is_driven_as_usual(
    unstarted: ChargePointSite,
) -> None:
    site = unstarted
    site.bench.device.profiles.takes = SmartCharging(
        is_supported=True, max_stack_level=1
    )
    site.bench.device.says_nothing = True
    await site.start()
    await site.charging_at(10.0, 240.0)
    # For each key that is asked for by its name its owner would be notified.
    assert site.entry.runtime_data.notifications == []
