"""Repairs appear with the facts and vanish with them, whatever the order."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.amp_guard.const import DOMAIN

from .helpers import (
    Clock,
    PlainCharger,
    Property,
    add_charger,
    enable_all,
    go_on,
    group_id,
    start_flow,
)
from .test_settings import set_number, turn


def issues(hass: HomeAssistant) -> dict[str, str]:
    """Return the text that each issue is filled with."""
    return {
        issue.translation_key: str(issue.translation_placeholders)
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN
    }


async def test_nothing_is_told_of_chargers_that_were_removed_while_set_up_failed(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    """The group goes first, as an owner may: then set-up stops until they go too."""
    left = await add_charger(hass, entry, chargers["left"])
    hass.config_entries.async_remove_subentry(entry, group_id(entry))
    await hass.async_block_till_done()
    hass.config_entries.async_remove_subentry(entry, left)
    await hass.async_block_till_done()
    assert "no_fail_safe" not in issues(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert "no_fail_safe" not in issues(hass)


async def test_both_of_two_removed_chargers_are_told(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    added = [await add_charger(hass, entry, charger) for charger in chargers.values()]
    for charger in added:
        hass.config_entries.async_remove_subentry(entry, charger)
        await hass.async_block_till_done()
    told = issues(hass)["chargers_left"]
    assert "Left" in told
    assert "Right" in told


async def test_a_charger_that_is_balanced_again_is_not_told_as_left(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    left = await add_charger(hass, entry, chargers["left"])
    hass.config_entries.async_remove_subentry(entry, left)
    await hass.async_block_till_done()
    assert "chargers_left" in issues(hass)
    await add_charger(hass, entry, chargers["left"])
    assert "chargers_left" not in issues(hass)


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
    assert "chargers_left" not in issues(hass)


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
    hass: HomeAssistant, clock: Clock, removed: bool
) -> None:
    result = await go_on(hass, await start_flow(hass), "demonstration", {})
    await hass.async_block_till_done()
    if removed:
        await hass.config_entries.async_remove(result["result"].entry_id)
        await hass.async_block_till_done()
    assert issues(hass) == {}
