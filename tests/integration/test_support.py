"""Whose it is and whom to ask; and what to tell who helps."""

import json

from homeassistant.auth.models import User
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
)
from homeassistant.const import STATE_UNAVAILABLE, __version__
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.amp_guard.const import DOMAIN

from .helpers import (
    NO_CHARGERS,
    SERIAL,
    SET_UP_INPUT,
    SUPPLY_INPUT,
    PlainCharger,
    Property,
    add_charger,
    charger_input,
    go_on,
    group_id,
    groups_input,
    recognised_charger,
    start_flow,
    start_subentry,
)

CONTACT = "Brf Solsidan\nVaktmästaren, 070-123 45 67"
WAY = "https://my.home-assistant.io/redirect/integration/?domain=amp_guard"


async def ask(hass: HomeAssistant, user: User | None = None, **data: str) -> dict:
    """Ask for what to tell support, for nobody or a user."""
    return await hass.services.async_call(
        DOMAIN,
        "get_support_information",
        data,
        blocking=True,
        return_response=True,
        context=Context(user_id=user and user.id),
    )


async def change_supply(hass: HomeAssistant, entry: ConfigEntry, **given: str) -> dict:
    """Change the supply in the options as its owner does; return the form he saw."""
    form = await hass.config_entries.options.async_init(entry.entry_id)
    await go_on(hass, form, SUPPLY_INPUT | given)
    await hass.async_block_till_done()
    return form


async def test_whom_to_ask_is_said_at_set_up_and_changed_later(
    hass: HomeAssistant, meter_input: dict[str, str]
) -> None:
    result = await go_on(
        hass,
        await start_flow(hass),
        "address",
        meter_input,
        SET_UP_INPUT | {"contact": CONTACT},
        groups_input(),
        NO_CHARGERS,
    )
    assert result["step_id"] == "activate"
    assert result["description_placeholders"]["contact"] == (
        "> Brf Solsidan  \n> Vaktmästaren, 070-123 45 67  "
    )
    entry = (await go_on(hass, result, {"active": True}))["result"]
    await hass.async_block_till_done()
    coordinator = entry.runtime_data
    assert (await ask(hass))["supply"]["contact"] == CONTACT

    await change_supply(hass, entry, contact="Anna")
    assert (await ask(hass))["supply"]["contact"] == "Anna"
    form = await change_supply(hass, entry)
    advanced = form["data_schema"].schema["advanced"].schema.schema
    [said] = [key for key in advanced if key == "contact"]
    assert said.description == {"suggested_value": "Anna"}
    assert (await ask(hass))["supply"]["contact"] is None
    assert entry.runtime_data is coordinator  # nothing else was touched


async def test_it_can_be_left_empty(hass: HomeAssistant, entry: ConfigEntry) -> None:
    assert "contact" not in entry.options
    assert (await ask(hass))["supply"]["contact"] is None


async def test_it_is_not_in_the_diagnostics(
    hass: HomeAssistant, entry: ConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    await change_supply(hass, entry, contact=CONTACT)
    client = await hass_client()
    file = await client.get(f"/api/diagnostics/config_entry/{entry.entry_id}")
    text = await file.text()
    assert "Solsidan" not in text
    shown = json.loads(text)["data"]["options"]
    assert shown["contact"] == "**REDACTED**"
    assert shown["supply_max_current"] == 25


async def test_what_to_tell_support(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    hass.config.language = "sv"
    left = await add_charger(hass, entry, chargers["left"], max_current=13)
    recognised = recognised_charger(hass, "carport")
    device = recognised.rpartition("_")[0]
    dr.async_get(hass).async_update_device(
        device, serial_number="PB-77", sw_version="1.8"
    )
    result = await start_subentry(hass, entry, "charger")
    settings = charger_input("Carport")
    await go_on(hass, result, "device", {"charger": recognised}, settings, "save")
    hass.states.async_set("input_boolean.left", STATE_UNAVAILABLE)
    await hass.async_block_till_done()
    await house.passes(hass, 3, 1.0, 1.0, 1.0)

    told = await ask(hass)
    assert told["versions"]["homeassistant"] == __version__
    assert told["versions"]["amp_guard"]
    assert {"peblar", "input_number"} <= told["versions"].keys()
    assert told["supply"]["serial_number"] == SERIAL
    assert told["supply"]["firmware"]
    assert (told["supply"]["state"], told["supply"]["source"]) == (
        "loaded",
        "amp_guard",
    )
    assert told["supply"]["supply_max_current"] == 25
    [garage] = told["groups"]
    assert (garage["name"], garage["max_current_offline"]) == ("Garage", 10)
    shown = {charger["name"]: charger for charger in told["chargers"]}
    assert shown["Left"]["trouble"] == "unavailable: input_boolean.left"
    assert shown["Left"]["max_current"] == 13
    assert (shown["Carport"]["serial_number"], shown["Carport"]["firmware"]) == (
        "PB-77",
        "1.8",
    )
    assert shown["Carport"]["trouble"] is None
    assert (
        "Garage: offlinegränserna blir tillsammans 12 A, men bara 10 A ryms"
        in told["wrong_now"]
    )
    assert told["diagnostics"] == WAY
    assert left not in json.dumps(told)


async def test_it_is_shown_on_one_screen(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    assert "support" in result["menu_options"]
    result = await go_on(hass, result, "support")
    assert result["type"] == "menu"
    shown = result["description_placeholders"]
    assert f"serial_number: {SERIAL}" in shown["told"]
    assert shown["diagnostics"] == WAY
    result = await go_on(hass, result, "reconfigure")
    assert "same_meter" in result["menu_options"]
    for text in (shown["told"], json.dumps(await ask(hass))):
        assert entry.data["pin"] not in text
        assert entry.data["host"] not in text


async def test_a_set_up_that_fails_can_be_told(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    left = await add_charger(hass, entry, chargers["left"])
    group = entry.subentries[group_id(entry)]
    circle = dict(group.data) | {"parent": group.subentry_id}
    hass.config_entries.async_update_subentry(entry, group, data=circle)
    charger = entry.subentries[left]
    unknown = dict(charger.data) | {"profile": "of_tomorrow"}
    hass.config_entries.async_update_subentry(entry, charger, data=unknown)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    told = await ask(hass, config_entry_id=entry.entry_id)
    assert told["supply"]["state"] == "setup_error"
    assert told["chargers"][0]["profile"] == "of_tomorrow"


async def test_it_is_for_administrators(
    hass: HomeAssistant,
    entry: ConfigEntry,
    hass_read_only_user: User,
    hass_admin_user: User,
) -> None:
    stranger = MockUser(groups=[]).add_to_hass(hass)
    for user in (hass_read_only_user, stranger):
        with pytest.raises(Unauthorized):
            await ask(hass, user)
    assert (await ask(hass, hass_admin_user))["supply"]["name"] == entry.title
