"""What is kept over restarts and crashes, and what each version of it ever held."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir, restore_state
from homeassistant.util import dt as dt_util
import pytest

from custom_components.amp_guard.const import DOMAIN

from .helpers import PlainCharger, Property, entity_id

QUIET = (1.0, 1.0, 1.0)
LATER = "2099-01-01T00:00:00+00:00"
LEARNED = {
    "as it began": {
        "lags": [3.0],
        "ramps": [1.0],
        "phases": 3,
        "user_limit": 10.0,
    },
    "with what may be in force": {
        "lags": [3.0],
        "ramps": [1.0],
        "phases": 3,
        "user_limit": 10.0,
        "may_hold": 16.0,
    },
    "with what it was left at": {
        "lags": [3.0],
        "ramps": [1.0],
        "phases": 3,
        "user_limit": 10.0,
        "may_hold": 16.0,
        "left_at": 6.0,
    },
    "of a version to come": {
        "lags": [3.0],
        "ramps": [1.0],
        "phases": 3,
        "user_limit": 10.0,
        "mood": "good",
    },
}
"""What was stored of a charger, by when: all of it under version 1."""


@pytest.fixture
def begin_with(hass: HomeAssistant, entry: ConfigEntry, hass_storage: dict) -> Callable:
    """Return a function that sets the entry up anew, with this in a file of its."""

    async def begin(kind: str, data: object, **head: int) -> None:
        key = f"{DOMAIN}.{entry.entry_id}{kind}"
        await hass.config_entries.async_unload(entry.entry_id)
        hass_storage[key] = {
            "version": 1,
            "minor_version": 1,
            "key": key,
            "data": data,
        } | head
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()

    return begin


def unreadable(hass: HomeAssistant) -> list[str]:
    return [id_ for _, id_ in ir.async_get(hass).issues if "unreadable" in id_]


@pytest.mark.parametrize("stored", LEARNED.values(), ids=LEARNED)
async def test_what_was_ever_learned_is_taken_up(
    hass: HomeAssistant,
    entry: ConfigEntry,
    left_id: str,
    begin_with: Callable,
    stored: dict[str, Any],
) -> None:
    await begin_with(".learned", {left_id: stored})
    known = entry.runtime_data.fleet.learned[left_id]
    for key in ("lags", "ramps", "phases", "user_limit"):
        assert known[key] == stored[key]
    assert unreadable(hass) == []


async def test_what_was_ever_overridden_is_taken_up(
    hass: HomeAssistant, entry: ConfigEntry, left_id: str, begin_with: Callable
) -> None:
    ceiling = {"target": left_id, "name": "tariff", "current": 8, "end": LATER}
    await begin_with("", {"ceilings": [ceiling], "boosts": {left_id: LATER}})
    overrides = entry.runtime_data.overrides
    assert [each.current for each in overrides.ceilings] == [8]
    assert overrides.boosts == {left_id: dt_util.parse_datetime(LATER)}
    assert unreadable(hass) == []


WRONG = [None, [], "x", 1, {"x": None}, {"x": "1"}, {"x": [1]}, {"x": {"lags": "x"}}]


@pytest.mark.parametrize("kind", ["", ".learned", ".energy"])
@pytest.mark.parametrize("data", WRONG, ids=repr)
async def test_whatever_is_stored_it_is_decided(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left_id: str,
    begin_with: Callable,
    kind: str,
    data: object,
) -> None:
    await begin_with(kind, data)
    assert entry.state is ConfigEntryState.LOADED
    await house.passes(hass, 2, *QUIET)
    assert left_id in entry.runtime_data.state.decision.allocations


@pytest.mark.parametrize("kind", ["", ".learned", ".energy"])
@pytest.mark.parametrize("head", [{"version": 2}, {"version": 0}, {"minor_version": 9}])
async def test_whatever_version_it_is_it_is_decided(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left_id: str,
    begin_with: Callable,
    kind: str,
    head: dict[str, int],
) -> None:
    await begin_with(kind, {"ceilings": [], "boosts": {}}, **head)
    assert entry.state is ConfigEntryState.LOADED
    await house.passes(hass, 2, *QUIET)
    assert left_id in entry.runtime_data.state.decision.allocations


async def test_a_crash_loses_a_tenth_of_a_kilowatt_hour_at_most_and_pauses_no_car(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left: PlainCharger,
    left_id: str,
    hass_storage: dict[str, Any],
) -> None:
    """Kill -9: what was written before is all that is left, and chargers go on."""
    await house.passes(hass, 300, *QUIET, cars=[left])
    counted = entry.runtime_data.energy.totals[left_id]
    assert counted > 0.5
    stored, limit = deepcopy(hass_storage), left.limit
    assert limit == 16.0

    await hass.config_entries.async_unload(entry.entry_id)
    restore_state.async_get(hass).last_states.clear()
    hass_storage.update(stored)
    for domain, state in (("input_number", limit), ("input_boolean", "on")):
        hass.states.async_set(
            left.helper(domain),
            str(state),
            hass.states.get(left.helper(domain)).attributes,
        )
    left.commands.clear()
    await hass.config_entries.async_setup(entry.entry_id)
    await house.passes(hass, 150, *QUIET, cars=[left])
    assert entry.runtime_data.energy.totals[left_id] >= counted - 0.1
    sensor = hass.states.get(entity_id(hass, "sensor", left_id, "energy"))
    assert float(sensor.state) >= counted - 0.1
    assert not [current for current in left.commands if current < 6.0]
