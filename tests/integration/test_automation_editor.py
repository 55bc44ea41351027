"""The automation editor: what it offers for what is picked, and that it works."""

from collections.abc import Awaitable, Callable

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service
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
from .test_events import charger_id
from .test_services import HOUR, act

OF_CHARGERS = {"reduced", "paused", "resumed", "not_following"}
CEILINGS = {"set_ceiling", "clear_ceiling"}
ACTIONS_OF_CHARGERS = {
    "request_current",
    "boost",
    "end_boost",
    "set_priority",
    "find_phases",
}
OF_FUSES = {"overload", "fallback_entered", "fallback_left"}


async def offered(
    hass: HomeAssistant, connect: WebSocketGenerator, what: str, **target: str
) -> set[str]:
    """Return what the editor offers of ours for a target."""
    for domain in ("automation", "script"):
        await async_setup_component(hass, domain, {})
    client = await connect(hass)
    await client.send_json_auto_id({"type": f"get_{what}_for_target", "target": target})
    answer = await client.receive_json()
    assert answer["success"], answer
    ours = (each.split(".") for each in answer["result"])
    return {name for domain, name in ours if domain == "amp_guard"}


async def test_what_is_offered_is_that_of_what_is_picked(
    hass: HomeAssistant,
    entry: ConfigEntry,
    left: PlainCharger,
    hass_ws_client: WebSocketGenerator,
) -> None:
    charger = device_id(hass, entry, charger_id(entry))
    group = device_id(hass, entry, group_id(entry))
    supply = device_id(hass, entry, SERIAL)
    for what, of_charger, of_group, of_supply in (
        ("triggers", OF_CHARGERS, OF_FUSES, OF_FUSES | {"loads_off", "loads_on"}),
        (
            "conditions",
            {"is_paused", "is_boosted"},
            {"is_overloaded", "is_in_fallback"},
            {"is_overloaded", "is_in_fallback"},
        ),
        ("services", CEILINGS | ACTIONS_OF_CHARGERS, CEILINGS, CEILINGS),
    ):
        ask = hass, hass_ws_client, what
        assert await offered(*ask, device_id=[charger]) == of_charger
        assert await offered(*ask, device_id=[group]) == of_group
        assert await offered(*ask, device_id=[supply]) == of_supply


async def automate(
    hass: HomeAssistant, trigger: str, target: dict, **rest: object
) -> list:
    """Set up an automation as the editor writes it; return what it calls."""
    calls = async_mock_service(hass, "test", "automation")
    automation = {
        "triggers": {"trigger": f"amp_guard.{trigger}", "target": target},
        "actions": {
            "action": "test.automation",
            "data": {"reason": "{{ trigger.reason | default('') }}"},
        },
    }
    config = {"automation": automation | rest}
    assert await async_setup_component(hass, "automation", config)
    await hass.async_block_till_done()
    return calls


@pytest.mark.parametrize("picked", ["device", "entity", "area"])
async def test_a_pause_is_heard_however_the_charger_was_picked(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left: PlainCharger,
    picked: str,
) -> None:
    charger = charger_id(entry)
    device = device_id(hass, entry, charger)
    dr.async_get(hass).async_update_device(device, area_id="garage")
    targets = {
        "device": {"device_id": device},
        "entity": {"entity_id": entity_id(hass, "sensor", charger, "reason")},
        "area": {"area_id": "garage"},
    }
    calls = await automate(hass, "paused", targets[picked])
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    assert calls == []
    await house.passes(hass, 20, 24.0, 1.0, 1.0, cars=[left])
    assert [call.data["reason"] for call in calls] == ["overload"]


async def test_nothing_is_heard_of_what_was_not_picked(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left: PlainCharger
) -> None:
    calls = await automate(hass, "fallback_entered", {"area_id": "garage"})
    await lose_the_meter(hass, entry, house)
    assert calls == []


async def test_a_lost_meter_is_heard_of_the_group_that_was_picked(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left: PlainCharger
) -> None:
    group = device_id(hass, entry, group_id(entry))
    calls = await automate(hass, "fallback_entered", {"device_id": group})
    await lose_the_meter(hass, entry, house)
    assert len(calls) == 1


async def lose_the_meter(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    fuse = entity_id(hass, "event", SERIAL, "fuse")
    await house.passes(hass, 20, 10.0, 1.0, 1.0)
    house.meter.fault = Fault.SILENT
    house.clock.advance(40.0)
    await becomes(hass, fuse, lambda state: state.state != STATE_UNKNOWN)
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("options", "is_met"),
    [({}, True), ({"behavior": "any"}, True), ({"behavior": "all"}, False)],
)
async def test_a_condition_is_met_by_any_or_by_all(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left: PlainCharger,
    chargers: dict[str, PlainCharger],
    options: dict[str, str],
    is_met: bool,
) -> None:
    right = chargers["right"]
    await add_charger(hass, entry, right)
    picked = [
        device_id(hass, entry, charger.subentry_id)
        for charger in entry.get_subentries_of_type("charger")
    ]
    condition = {
        "condition": "amp_guard.is_boosted",
        "target": {"device_id": picked},
        "options": options,
    }
    ask = await ask_under(hass, condition)
    await house.passes(hass, 5, 1.0, 1.0, 1.0, cars=[left, right])
    assert not await ask()

    await act(hass, "boost", device_id=picked[0], duration=HOUR)
    await house.passes(hass, 5, 1.0, 1.0, 1.0, cars=[left, right])
    assert await ask() is is_met


async def ask_under(
    hass: HomeAssistant, condition: dict
) -> Callable[[], Awaitable[bool]]:
    """Set up an automation under a condition; return what asks whether it runs."""
    calls = async_mock_service(hass, "test", "automation")
    automation = {
        "triggers": {"trigger": "event", "event_type": "asked"},
        "conditions": condition,
        "actions": {"action": "test.automation"},
    }
    assert await async_setup_component(hass, "automation", {"automation": automation})

    async def ask() -> bool:
        before = len(calls)
        hass.bus.async_fire("asked")
        await hass.async_block_till_done()
        return len(calls) > before

    return ask


async def test_a_condition_of_nothing_that_has_it_is_not_met(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    condition = {
        "condition": "amp_guard.is_paused",
        "target": {"device_id": device_id(hass, entry, group_id(entry))},
        "options": {"behavior": "all"},
    }
    ask = await ask_under(hass, condition)
    await house.passes(hass, 5, 1.0, 1.0, 1.0)
    assert not await ask()


async def test_the_main_fuse_is_heard_of_what_it_feeds(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left: PlainCharger
) -> None:
    """However many of them are picked, once."""
    row = await add_group(hass, entry, name="Row")
    picked = [device_id(hass, entry, of) for of in (group_id(entry), row, SERIAL)]
    calls = await automate(hass, "overload", {"device_id": picked})
    await house.passes(hass, 20, 10.0, 1.0, 1.0)
    await house.passes(hass, 3, 27.0, 1.0, 1.0)
    assert len(calls) == 1


async def test_the_overload_of_a_fuse_is_none_of_a_charger(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left: PlainCharger
) -> None:
    charger = device_id(hass, entry, charger_id(entry))
    calls = await automate(hass, "overload", {"device_id": charger})
    await house.passes(hass, 20, 10.0, 1.0, 1.0)
    await house.passes(hass, 3, 27.0, 1.0, 1.0)
    assert calls == []
