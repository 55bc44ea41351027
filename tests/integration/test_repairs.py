"""Repairs appear with the facts and vanish with them, whatever the order."""

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.amp_guard.const import DOMAIN

from .helpers import (
    GROUP_INPUT,
    Clock,
    PlainCharger,
    Property,
    add_charger,
    add_group,
    add_meter,
    charger_input,
    device_id,
    enable_all,
    go_on,
    group_id,
    hastened,
    start_subentry,
)
from .test_settings import set_number, turn

QUIET = (1.0, 1.0, 1.0)


def issues(hass: HomeAssistant) -> dict[str, str]:
    """Return the text that each issue is filled with."""
    return {
        issue.translation_key: str(issue.translation_placeholders)
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN
    }


async def test_a_removed_group_stops_nobody_else(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    """Its own charger is left at its offline limit; a repair says which, and where."""
    carport = await add_group(hass, entry, name="Carport")
    left = await add_charger(
        hass, entry, chargers["left"], group=group_id(entry), offline_current=8
    )
    await add_charger(hass, entry, chargers["right"], group=carport)
    await house.passes(hass, 90, *QUIET, cars=chargers.values())
    assert chargers["left"].limit > 8

    hass.config_entries.async_remove_subentry(entry, group_id(entry))
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert chargers["left"].limit == 8
    told = ir.async_get(hass).async_get_issue(DOMAIN, f"group_gone_{left}")
    assert told.translation_placeholders == {
        "charger": "Left",
        "supply": entry.title,
        "left_at": "8",
    }
    await house.passes(hass, 60, *QUIET, cars=chargers.values())
    assert chargers["right"].limit > 11
    assert chargers["left"].limit == 8

    result = await go_on(
        hass,
        await start_subentry(hass, entry, "charger", left),
        chargers["left"].entities,
        charger_input(),  # the other group is the only one
        "save",
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert "group_gone" not in issues(hass)
    balanced = {charger.id for charger in entry.runtime_data.site.chargers}
    assert left in balanced


async def test_no_phases_are_looked_for_where_nobody_balances(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    carport = await add_group(hass, entry, name="Carport")
    left = await add_charger(hass, entry, chargers["left"], group=carport)
    hass.config_entries.async_remove_subentry(entry, carport)
    await hass.async_block_till_done()
    result = await go_on(
        hass,
        await start_subentry(hass, entry, "charger", left),
        chargers["left"].entities,
        charger_input(),
        "find_phases",
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    result = await hass.config_entries.subentries.async_configure(result["flow_id"])
    assert result["step_id"] == "phases_found"
    told = result["description_placeholders"]["found"]
    assert told.startswith("Left belongs to a group that was removed")


async def test_a_group_above_that_is_removed_takes_what_is_below_out(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    yard = await add_group(hass, entry, name="Yard")
    carport = await add_group(hass, entry, name="Carport", parent=yard)
    left = await add_charger(hass, entry, chargers["left"], group=carport)
    hass.config_entries.async_remove_subentry(entry, yard)
    await hass.async_block_till_done()

    assert entry.state is ConfigEntryState.LOADED
    registry = ir.async_get(hass)
    above = registry.async_get_issue(DOMAIN, f"group_above_gone_{carport}")
    assert above.translation_placeholders == {"group": "Carport", "supply": entry.title}
    assert registry.async_get_issue(DOMAIN, f"group_gone_{left}") is not None
    with pytest.raises(ServiceValidationError) as refused:
        await hass.services.async_call(
            DOMAIN,
            "set_priority",
            {"device_id": device_id(hass, entry, left), "priority": 2},
            blocking=True,
        )
    assert refused.value.translation_key == "no_such_device"

    result = await start_subentry(hass, entry, "group", carport)
    again = GROUP_INPUT | {"name": "Garage", "parent": "supply"}
    result = await go_on(hass, result, again)
    assert result["errors"] == {"name": "name_taken"}
    result = await go_on(hass, result, again | {"name": "Carport"})
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert not issues(hass).keys() & {"group_gone", "group_above_gone"}


async def test_what_is_told_of_a_lost_group_goes_with_what_it_is_told_of(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    left = await add_charger(hass, entry, chargers["left"])
    hass.config_entries.async_remove_subentry(entry, group_id(entry))
    await hass.async_block_till_done()
    assert "group_gone" in issues(hass)
    hass.config_entries.async_remove_subentry(entry, left)
    await hass.async_block_till_done()
    assert issues(hass).keys() == {"charger_left"}
    await hass.config_entries.async_remove(entry.entry_id)
    assert issues(hass).keys() == {"charger_left"}


async def test_a_charger_that_was_removed_while_set_up_failed_is_told_as_left(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    left = await add_charger(hass, entry, chargers["left"], offline_current=7)
    group = entry.subentries[group_id(entry)]
    nobody_lets_this = dict(group.data) | {"parent": group.subentry_id}
    hass.config_entries.async_update_subentry(entry, group, data=nobody_lets_this)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR

    hass.config_entries.async_remove_subentry(entry, left)
    await hass.async_block_till_done()
    assert left_at(hass) == {"Left": "7"}
    assert "no_fail_safe" not in issues(hass)


def left_at(hass: HomeAssistant) -> dict[str, str]:
    """Return at what each charger is told to be left, by its name."""
    return {
        issue.translation_placeholders["charger"]: issue.translation_placeholders[
            "left_at"
        ]
        for issue in ir.async_get(hass).issues.values()
        if issue.translation_key == "charger_left" and issue.active
    }


async def test_each_of_two_removed_chargers_is_told(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    added = [
        await add_charger(hass, entry, charger, offline_current=offline)
        for charger, offline in zip(chargers.values(), (7, 8), strict=True)
    ]
    for charger in added:
        hass.config_entries.async_remove_subentry(entry, charger)
        await hass.async_block_till_done()
    assert left_at(hass) == {"Left": "7", "Right": "8"}


async def test_a_charger_that_is_balanced_again_is_not_told_as_left(
    hass: HomeAssistant,
    entry: ConfigEntry,
    meter_input: dict[str, str],
    chargers: dict[str, PlainCharger],
) -> None:
    """Below whatever supply."""
    for charger in chargers.values():
        await add_charger(hass, entry, charger)
    await hass.config_entries.async_remove(entry.entry_id)
    assert left_at(hass).keys() == {"Left", "Right"}

    anew = await add_meter(hass, meter_input)
    await add_charger(hass, anew, chargers["left"])
    assert left_at(hass).keys() == {"Right"}


async def test_a_namesake_takes_no_notice_back(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    left = await add_charger(hass, entry, chargers["left"])
    hass.config_entries.async_remove_subentry(entry, left)
    await hass.async_block_till_done()
    await go_on(
        hass,
        await start_subentry(hass, entry, "charger"),
        "entities",
        chargers["right"].entities | {"name": "Left"},
        charger_input(),
        "save",
    )
    await hass.async_block_till_done()
    assert left_at(hass) == {"Left": "6"}


async def test_how_a_charger_was_left_is_told_after_a_restart_too(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    left = await add_charger(hass, entry, chargers["left"])
    hass.config_entries.async_remove_subentry(entry, left)
    await hass.async_block_till_done()
    kept = ir.async_get(hass)._data_to_save()["issues"]
    [told] = [each for each in kept if each["issue_id"] == f"charger_left_{left}"]
    assert told["is_persistent"]
    assert told["translation_placeholders"]["charger"] == "Left"


async def test_a_charger_that_was_left_alone_is_not_said_to_have_been_told(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    left = await add_charger(hass, entry, chargers["left"])
    await turn(hass, group_id(entry), "active", "off")
    chargers["left"].commands.clear()
    hass.config_entries.async_remove_subentry(entry, left)
    await hass.async_block_till_done()
    assert chargers["left"].commands == []
    assert "charger_left" not in issues(hass)


async def test_what_is_told_follows_the_offline_current_limit(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    left = await add_charger(hass, entry, chargers["left"])
    assert "6" in issues(hass)["no_fail_safe"]
    await enable_all(hass, entry)
    await set_number(hass, left, "offline_current", 8)
    assert "8" in issues(hass)["no_fail_safe"]


async def test_a_charger_that_is_lost_and_back_is_logged_once_each(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    caplog: pytest.LogCaptureFixture,
) -> None:
    left = chargers["left"]
    await add_charger(hass, entry, left)
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    caplog.clear()
    states = [
        hass.states.get(entity)
        for entity in ("input_number.left", "input_boolean.left", "sensor.left")
    ]
    for state in states:
        hass.states.async_set(state.entity_id, STATE_UNAVAILABLE)
    await house.passes(hass, 60, 1.0, 1.0, 1.0)
    for state in states:
        hass.states.async_set(state.entity_id, state.state, state.attributes)
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    said = [record.levelname for record in caplog.records if DOMAIN in record.name]
    assert said == ["WARNING", "INFO"]


@pytest.mark.parametrize("removed", [False, True])
async def test_a_simulated_home_is_nothing_to_repair(
    hass: HomeAssistant, clock: Clock, simulated_home: ConfigEntry, removed: bool
) -> None:
    if removed:
        remove = hass.config_entries.async_remove(simulated_home.entry_id)
        await hastened(clock, remove)
        await hass.async_block_till_done()
    assert issues(hass) == {}
