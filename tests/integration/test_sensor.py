"""What the entities show, and when."""

import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.amp_guard.model import Reason
from simulator.devices.amp_guard import Fault

from .helpers import (
    SERIAL,
    Decisions,
    PlainCharger,
    Property,
    add_charger,
    becomes,
    device_id,
    enable_all,
    entity_id,
    group_id,
    log_levels,
)


async def enable(hass: HomeAssistant, entry: ConfigEntry, *entities: str) -> None:
    for entity in entities:
        er.async_get(hass).async_update_entity(entity, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)


async def test_the_meter_shows_each_phase(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    await house.passes(hass, 11, 10.0, -5.0, 0.0)

    shown = {}
    for key in ("current_l1", "current_l2", "current_l3", "power_l2", "voltage_l2"):
        state = hass.states.get(entity_id(hass, "sensor", SERIAL, key))
        unit = state.attributes["unit_of_measurement"]
        shown[state.attributes["friendly_name"]] = (float(state.state), unit)
    assert shown == {
        "Amp Guard Current L1": (10.0, "A"),
        "Amp Guard Current L2": (-5.0, "A"),
        "Amp Guard Current L3": (0.0, "A"),
        "Amp Guard Power L2": (-1155.0, "W"),  # exported at 231 V
        "Amp Guard Voltage L2": (231.0, "V"),
    }
    assert (
        hass.states.get(entity_id(hass, "binary_sensor", SERIAL, "connectivity")).state
        == "on"
    )


async def test_the_group_shows_what_is_left(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    available = entity_id(hass, "sensor", group_id(entry), "available_current_l1")
    assert er.async_get(hass).async_get(available).disabled
    await enable(hass, entry, available)
    await house.passes(hass, 40, 10.0, 1.0, 1.0)

    assert 14.0 <= float(hass.states.get(available).state) <= 15.0


@pytest.mark.usefixtures("all_enabled")
async def test_the_charger_shows_what_it_is_given_and_why(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    left = chargers["left"]
    left.says("disconnected")
    charger = await add_charger(hass, entry, left)
    allocated, drawn, reason = (
        entity_id(hass, "sensor", charger, key)
        for key in ("allocated_current", "drawn_current", "reason")
    )
    await house.passes(hass, 5, 1.0, 1.0, 1.0)
    assert hass.states.get(reason).state == Reason.NOT_CONNECTED
    assert hass.states.get(reason).attributes["options"] == [r.value for r in Reason]

    left.says("connected")
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    assert hass.states.get(reason).state == Reason.FULL_CURRENT
    assert hass.states.get(allocated).state == "16.0"
    assert hass.states.get(drawn).state == "16.0"

    await house.passes(hass, 1, 14.0, 14.0, 14.0, cars=[left])
    assert float(hass.states.get(allocated).state) <= 11.0

    for sensor in ("", "_l1", "_l2", "_l3"):
        hass.states.async_set(f"sensor.left{sensor}", STATE_UNAVAILABLE)
    hass.states.async_set(left.helper("input_number"), STATE_UNAVAILABLE)
    await house.passes(hass, 1, 1.0, 1.0, 1.0)
    assert hass.states.get(reason).state == Reason.CHARGER_LOST
    assert hass.states.get(drawn).state == STATE_UNAVAILABLE


async def test_what_the_meter_alone_measures_is_shown_energy_in_all(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    await house.passes(hass, 3, 1.0, 1.0, 1.0)
    for key, is_shown in (
        ("current_l1", True),
        ("voltage_l1", True),
        ("total_energy_import", True),
        ("energy_import_l1", False),
    ):
        known = er.async_get(hass).async_get(entity_id(hass, "sensor", SERIAL, key))
        assert (not known.disabled) is is_shown


async def test_an_overload_is_shown_at_once(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    await enable_all(hass, entry)
    overload = entity_id(hass, "binary_sensor", group_id(entry), "overload")
    current = entity_id(hass, "sensor", SERIAL, "current_l1")
    await house.passes(hass, 11, 10.0, 10.0, 10.0)
    assert hass.states.get(overload).state == "off"

    await house.passes(hass, 1, 26.0, 10.0, 10.0)
    assert hass.states.get(overload).state == "on"
    assert hass.states.get(current).state == "26.0"
    await house.passes(hass, 1, 27.0, 10.0, 10.0)
    assert hass.states.get(current).state == "27.0"
    await house.passes(hass, 1, 10.0, 10.0, 10.0)
    assert hass.states.get(overload).state == "off"


async def test_a_renamed_entity_shows_what_it_showed_and_goes_on(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    current = entity_id(hass, "sensor", SERIAL, "current_l1")
    await house.passes(hass, 11, 10.0, 1.0, 1.0)
    er.async_get(hass).async_update_entity(current, new_entity_id="sensor.main_fuse")
    await hass.async_block_till_done()
    assert hass.states.get("sensor.main_fuse").state == "10.0"

    await house.passes(hass, 11, 12.0, 1.0, 1.0)
    assert hass.states.get("sensor.main_fuse").state == "12.0"


async def test_ordinary_times_write_little(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    await house.passes(hass, 60, 10.0, 10.0, 10.0)
    written = async_capture_events(hass, EVENT_STATE_CHANGED)

    await house.passes(hass, 60, 10.0, 10.0, 10.0)
    # 6.9 kW for a minute are 0.1 kWh.
    assert len(written) <= 2
    written.clear()
    for second in range(60):
        await house.passes(hass, 1, 10.0 + second % 7, 10.0, 10.0)
    # Current and power of one phase, and all power, at most each 10 s.
    assert 0 < len(written) <= 3 * 6 + 3 + 2


async def test_totals_fit_the_energy_dashboard(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    await house.passes(hass, 3600 // 10, 10.0, 10.0, -5.0)
    imported = hass.states.get(entity_id(hass, "sensor", SERIAL, "total_energy_import"))
    exported = hass.states.get(entity_id(hass, "sensor", SERIAL, "total_energy_export"))
    power = hass.states.get(entity_id(hass, "sensor", SERIAL, "total_power"))
    for state in (imported, exported):
        assert state.attributes["device_class"] == "energy"
        assert state.attributes["state_class"] == "total_increasing"
        assert state.attributes["unit_of_measurement"] == "kWh"
    # A tenth of an hour: 20 A in, 5 A out.
    assert float(imported.state) == pytest.approx(0.1 * 4.6, abs=0.15)
    assert float(exported.state) == pytest.approx(0.1 * 1.15, abs=0.15)
    assert float(power.state) == pytest.approx(3450.0, rel=0.03)


async def test_rejected_samples_are_counted(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    rejected = entity_id(hass, "sensor", SERIAL, "rejected_samples")
    current = entity_id(hass, "sensor", SERIAL, "current_l1")
    await enable(hass, entry, rejected)
    await house.passes(hass, 50, 10.0, 10.0, 10.0)  # it is reloaded once more by then
    assert hass.states.get(rejected).state == "0"

    house.meter.fault = Fault.IMPOSSIBLE
    for _ in range(3):
        house.draws(10.0, 10.0, 10.0)
        house.clock.advance(4.0)
        await hass.async_block_till_done()
    await becomes(hass, rejected, lambda state: int(state.state) > 0)
    # One bad sample, or three, are no reason to doubt the meter.
    assert hass.states.get(current).state == "10.0"


async def test_a_sample_of_nothing_at_all_is_not_believed(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    rejected = entity_id(hass, "sensor", SERIAL, "rejected_samples")
    current = entity_id(hass, "sensor", SERIAL, "current_l1")
    await enable(hass, entry, rejected)
    await house.passes(hass, 50, 10.0, 10.0, 10.0)

    house.draws(0.0, 0.0, 0.0)
    house.clock.advance(11.0)
    await becomes(hass, rejected, "1")
    assert hass.states.get(current).state == "10.0"


@pytest.mark.parametrize(
    "fault",
    [
        Fault.SILENT,
        Fault.DROPPED,
        Fault.FROZEN,
        Fault.OUTDATED,
        Fault.IMPOSSIBLE,
        Fault.RUBBISH,
    ],
)
async def test_measurements_that_do_not_come_are_not_shown(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    fault: Fault,
    caplog: pytest.LogCaptureFixture,
) -> None:
    current = entity_id(hass, "sensor", SERIAL, "current_l1")
    await house.passes(hass, 11, 10.0, 10.0, 10.0)
    assert hass.states.get(current).state == "10.0"

    caplog.clear()
    house.meter.fault = fault
    for _ in range(10):
        house.draws(20.0, 20.0, 20.0)
        house.clock.advance(4.0)
        await hass.async_block_till_done()
    house.clock.advance(6.0)
    await becomes(hass, current, STATE_UNAVAILABLE)
    # However well its connection is: what lives brings samples.
    connectivity = entity_id(hass, "binary_sensor", SERIAL, "connectivity")
    await becomes(hass, connectivity, "off")
    assert log_levels(caplog) == [logging.WARNING]

    house.meter.fault = None
    house.clock.advance(10.0)
    await house.passes(hass, 5, 5.0, 5.0, 5.0)
    await becomes(hass, connectivity, "on")
    await becomes(hass, current, lambda state: state.state in ("5.0", "20.0"))
    assert log_levels(caplog) == [logging.WARNING, logging.INFO]


async def test_the_group_shows_how_full_it_is(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    left = chargers["left"]
    await add_charger(hass, entry, left)
    await enable_all(hass, entry)
    group = group_id(entry)

    def shown(key: str, platform: str = "sensor") -> str:
        return hass.states.get(entity_id(hass, platform, group, key)).state

    await house.passes(hass, 100, 16.0, 1.0, 1.0, cars=[left])
    assert left.limit == 8
    assert shown("allocated_current_l2") == "8.0"
    assert float(shown("utilisation")) >= 90
    assert shown("limiting_phase") == "l1"
    assert shown("meter_online", "binary_sensor") == "on"
    assert shown("fallback", "binary_sensor") == "off"
    heat = entity_id(hass, "sensor", SERIAL, "fuse_heat")
    assert 60 <= float(hass.states.get(heat).state) <= 100
    # Its own fuse carries the chargers alone, but it hangs on the main fuse.
    assert shown("fuse_heat") == hass.states.get(heat).state

    left.says("disconnected")
    await house.passes(hass, 60, 1.0, 1.0, 1.0)
    assert float(shown("utilisation")) <= 20
    assert shown("limiting_phase") == "none"

    house.meter.fault = Fault.SILENT
    for _ in range(10):
        house.clock.advance(4.0)
        await hass.async_block_till_done()
    fallback = entity_id(hass, "binary_sensor", group, "fallback")
    await becomes(hass, fallback, "on")
    assert shown("meter_online", "binary_sensor") == "off"
    assert shown("fuse_heat") == STATE_UNAVAILABLE


async def test_energy_is_counted_and_goes_on_after_a_restart(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    left = chargers["left"]
    energy = entity_id(hass, "sensor", await add_charger(hass, entry, left), "energy")
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 16
    before = float(hass.states.get(energy).state)
    await house.passes(hass, 360, 1.0, 1.0, 1.0, cars=[left])
    # 16 A on three phases of 230 V and some for a tenth of an hour.
    counted = float(hass.states.get(energy).state) - before
    assert 1.0 <= counted <= 1.2

    # To the last that was counted, also what was not worth a new state.
    charger = entry.get_subentries_of_type("charger")[0].subentry_id
    total = entry.runtime_data.energy.totals[charger]
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.runtime_data.energy.totals[charger] == pytest.approx(total, abs=0.001)
    assert float(hass.states.get(energy).state) == pytest.approx(total, abs=0.001)

    registry = er.async_get(hass)
    for name in ("sensor.renamed", energy):
        registry.async_update_entity(
            registry.async_get_entity_id("sensor", "amp_guard", f"{charger}_energy"),
            new_entity_id=name,
        )
        await hass.async_block_till_done()
    assert entry.runtime_data.energy.totals[charger] == pytest.approx(total, abs=0.01)


async def test_energy_is_kept_over_a_start_in_which_nothing_was_decided(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    decisions: Decisions,
    chargers: dict[str, PlainCharger],
) -> None:
    left = chargers["left"]
    energy = entity_id(hass, "sensor", await add_charger(hass, entry, left), "energy")
    await house.passes(hass, 200, 1.0, 1.0, 1.0, cars=[left])
    before = float(hass.states.get(energy).state)
    assert before > 0.4
    decisions.error = RuntimeError("boom")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    decisions.error = None
    await hass.config_entries.async_reload(entry.entry_id)
    await house.passes(hass, 3, 1.0, 1.0, 1.0, cars=[left])
    assert float(hass.states.get(energy).state) >= before


async def test_a_paused_charger_shows_when_it_may_start(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    left = chargers["left"]
    charger = await add_charger(hass, entry, left)
    await enable_all(hass, entry)
    turn = entity_id(hass, "sensor", charger, "next_turn")
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    assert hass.states.get(turn).state == STATE_UNKNOWN

    await house.passes(hass, 5, 24.0, 1.0, 1.0, cars=[left])
    assert left.limit == 0
    await house.passes(hass, 40, 1.0, 1.0, 1.0, cars=[left])
    reason = entity_id(hass, "sensor", charger, "reason")
    assert hass.states.get(reason).state == Reason.MINIMUM_OFF
    wait = dt_util.parse_datetime(hass.states.get(turn).state) - dt_util.utcnow()
    assert 30 <= wait.total_seconds() <= 120


async def test_what_the_house_uses_is_what_flows_beside_the_chargers(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    left = chargers["left"]
    await add_charger(hass, entry, left)
    await enable_all(hass, entry)
    await house.passes(hass, 90, 5.0, 2.0, 1.0, cars=[left])
    used = [
        float(hass.states.get(entity_id(hass, "sensor", SERIAL, key)).state)
        for key in ("house_current_l1", "house_current_l2", "house_current_l3")
    ]
    assert used == pytest.approx([5.0, 2.0, 1.0], abs=0.5)


async def test_what_limits_a_charger_is_beside_its_reason(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    """Beside what it is given, and of the sensor of the reason for who enables that."""
    left = chargers["left"]
    charger = await add_charger(hass, entry, left)
    given = entity_id(hass, "sensor", charger, "allocated_current")
    reason = entity_id(hass, "sensor", charger, "reason")
    assert er.async_get(hass).async_get(reason).disabled
    await enable(hass, entry, reason)
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    assert hass.states.get(reason).state == Reason.FULL_CURRENT
    assert hass.states.get(given).attributes["reason"] == Reason.FULL_CURRENT
    for sensor in (reason, given):
        assert "limited_by" not in hass.states.get(sensor).attributes

    await house.passes(hass, 30, 1.0, 14.0, 1.0, cars=[left])
    group = entry.subentries[group_id(entry)].title
    assert hass.states.get(given).attributes["reason"] == hass.states.get(reason).state
    for sensor in (reason, given):
        shown = hass.states.get(sensor).attributes
        limits = (shown["phase"], shown["limited_by"])
        assert limits in {("L2", entry.title), ("L2", group)}


async def test_what_may_be_used_follows_the_ceilings(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    fuse = hass.states.get(entity_id(hass, "sensor", SERIAL, "main_fuse"))
    await house.passes(hass, 20, 1.0, 1.0, 1.0)
    limit = entity_id(hass, "sensor", group_id(entry), "limit")
    assert fuse.attributes["unit_of_measurement"] == "A"
    before = float(hass.states.get(limit).state)
    await hass.services.async_call(
        "amp_guard",
        "set_ceiling",
        {
            "device_id": device_id(hass, entry, group_id(entry)),
            "current": 10,
            "duration": {"hours": 1},
        },
        blocking=True,
    )
    await house.passes(hass, 5, 1.0, 1.0, 1.0)
    assert (before, float(hass.states.get(limit).state)) == (25.0, 10.0)


@pytest.mark.usefixtures("all_enabled")
async def test_the_car_is_told_of_while_something_is_known_of_it(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    left = chargers["left"]
    charger = await add_charger(hass, entry, left)
    status = entity_id(hass, "sensor", charger, "status")
    shown = []
    for word in ("disconnected", "connected", "charging"):
        left.says(word)
        await house.passes(hass, 5, 1.0, 1.0, 1.0)
        shown.append(hass.states.get(status).state)
    assert shown == ["disconnected", "connected", "charging"]
