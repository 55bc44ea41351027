"""Set-up, unloading, and how chargers are left behind."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
import logging

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
import pytest

from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.meters.amp_guard import AmpGuardMeter

from .helpers import (
    SERIAL,
    Decisions,
    PlainCharger,
    Property,
    add_charger,
    becomes,
    entity_id,
    group_id,
    log_levels,
)


async def test_devices_hang_below_each_other(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    charger = await add_charger(hass, entry, chargers["left"])

    assert entry.state is ConfigEntryState.LOADED
    registry = dr.async_get(hass)
    meter, group, left = (
        registry.async_get_device_by_identifier((DOMAIN, id_), entry.entry_id)
        for id_ in (SERIAL, group_id(entry), charger)
    )
    assert (meter.name, meter.serial_number) == ("Amp Guard", SERIAL)
    assert (meter.sw_version, meter.hw_version) == ("1.0.0", "Home")
    assert (group.name, group.via_device_id) == ("Garage", meter.id)
    assert (left.name, left.via_device_id) == ("Left", group.id)

    hass.config_entries.async_remove_subentry(entry, charger)
    await hass.async_block_till_done()
    assert registry.async_get(left.id) is None
    assert entry.state is ConfigEntryState.LOADED


async def test_a_charger_added_during_set_up_is_taken_up_too(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    """As when chargers are added faster than the entry reloads."""
    right = await add_charger(hass, entry, chargers["right"])
    added_again = entry.subentries[right]
    hass.config_entries.async_remove_subentry(entry, right)
    await hass.async_block_till_done()

    @callback
    def add(_event: Event) -> None:
        if (
            entry.state is ConfigEntryState.SETUP_IN_PROGRESS
            and right not in entry.subentries
        ):
            hass.config_entries.async_add_subentry(entry, added_again)

    hass.bus.async_listen(EVENT_STATE_CHANGED, add)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    assert right in entry.subentries
    await becomes(hass, entity_id(hass, "sensor", right, "allocated_current"), "6.0")


async def test_the_loop_stands_without_the_meter_and_finds_it_later(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    decisions: Decisions,
    make_property: Callable,
    caplog: pytest.LogCaptureFixture,
) -> None:
    connectivity = entity_id(hass, "binary_sensor", SERIAL, "connectivity")
    current = entity_id(hass, "sensor", SERIAL, "current_l1")
    await becomes(hass, current, "1.0")
    assert await hass.config_entries.async_unload(entry.entry_id)
    port = int(house.meter.address.split(":")[1])
    await house.meter.stop()

    assert await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    await becomes(hass, connectivity, "off")
    assert hass.states.get(current).state == STATE_UNAVAILABLE
    # It is given as long as one that fell silent.
    assert log_levels(caplog) == []
    made = len(decisions.made)
    house.clock.advance(31.0)
    await decisions.after(made)
    assert log_levels(caplog) == [logging.WARNING]

    found = await make_property(port=port)
    found.draws(4.0, 5.0, 6.0)
    found.clock.advance(10.0)
    await becomes(hass, connectivity, "on")
    await becomes(hass, current, "4.0")
    assert log_levels(caplog) == [logging.WARNING, logging.INFO]


@pytest.mark.parametrize("hanging", ["AmpGuardMeter.stop", "Store.async_save"])
async def test_whatever_hangs_at_a_stop_the_chargers_are_released(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    monkeypatch: pytest.MonkeyPatch,
    hanging: str,
) -> None:
    """A meter that does not let go, or a disk: neither keeps a car at its limit."""
    left = chargers["left"]
    await add_charger(hass, entry, left)
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 16.0
    never = asyncio.Event()
    owner, name = hanging.split(".")
    owner = {"AmpGuardMeter": AmpGuardMeter, "Store": Store}[owner]
    original = getattr(owner, name)

    async def hang(*args: object) -> None:
        while not never.is_set():
            with suppress(asyncio.CancelledError):
                await never.wait()
        await original(*args)

    monkeypatch.setattr(owner, name, hang)
    stopping = hass.async_create_task(hass.config_entries.async_unload(entry.entry_id))
    for _ in range(10):
        await asyncio.wait({stopping}, timeout=0.1)
        house.clock.advance(0.5)
    assert stopping.done()
    assert left.limit == 6.0
    never.set()
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_another_meter_at_the_address_is_not_believed(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, make_property: Callable
) -> None:
    connectivity = entity_id(hass, "binary_sensor", SERIAL, "connectivity")
    await becomes(hass, connectivity, "on")
    port = int(house.meter.address.split(":")[1])
    await house.meter.stop()
    settings = type(house.meter.settings)(serial_number="2210099999G")
    stranger = await make_property(settings, port)

    await becomes(hass, connectivity, "off")
    stranger.draws(9.0, 9.0, 9.0)
    stranger.clock.advance(10.0)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert hass.states.get(connectivity).state == "off"


async def test_chargers_are_left_at_their_offline_limits(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    left = chargers["left"]
    await add_charger(hass, entry, left, offline_current=8)
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 16

    await hass.config_entries.async_unload(entry.entry_id)
    assert left.limit == 8

    await hass.config_entries.async_setup(entry.entry_id)
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 16
    await hass.async_stop(force=True)
    assert left.limit == 8


async def test_chargers_are_let_go_though_nothing_can_be_written(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left = chargers["left"]
    charger = await add_charger(hass, entry, left, offline_current=8)
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 16

    async def full_disk(*_: object) -> None:
        raise OSError("No space left on device")

    coordinator = entry.runtime_data
    coordinator.overrides.boost(charger, dt_util.utcnow() + timedelta(hours=1))
    with monkeypatch.context() as disk:
        disk.setattr(Store, "async_save", full_disk)
        with suppress(OSError):
            await coordinator.stop()
    assert left.limit == 8


async def test_a_removed_charger_is_left_at_its_offline_limit(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    left, right = chargers.values()
    removed = await add_charger(hass, entry, left, offline_current=0)
    await add_charger(hass, entry, right)
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left, right])
    assert left.limit > 6

    hass.config_entries.async_remove_subentry(entry, removed)
    await hass.async_block_till_done()
    assert left.limit == 0
    left.commands.clear()
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[right])
    assert right.limit == 16
    assert left.commands == []


async def test_a_change_leaves_the_other_chargers_alone(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    left, right = chargers.values()
    await add_charger(hass, entry, left)
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 16
    left.commands.clear()

    await add_charger(hass, entry, right, priority=9)
    assert left.commands == []
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    assert (left.limit, left.commands) == (16, [])


async def test_chargers_are_let_go_where_a_change_breaks_the_site(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    left = chargers["left"]
    await add_charger(hass, entry, left)
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 16

    group = entry.subentries[group_id(entry)]
    circle = dict(group.data) | {"parent": group.subentry_id}
    hass.config_entries.async_update_subentry(entry, group, data=circle)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert left.limit == 6


async def test_chargers_are_let_go_where_changes_end_in_removal(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    left = chargers["left"]
    await add_charger(hass, entry, left)
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 16

    # The first change is being taken up while the second waits.
    hass.config_entries.async_update_entry(entry, title="Once")
    hass.config_entries.async_update_entry(entry, title="Twice")
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert left.limit == 6


async def test_what_no_form_lets_through_is_told_by_what_to_mend(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    charger = await add_charger(hass, entry, chargers["left"])
    group = group_id(entry)
    for changed, data, key in (
        (group, {"parent": group}, "groups_in_a_circle"),
        (charger, {"max_current": 0}, "limit_out_of_range"),
        (charger, {"wiring": "1,1,2"}, "phases_contradict"),
    ):
        subentry = entry.subentries[changed]
        before = dict(subentry.data)
        hass.config_entries.async_update_subentry(entry, subentry, data=before | data)
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.SETUP_ERROR
        assert entry.error_reason_translation_key == key
        assert not entry.error_reason_translation_placeholders

        hass.config_entries.async_update_subentry(entry, subentry, data=before)
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.LOADED
