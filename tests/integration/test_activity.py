"""What Home Assistant's activity shows: the real logbook, over what was recorded."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from homeassistant.components.recorder import Recorder
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from .helpers import (
    SERIAL,
    PlainCharger,
    Property,
    add_charger,
    add_group,
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


def events(rows: list[dict]) -> list[tuple[str, str]]:
    """Return what is said to have happened, and to what: in words, or by an event."""
    return [
        (row["entity_id"], row["attributes"]["event_type"])
        if row.get("entity_id", "").startswith("event.")
        else (row["name"], row["message"])
        for row in rows
        if "message" in row or row["entity_id"].startswith("event.")
    ]


def of_fuses(rows: list[dict]) -> list[dict]:
    """Return the rows that are about a fuse, whatever tells them."""
    return [row for row in rows if "left" not in str(row).lower()]


async def test_what_happens_to_a_charger_is_told_by_one_row(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    activity: Activity,
) -> None:
    left = chargers["left"]
    charging = entity_id(
        hass, "event", await add_charger(hass, entry, left), "charging"
    )
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    for seconds, load, told in (
        (5, 22.0, ["paused"]),
        (240, 1.0, ["resumed"]),
        (20, 12.0, ["reduced"]),
        (60, 1.0, []),
    ):
        before = dt_util.utcnow()
        await house.passes(hass, seconds, load, 1.0, 1.0, cars=[left])
        happened = events(await activity(entry, before))
        assert [each for each in happened if "amp_guard" not in each[0]] == [
            (charging, what) for what in told
        ]


@pytest.mark.parametrize("groups", [1, 3])
async def test_an_overload_of_the_main_fuse_is_told_by_one_row(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    activity: Activity,
    groups: int,
) -> None:
    for number in range(1, groups):
        await add_group(hass, entry, name=f"Row {number}")
    left = chargers["left"]
    await add_charger(
        hass, entry, left, **({"group": group_id(entry)} if groups > 1 else {})
    )
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    before = dt_util.utcnow()
    await house.passes(hass, 10, 26.0, 1.0, 1.0, cars=[left])
    await house.passes(hass, 10, 1.0, 1.0, 1.0, cars=[left])
    [row] = of_fuses(await activity(entry, before))
    assert row["entity_id"] == entity_id(hass, "event", SERIAL, "fuse")
    assert row["attributes"] == {"event_type": "overload"}
