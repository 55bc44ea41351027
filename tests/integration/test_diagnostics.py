"""Diagnostics let a stranger find a fault, and tell nothing that is private."""

import json
from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import ExtendedJSONEncoder

from bench.replay import read_recording, replay
from custom_components.amp_guard.diagnostics import async_get_config_entry_diagnostics

from .helpers import SERIAL, PlainCharger, Property, add_charger


async def test_what_was_decided_and_nothing_private(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    tmp_path: Path,
) -> None:
    left = chargers["left"]
    charger = await add_charger(hass, entry, left)
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])

    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    text = json.dumps(diagnostics, cls=ExtendedJSONEncoder)

    shown = json.loads(text)
    allocation = shown["published"]["decision"]["allocations"][charger]
    assert (allocation["current"], allocation["reason"]) == (16.0, "full_current")
    assert shown["site"]["supply"]["supply_max_current"] == 25
    assert shown["rejected_samples"] == {"supply": 0}
    assert shown["learned"][charger]["ramps"]
    assert shown["version"]
    file = tmp_path / "diagnostics.json"
    file.write_text(f'{{"data": {text}}}')
    turns = list(replay(read_recording(file)))
    assert len(turns) >= 60
    assert all(turn.same for turn in turns)
    assert turns[-1].decision.allocations[charger].current == 16.0
    for private in (SERIAL, "12345678", entry.data["host"], "02:00:00:00:00:01"):
        assert private not in text
