"""The forms as the frontend gets them."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.amp_guard.const import DOMAIN

from .helpers import (
    GROUPS_INPUT,
    NO_CHARGERS,
    SET_UP_INPUT,
    PlainCharger,
    charger_input,
)

FLOWS = "/api/config/config_entries"


@pytest.fixture
async def post(hass: HomeAssistant, hass_client: ClientSessionGenerator):
    """Return a function that posts what a step is given, and returns the next."""
    assert await async_setup_component(hass, "config", {})
    # From when a test's client is there on, nothing new is served.
    assert await async_setup_component(hass, DOMAIN, {})
    client = await hass_client()

    async def post(path: str, data: dict) -> dict:
        response = await client.post(f"{FLOWS}/{path}", json=data)
        assert response.status == 200, await response.text()
        return await response.json()

    return post


def fields(step: dict) -> list[str]:
    return [field["name"] for field in step["data_schema"]]


def fill_in(step: dict, values: dict) -> dict:
    """Return values as the frontend sends them: those of a section within it."""
    return {
        field["name"]: fill_in({"data_schema": field["schema"]}, values)
        if field.get("type") == "expandable"
        else values[field["name"]]
        for field in step["data_schema"]
        if field["name"] in values or field.get("type") == "expandable"
    }


async def test_set_up(hass: HomeAssistant, post, meter_input: dict[str, str]) -> None:
    step = await post("flow", {"handler": DOMAIN})
    assert (step["type"], step["step_id"]) == ("menu", "user")
    path = f"flow/{step['flow_id']}"
    step = await post(path, {"next_step_id": "address"})
    assert (step["step_id"], fields(step)) == ("address", ["host", "pin"])
    for step_id, values in (
        ("address", meter_input),
        ("supply", SET_UP_INPUT),
        ("groups", GROUPS_INPUT),
        ("chargers", NO_CHARGERS),
        ("activate", {"active": True}),
    ):
        assert step["step_id"] == step_id
        step = await post(path, fill_in(step, values))
    assert step["type"] == "create_entry"
    await hass.async_block_till_done()


async def test_a_form_that_was_left_behind_is_not_taken(
    hass: HomeAssistant, hass_client, post, meter_input: dict[str, str]
) -> None:
    """As a browser's back and a second window send it; the flow goes on all the same."""
    step = await post("flow", {"handler": DOMAIN})
    path = f"flow/{step['flow_id']}"
    for given in ({"next_step_id": "address"}, meter_input):
        step = await post(path, given)
    client = await hass_client()
    for stale in (meter_input, {"next_step_id": "sensors"}, {"active": True}, {}):
        response = await client.post(f"{FLOWS}/{path}", json=stale)
        assert response.status == 400
    step = await post(path, fill_in(step, SET_UP_INPUT))
    assert step["step_id"] == "groups"
    # A restart forgets it: what is sent then finds nothing.
    assert (await client.delete(f"{FLOWS}/{path}")).status == 200
    assert (await client.post(f"{FLOWS}/{path}", json={})).status == 404
    assert hass.config_entries.async_entries(DOMAIN) == []


async def test_the_tables_reach_the_browser_with_their_cells(
    hass: HomeAssistant, post, meter_input: dict[str, str]
) -> None:
    step = await post("flow", {"handler": DOMAIN})
    path = f"flow/{step['flow_id']}"
    for given in ({"next_step_id": "address"}, meter_input):
        step = await post(path, given)
    step = await post(path, fill_in(step, SET_UP_INPUT))
    [field] = step["data_schema"]
    table = field["selector"]["object"]
    assert (table["multiple"], table["translation_key"]) == (True, "group_row")
    assert table["fields"]["max_current_online"]["selector"]["number"]["max"] == 100
    assert field["description"]["suggested_value"][0].keys() == {"name"}


async def test_groups_chargers_and_the_supply(
    hass: HomeAssistant,
    post,
    entry: ConfigEntry,
    chargers: dict[str, PlainCharger],
) -> None:
    step = await post("subentries/flow", {"handler": [entry.entry_id, "group"]})
    assert (step["step_id"], fields(step)) == (
        "user",
        [
            "name",
            "parent",
            "phases",
            "max_current_online",
            "max_current_offline",
            "advanced",
        ],
    )

    step = await post("subentries/flow", {"handler": [entry.entry_id, "charger"]})
    assert step["menu_options"] == ["device", "entities"]
    path = f"subentries/flow/{step['flow_id']}"
    step = await post(path, {"next_step_id": "entities"})
    assert set(chargers["left"].entities) <= set(fields(step))
    step = await post(path, chargers["left"].entities)
    assert step["step_id"] == "charger"
    settings = charger_input()
    *first, last = fields(step)
    assert ({*first}, last) == (settings.keys() - {"offline_phase"}, "advanced")
    step = await post(path, fill_in(step, settings))
    assert step["menu_options"] == ["save", "check", "charger"]
    step = await post(path, {"next_step_id": "save"})
    assert step["type"] == "create_entry"

    step = await post("options/flow", {"handler": entry.entry_id})
    assert (step["step_id"], fields(step)) == (
        "init",
        ["supply_max_current", "fuse_type", "net", "generates", "advanced"],
    )
    await hass.async_block_till_done()
