"""What a page is told of a supply, over Home Assistant's own WebSocket."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from homeassistant.auth.models import Group
from homeassistant.auth.permissions import PolicyPermissions
from homeassistant.config_entries import ConfigEntry, ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.amp_guard.frontend.feed import merge_patch
from custom_components.amp_guard.loop.overrides import TimedCeiling
from custom_components.amp_guard.model import SUPPLY_ID

from .helpers import (
    OPERATOR,
    PATIENCE,
    TARIFF,
    PlainCharger,
    Property,
    add_charger,
    add_plan,
    device_id,
    entity_id,
    group_id,
)

type Json = dict[str, Any]


def apply(before: Json, patch: Json) -> Json:
    """Return what a merge patch (RFC 7396) makes of what was there."""
    made = dict(before)
    for key, value in patch.items():
        if value is None:
            made.pop(key, None)
        elif isinstance(value, dict):
            known = made.get(key)
            made[key] = apply(known if isinstance(known, dict) else {}, value)
        else:
            made[key] = value
    return made


class Page:
    """A page that follows; `sites` is what it knows, `messages` how often it was told."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.first: Json = {}
        self.sites: Json = {}
        self.history: Json = {}
        self.messages = 0
        self.patches: list[Json] = []

    async def follow(self) -> Page:
        await self._client.send_json_auto_id({"type": "amp_guard/subscribe"})
        answer = await self._client.receive_json()
        assert answer["success"]
        await self.hear()
        self.first = dict(self.patches[0])
        return self

    async def hear(self) -> None:
        """Wait for one message."""
        message = (await self._client.receive_json())["event"]
        self.messages += 1
        self.patches.append(message)
        self.sites = apply(self.sites, message.get("sites", {}))
        for id_, added in message.get("history", {}).items():
            known = self.history.setdefault(id_, {"points": [], "events": []})
            for key, new in added.items():
                known[key] += new

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not is_so():
                await self.hear()

    def site(self, entry: ConfigEntry) -> Json:
        return self.sites[entry.entry_id]


@pytest.fixture
async def open_page(hass: HomeAssistant, hass_ws_client: Callable) -> Callable:
    """Return what opens a page, of the owner or of who has this token."""

    async def open_page(*token: str) -> Page:
        return await Page(await hass_ws_client(hass, *token)).follow()

    return open_page


async def token_of(hass: HomeAssistant, readable: bool | dict[str, bool]) -> str:
    """Return the token of a user who may read these entities."""
    policy = {
        "entities": {"entity_ids": {id_: {"read": True} for id_ in readable}}
        if isinstance(readable, dict)
        else readable
    }
    user = MockUser(id="reader").add_to_hass(hass)
    group = Group(name="readers", policy=policy)
    user.groups = [group]
    user.permissions = PolicyPermissions(policy, None)
    refresh = await hass.auth.async_create_refresh_token(user, "https://example.com")
    return hass.auth.async_create_access_token(refresh)


async def test_a_page_is_told_what_the_site_is_and_how_it_stands(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    open_page: Callable,
) -> None:
    left = await add_charger(hass, entry, chargers["left"])
    await house.passes(hass, 40, 5.0, 6.0, 7.0, cars=[chargers["left"]])
    page = await open_page()

    assert page.first["format"] == 1
    assert page.first["time"] == pytest.approx(dt_util.utcnow().timestamp(), abs=60)
    site = page.site(entry)
    assert (site["title"], site["state"]) == (entry.title, "loaded")
    assert site["supply"]["fuse"] == 25.0
    assert site["supply"]["phases"] == [0, 1, 2]
    assert site["groups"][group_id(entry)]["offline"] == 10.0
    charger = site["chargers"][left]
    assert (charger["name"], charger["wiring"]) == ("Left", [0, 1, 2])
    assert charger["device"] == device_id(hass, entry, left)
    assert charger["entities"]["charge_now"] == entity_id(
        hass, "button", left, "charge_now"
    )
    assert "priority" not in charger["entities"]  # it is disabled

    drawn = chargers["left"].limit
    node, charging = site["now"]["nodes"][SUPPLY_ID], site["now"]["chargers"][left]
    assert node["current"] == [5.0 + drawn, 6.0 + drawn, 7.0 + drawn]
    assert charging["drawn"] == [drawn, drawn, drawn]
    assert node["house"] == [5.0, 6.0, 7.0]
    assert charging["allocated"] == drawn
    assert charging["power"] == pytest.approx(3 * 230 * drawn, rel=0.05)
    given = hass.states.get(entity_id(hass, "sensor", left, "allocated_current"))
    assert charging["reason"] == given.attributes["reason"]


async def test_only_what_changed_is_told_and_it_is_all(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    open_page: Callable,
) -> None:
    await house.passes(hass, 10, 5.0, 6.0, 7.0)
    page = await open_page()
    told = page.messages
    await house.passes(hass, 1, 9.0, 6.0, 7.0)
    await page.until(
        lambda: page.site(entry)["now"]["nodes"][SUPPLY_ID]["current"][0] == 9.0
    )
    [patch] = [m["sites"][entry.entry_id] for m in page.patches[told:] if "sites" in m]
    assert patch.keys() == {"now"}
    assert patch["now"]["nodes"][SUPPLY_ID]["current"] == [9.0, 6.0, 7.0]
    assert "connected" not in patch["now"]["nodes"][SUPPLY_ID]

    another = await open_page()
    await page.until(lambda: page.sites == another.sites)


async def test_a_page_is_told_at_most_four_times_a_second(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    open_page: Callable,
    record_property: Callable[[str, object], None],
) -> None:
    """Though a button that is pressed makes a cycle each time."""
    await house.passes(hass, 3, 5.0, 6.0, 7.0)
    page = await open_page()
    told, seconds = page.messages, 30
    overrides = entry.runtime_data.overrides
    for number in range(seconds * 10):
        overrides.set_ceiling(
            TimedCeiling(
                target=SUPPLY_ID,
                name="tariff",
                current=10.0 + number / 100,
                end=dt_util.utcnow() + timedelta(hours=1),
            )
        )
        await asyncio.sleep(0)  # what is due is told
        await asyncio.sleep(0)
        house.clock.advance(0.1)
    last = 10.0 + (seconds * 10 - 1) / 100
    await page.until(
        lambda: [c["current"] for c in page.site(entry)["now"]["ceilings"]] == [last]
    )
    told = page.messages - told
    record_property("messages a second", told / seconds)
    assert 2 * seconds <= told <= 4 * seconds + 1


async def test_the_last_quarter_of_an_hour_is_there_at_once_and_no_more(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, open_page: Callable
) -> None:
    for number in range(1000):
        await house.passes(hass, 1, 20.0 if number == 500 else 5.0, 6.0, 7.0)
    page = await open_page()
    points = page.history[entry.entry_id]["points"]
    count = len(points)
    assert 178 <= count <= 180
    times = [point["t"] for point in points]
    assert times == sorted(times)
    assert 880 <= times[-1] - times[0] <= 900
    # The fullest moment stands for its 5 s.
    assert [point["house"][0] for point in points].count(20.0) == 1

    await house.passes(hass, 11, 5.0, 6.0, 7.0)
    await page.until(lambda: len(points) > count)


async def test_what_happens_is_told_with_its_reason(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    open_page: Callable,
) -> None:
    left = await add_charger(hass, entry, chargers["left"])
    await house.passes(hass, 40, 5.0, 6.0, 7.0, cars=[chargers["left"]])
    page = await open_page()
    await house.passes(hass, 5, 24.0, 6.0, 7.0, cars=[chargers["left"]])
    await page.until(
        lambda: any(
            event["type"] in {"paused", "reduced"} and event["target"] == left
            for event in page.history.get(entry.entry_id, {}).get("events", [])
        )
    )
    later = await open_page()
    assert [e["type"] for e in later.history[entry.entry_id]["events"]]


async def test_who_may_not_read_an_entity_is_told_nothing(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, open_page: Callable
) -> None:
    await house.passes(hass, 3, 5.0, 6.0, 7.0)
    one = entity_id(hass, "binary_sensor", group_id(entry), "overload")
    page = await open_page(await token_of(hass, {one: True}))
    assert page.sites == {entry.entry_id: {"state": "forbidden"}}
    assert page.history == {}
    assert entry.title not in str(page.patches)


async def test_who_may_only_read_is_told_all(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    open_page: Callable,
    hass_read_only_access_token: str,
) -> None:
    await house.passes(hass, 3, 5.0, 6.0, 7.0)
    page = await open_page(hass_read_only_access_token)
    assert page.site(entry)["now"]["nodes"][SUPPLY_ID]["current"] == [5.0, 6.0, 7.0]


async def test_a_page_hears_of_names_settings_and_what_comes_and_goes(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    open_page: Callable,
) -> None:
    await house.passes(hass, 3, 5.0, 6.0, 7.0)
    page = await open_page()
    left = await add_charger(hass, entry, chargers["left"])
    await page.until(lambda: left in page.site(entry).get("chargers", {}))

    name = '<img src=x onerror="alert(1)">'
    device = device_id(hass, entry, left)
    dr.async_get(hass).async_update_device(device, name_by_user=name)
    await page.until(lambda: page.site(entry)["chargers"][left]["name"] == name)

    await hass.services.async_call(
        "amp_guard", "set_priority", {"device_id": device, "priority": 3}, blocking=True
    )
    await page.until(lambda: page.site(entry)["chargers"][left]["priority"] == 3)

    hass.config_entries.async_remove_subentry(entry, left)
    await page.until(lambda: left not in page.site(entry).get("chargers", {left: None}))


async def test_a_page_hears_of_a_supply_that_stops_comes_back_and_is_removed(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, open_page: Callable
) -> None:
    await house.passes(hass, 12, 5.0, 6.0, 7.0)
    page = await open_page()

    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    await page.until(lambda: page.site(entry)["state"] == "not_loaded")
    assert page.site(entry) == {"title": entry.title, "state": "not_loaded"}

    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    await house.passes(hass, 2, 8.0, 6.0, 7.0)
    await page.until(
        lambda: (
            page.site(entry)
            .get("now", {})
            .get("nodes", {})
            .get(SUPPLY_ID, {})
            .get("current")
            == [8.0, 6.0, 7.0]
        )
    )
    # What was before is remembered.
    again = await open_page()
    assert len(again.history[entry.entry_id]["points"]) >= 1

    await hass.config_entries.async_remove(entry.entry_id)
    await page.until(lambda: page.sites == {})


async def test_who_has_left_is_told_nothing_more(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, hass_ws_client: Callable
) -> None:
    client = await hass_ws_client(hass)
    page = await Page(client).follow()
    await client.send_json_auto_id({"type": "unsubscribe_events", "subscription": 1})
    await house.passes(hass, 3, 5.0, 6.0, 7.0)
    await client.send_json_auto_id({"type": "ping"})
    heard = [await client.receive_json(), await client.receive_json()]
    assert {each["type"] for each in heard[-1:]} == {"pong"}
    assert page.messages == 1


@pytest.mark.parametrize(
    ("before", "now", "patch"),
    [
        ({}, {"a": 1}, {"a": 1}),
        ({"a": 1}, {}, {"a": None}),
        ({"a": {"b": 1, "c": [1]}}, {"a": {"b": 1, "c": [2]}}, {"a": {"c": [2]}}),
        ({"a": {"b": 1}}, {"a": 2}, {"a": 2}),
        ({"a": 2}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": {"b": 1}}, {"a": {"b": 1}}, {}),
        ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": None}}),
    ],
)
def test_a_patch_makes_one_of_the_other(before: Json, now: Json, patch: Json) -> None:
    assert merge_patch(before, now) == patch
    assert apply(before, patch) == now


async def test_the_limits_of_plans_are_told_and_whom_they_bind(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    open_page: Callable,
) -> None:
    car = chargers["left"]
    left = await add_charger(hass, entry, car)
    page = await open_page()
    assert page.site(entry)["limits"] == {}

    operator = await add_plan(
        hass, entry, "grid_operator", OPERATOR | {"unbalance": 16}
    )
    tariff = await add_plan(hass, entry, "tariff", TARIFF | {"figure": 30.0})
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[car])
    hass.states.async_set("sensor.eebus_limit", "5000", {"unit_of_measurement": "W"})
    await house.passes(hass, 3, 1.0, 1.0, 1.0, cars=[car])
    page = await open_page()
    site = page.site(entry)
    assert site["limits"] == {
        operator: {"name": "Netz", "reason": "grid_operator"},
        tariff: {"name": "Power", "reason": "power_window"},
        "unbalance": {"name": "Netz", "reason": "unbalance", "current": 16.0},
    }
    now = site["now"]["limits"]
    assert now[operator] == {"power": 5000.0, "binds": [left]}
    assert now[tariff]["power"] > 10000.0
    assert now[tariff]["binds"] == now["unbalance"]["binds"] == []

    hass.states.async_set("sensor.eebus_limit", "0", {"unit_of_measurement": "W"})
    await house.passes(hass, 3, 1.0, 1.0, 1.0, cars=[car])
    await page.until(lambda: operator not in page.site(entry)["now"]["limits"])
