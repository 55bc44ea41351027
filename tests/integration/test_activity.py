"""What Home Assistant's activity shows: the real logbook, over what was recorded."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from homeassistant.components.recorder import Recorder
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from simulator.devices.amp_guard import Fault

from .helpers import (
    SERIAL,
    PlainCharger,
    Property,
    add_charger,
    add_group,
    becomes,
    device_id,
    entity_id,
    group_id,
)

type Activity = Callable[[ConfigEntry, datetime], Awaitable[list[dict]]]


@pytest.fixture(autouse=True)
def _custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Load the integration, in a Home Assistant that records."""


@pytest.fixture
async def activity(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Activity:
    """Return what asks for the activity of an entry's devices since a moment."""
    assert await async_setup_component(hass, "logbook", {})

    async def ask(entry: ConfigEntry, since: datetime) -> list[dict]:
        await async_wait_recording_done(hass)
        client = await hass_ws_client()
        await client.send_json_auto_id(
            {
                "type": "logbook/get_events",
                "start_time": since.isoformat(),
                "end_time": (dt_util.utcnow() + timedelta(hours=1)).isoformat(),
                "device_ids": [
                    device.id
                    for device in dr.async_entries_for_config_entry(
                        dr.async_get(hass), entry.entry_id
                    )
                ],
                "entity_ids": [
                    entity.entity_id
                    for entity in er.async_entries_for_config_entry(
                        er.async_get(hass), entry.entry_id
                    )
                ],
            }
        )
        answer = await client.receive_json()
        assert answer["success"], answer
        return answer["result"]

    return ask


def told(rows: list[dict]) -> list[tuple[str, str]]:
    """Return what each row says, whatever it is a row of."""
    return [
        (row["entity_id"], row.get("attributes", {}).get("event_type", row["state"]))
        for row in rows
    ]


async def test_what_happens_to_a_charger_is_told_by_one_row(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    activity: Activity,
) -> None:
    """That its car begins, or goes, is told by the charger's own integration."""
    left = chargers["left"]
    id_ = await add_charger(hass, entry, left)
    charging = entity_id(hass, "event", id_, "charging")
    fuse = entity_id(hass, "event", SERIAL, "fuse")
    for seconds, load, happened in (
        (90, 1.0, []),
        (5, 22.0, [(fuse, "overload"), (charging, "paused")]),
        (60, 22.0, []),
        (240, 1.0, [(charging, "resumed")]),
        (20, 12.0, [(fuse, "overload"), (charging, "reduced")]),
        (60, 1.0, []),
    ):
        before = dt_util.utcnow()
        await house.passes(hass, seconds, load, 1.0, 1.0, cars=[left])
        rows = told(await activity(entry, before))
        assert [row for row in rows if "connectivity" not in row[0]] == happened
    before = dt_util.utcnow()
    left.says("disconnected")
    await house.passes(hass, 20, 1.0, 1.0, 1.0)
    assert told(await activity(entry, before)) == []


@pytest.mark.parametrize(
    ("on", "word"), [("charger", "paused_ceiling"), ("group", "paused")]
)
async def test_a_pause_says_why(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    activity: Activity,
    on: str,
    word: str,
) -> None:
    left = chargers["left"]
    charger = await add_charger(hass, entry, left)
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    before = dt_util.utcnow()
    target = charger if on == "charger" else group_id(entry)
    await hass.services.async_call(
        "amp_guard",
        "set_ceiling",
        {
            "device_id": device_id(hass, entry, target),
            "current": 0,
            "duration": {"hours": 1},
        },
        blocking=True,
    )
    await house.passes(hass, 30, 1.0, 1.0, 1.0, cars=[left])
    charging = entity_id(hass, "event", charger, "charging")
    assert told(await activity(entry, before)) == [(charging, word)]
    texts = await async_get_translations(hass, "en", "entity", ["amp_guard"])
    said = "component.amp_guard.entity.event.charging.state_attributes.event_type.state"
    assert texts[f"{said}.{word}"].startswith("Paused")
    assert len(texts[f"{said}.{word}"]) > len("Paused: ")


@pytest.mark.parametrize("groups", [1, 3])
async def test_an_overload_of_the_main_fuse_is_told_by_one_row(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    activity: Activity,
    groups: int,
) -> None:
    for number in range(1, groups):
        await add_group(hass, entry, name=f"Row {number}")
    await house.passes(hass, 90, 1.0, 1.0, 1.0)
    before = dt_util.utcnow()
    await house.passes(hass, 10, 26.0, 1.0, 1.0)
    await house.passes(hass, 10, 1.0, 1.0, 1.0)
    fuse = entity_id(hass, "event", SERIAL, "fuse")
    assert told(await activity(entry, before)) == [(fuse, "overload")]


@pytest.mark.parametrize("groups", [1, 3])
async def test_a_lost_meter_is_told_once(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    activity: Activity,
    groups: int,
) -> None:
    """By the meter, what it means, beside the state of its connection."""
    for number in range(1, groups):
        await add_group(hass, entry, name=f"Row {number}")
    fuse = entity_id(hass, "event", SERIAL, "fuse")
    connectivity = entity_id(hass, "binary_sensor", SERIAL, "connectivity")
    await house.passes(hass, 20, 1.0, 1.0, 1.0)
    before = dt_util.utcnow()
    house.meter.fault = Fault.SILENT
    for _ in range(14):
        house.clock.advance(4.0)
        await hass.async_block_till_done()
    await becomes(hass, connectivity, "off")
    assert sorted(told(await activity(entry, before))) == [
        (connectivity, "off"),
        (fuse, "fallback_entered"),
    ]
    before = dt_util.utcnow()
    house.meter.fault = None
    house.clock.advance(10.0)
    await house.passes(hass, 15, 1.0, 1.0, 1.0)
    assert sorted(told(await activity(entry, before))) == [
        (connectivity, "on"),
        (fuse, "fallback_left"),
    ]
