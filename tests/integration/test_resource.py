"""The card's file: served, and once among the dashboards' resources, whatever happens."""

from collections.abc import Callable
from pathlib import Path

from homeassistant.components.frontend import (
    async_panel_exists,
    async_register_built_in_panel,
)
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info

import custom_components.amp_guard as integration
from tests.clock import Clock

from .helpers import go_on, hastened, start_flow

FILE = Path(integration.__file__).parent / "frontend" / "amp-guard-card.js"
PATH = "/amp_guard/amp-guard-card.js"


@pytest.fixture
def resources(hass: HomeAssistant, hass_ws_client: Callable) -> Callable:
    """Return what asks for the resources as a page does."""

    async def resources() -> list[dict[str, str]]:
        client = await hass_ws_client(hass)
        await client.send_json_auto_id({"type": "lovelace/resources"})
        return (await client.receive_json())["result"]

    return resources


async def test_the_simulated_home_has_its_dashboard_while_it_is_there(
    hass: HomeAssistant, clock: Clock, hass_ws_client: Callable
) -> None:
    assert await async_setup_component(hass, "lovelace", {})
    result = await go_on(hass, await start_flow(hass), "demonstration", {})
    await hass.async_block_till_done()
    entry, told = result["result"], result["description_placeholders"]
    path = "amp-guard-simulated"
    assert f'href="/{path}"' in told["open"]

    client = await hass_ws_client(hass)

    async def ask(**what: object) -> dict:
        await client.send_json_auto_id(what)
        return await client.receive_json()

    assert async_panel_exists(hass, path)
    config = (await ask(type="lovelace/config", url_path=path, force=False))["result"]
    made_by = {"type": "custom:amp-guard", "entry_id": entry.entry_id}
    assert config == {"strategy": made_by}
    listed = (await ask(type="lovelace/dashboards/list"))["result"]
    assert [each["title"] for each in listed] == [entry.title]
    assert (await ask(type="lovelace/info"))["success"]
    assert await async_setup_component(hass, "system_health", {})
    assert (await get_system_health_info(hass, "lovelace"))["dashboards"] == 2

    await hastened(clock, hass.config_entries.async_reload(entry.entry_id))
    assert async_panel_exists(hass, path)
    await hastened(clock, hass.config_entries.async_remove(entry.entry_id))
    assert not async_panel_exists(hass, path)
    gone = await ask(type="lovelace/config", url_path=path, force=False)
    assert gone["error"]["code"] == "config_not_found"


async def test_a_dashboard_of_somebody_elses_stays(
    hass: HomeAssistant, clock: Clock, add_simulated_home: Callable
) -> None:
    assert await async_setup_component(hass, "lovelace", {})
    path = "amp-guard-simulated"
    async_register_built_in_panel(hass, "lovelace", frontend_url_path=path)
    entry = await add_simulated_home()
    assert entry.state is ConfigEntryState.LOADED
    await hastened(clock, hass.config_entries.async_remove(entry.entry_id))
    assert async_panel_exists(hass, path)


async def test_it_is_a_module_once_after_50_reloads(
    hass: HomeAssistant, entry: ConfigEntry, resources: Callable, hass_client: Callable
) -> None:
    assert await async_setup_component(hass, "lovelace", {})
    for _ in range(50):
        assert await hass.config_entries.async_reload(entry.entry_id)
        assert entry.state is ConfigEntryState.LOADED
    await hass.async_block_till_done()

    [resource] = await resources()
    assert resource["type"] == "module"
    assert resource["url"].startswith(f"{PATH}?v=")
    answer = await (await hass_client()).get(resource["url"])
    assert answer.status == 200
    assert "javascript" in answer.headers["Content-Type"]
    assert await answer.read() == FILE.read_bytes()


async def test_it_follows_the_file_and_leaves_what_others_made(
    hass: HomeAssistant,
    entry: ConfigEntry,
    resources: Callable,
    hass_ws_client: Callable,
    clock: Clock,
    add_simulated_home: Callable,
) -> None:
    assert await async_setup_component(hass, "lovelace", {})
    [first] = await resources()
    client = await hass_ws_client(hass)
    for command in (
        {"type": "update", "resource_id": first["id"], "url": f"{PATH}?v=old"},
        {"type": "create", "res_type": "module", "url": "/local/another.js"},
        {"type": "create", "res_type": "module", "url": f"{PATH}?v=older"},
    ):
        command["type"] = f"lovelace/resources/{command['type']}"
        await client.send_json_auto_id(command)
        assert (await client.receive_json())["success"]

    another = await add_simulated_home()
    urls = {each["url"] for each in await resources()}
    assert urls == {first["url"], "/local/another.js"}

    await hass.config_entries.async_remove(entry.entry_id)
    assert len(await resources()) == 2
    await hastened(clock, hass.config_entries.async_remove(another.entry_id))
    assert [each["url"] for each in await resources()] == ["/local/another.js"]

    await add_simulated_home()  # without a restart
    assert {each["url"] for each in await resources()} == urls


async def test_it_is_added_when_dashboards_come_later(
    hass: HomeAssistant, resources: Callable, add_simulated_home: Callable
) -> None:
    await add_simulated_home()
    assert await async_setup_component(hass, "lovelace", {})
    await hass.async_block_till_done()
    assert len(await resources()) == 1


async def test_resources_in_yaml_are_left_to_the_owner(
    hass: HomeAssistant,
    clock: Clock,
    resources: Callable,
    add_simulated_home: Callable,
) -> None:
    own = [{"type": "module", "url": PATH}]
    config = {"lovelace": {"resource_mode": "yaml", "resources": own}}
    assert await async_setup_component(hass, "lovelace", config)
    entry = await add_simulated_home()
    assert entry.state is ConfigEntryState.LOADED
    assert await resources() == own
    assert await hastened(clock, hass.config_entries.async_remove(entry.entry_id))
