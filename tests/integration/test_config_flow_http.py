"""The forms as the frontend gets them."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.amp_guard.const import DOMAIN

from .helpers import GROUP_INPUT, SUPPLY_INPUT, PlainCharger, charger_input

FLOWS = "/api/config/config_entries"


@pytest.fixture
async def post(hass: HomeAssistant, hass_client: ClientSessionGenerator):
    """Return a function that posts what a step is given, and returns the next."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_client()

    async def post(path: str, data: dict) -> dict:
        response = await client.post(f"{FLOWS}/{path}", json=data)
        assert response.status == 200, await response.text()
        return await response.json()

    return post


def fields(step: dict) -> list[str]:
    return [field["name"] for field in step["data_schema"]]


async def test_set_up(hass: HomeAssistant, post, meter_input: dict[str, str]) -> None:
    step = await post("flow", {"handler": DOMAIN})
    assert (step["type"], step["step_id"]) == ("menu", "user")
    path = f"flow/{step['flow_id']}"
    step = await post(path, {"next_step_id": "address"})
    assert (step["step_id"], fields(step)) == ("address", ["host", "pin"])
    step = await post(f"flow/{step['flow_id']}", meter_input)
    assert (step["step_id"], fields(step)) == ("supply", list(SUPPLY_INPUT))
    step = await post(f"flow/{step['flow_id']}", SUPPLY_INPUT)
    assert (step["step_id"], fields(step)) == ("group", list(GROUP_INPUT))
    step = await post(f"flow/{step['flow_id']}", GROUP_INPUT)
    assert step["type"] == "create_entry"
    await hass.async_block_till_done()


async def test_groups_chargers_and_the_supply(
    hass: HomeAssistant,
    post,
    entry: ConfigEntry,
    chargers: dict[str, PlainCharger],
) -> None:
    step = await post("subentries/flow", {"handler": [entry.entry_id, "group"]})
    assert (step["step_id"], fields(step)) == (
        "user",
        ["name", "parent", *list(GROUP_INPUT)[1:]],
    )

    step = await post("subentries/flow", {"handler": [entry.entry_id, "charger"]})
    assert step["menu_options"] == ["device", "entities"]
    path = f"subentries/flow/{step['flow_id']}"
    step = await post(path, {"next_step_id": "entities"})
    assert set(chargers["left"].entities) <= set(fields(step))
    step = await post(path, chargers["left"].entities)
    assert step["step_id"] == "settings"
    settings = charger_input(entry)
    assert fields(step) == list(settings)
    step = await post(path, settings)
    assert step["type"] == "create_entry"

    step = await post("options/flow", {"handler": entry.entry_id})
    assert (step["step_id"], fields(step)) == ("init", list(SUPPLY_INPUT))
    await hass.async_block_till_done()
