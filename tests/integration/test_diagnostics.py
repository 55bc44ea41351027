"""Diagnostics let a stranger find a fault, and tell nothing that is private."""

from base64 import b64decode
from collections.abc import Callable
import json
import zlib

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.amp_guard.chargers import ChargerDriver
from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.model import ChargerReading

from .helpers import (
    SERIAL,
    Clock,
    Decisions,
    PlainCharger,
    Property,
    add_charger,
    device_id,
    go_on,
    group_id,
    recognised_charger,
    start_subentry,
)
from .test_flow_sensors import P1Meter, add_p1

type Download = Callable[[ConfigEntry], dict]


@pytest.fixture
async def download(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> Download:
    """Return what downloads the diagnostics of an entry, all that the file holds."""
    assert await async_setup_component(hass, "diagnostics", {})

    async def get(entry: ConfigEntry) -> dict:
        client = await hass_client()  # from then on nothing new is served
        response = await client.get(f"/api/diagnostics/config_entry/{entry.entry_id}")
        assert response.status == 200
        return await response.json()

    return get


async def test_what_is_known_and_was_decided(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    download: Download,
) -> None:
    left = chargers["left"]
    charger = await add_charger(hass, entry, left)
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])

    shown = (await download(entry))["data"]
    allocation = shown["published"]["decision"]["allocations"][charger]
    assert (allocation["current"], allocation["reason"]) == (16.0, "full_current")
    assert shown["site"]["supply"]["supply_max_current"] == 25
    assert shown["options"]["supply_max_current"] == 25
    assert shown["rejected_samples"] == {"supply": 0}
    assert shown["learned"][charger]["ramps"]
    assert shown["version"]
    assert (shown["state"], shown["reason"]) == ("loaded", None)
    assert (shown["data"]["source"], shown["data"]["variant"]) == ("amp_guard", "home")
    [span] = shown["recording"][-1:]
    assert json.loads(span["turns"][-1])[2]["allocations"][charger]["current"] == 16.0


async def test_what_each_charger_is_and_what_is_wrong_with_it(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    download: Download,
) -> None:
    left = await add_charger(hass, entry, chargers["left"], priority=3)
    hass.states.async_set("sensor.left", "bananas")
    hass.states.async_set("input_boolean.left", STATE_UNAVAILABLE)
    recognised = recognised_charger(hass, "carport")
    result = await start_subentry(hass, entry, "charger")
    settings = {"name": "Carport", "wiring": "1", "max_current": 16}
    settings |= {"offline_current": 0}
    settings |= {"offline_phase": "all", "priority": 1}
    result = await go_on(
        hass, result, "device", {"charger": recognised}, settings, "save"
    )
    await hass.async_block_till_done()
    await house.passes(hass, 3, 1.0, 1.0, 1.0)

    subentries = (await download(entry))["data"]["subentries"]
    assert subentries[group_id(entry)]["type"] == "group"
    assert subentries[group_id(entry)]["data"]["max_current_offline"] == 10
    shown = subentries.pop(left)
    assert shown["data"]["profile"] == "any_entities"
    assert shown["data"]["group"] == group_id(entry)
    assert (shown["data"]["wiring"], shown["data"]["priority"]) == ("1,2,3", 3)
    limit = hass.states.get("input_number.left")
    assert shown["entities"]["limit"] == {
        "domain": "input_number",
        "platform": "input_number",
        "disabled_by": None,
        "device_class": None,
        "unit": None,
        "state": limit.state,
    }
    assert shown["entities"]["state"]["state"] == "bananas"
    assert shown["entities"]["current_l2"]["unit"] == "A"
    assert shown["trouble"] == {"kind": "unavailable", "role": "enable", "state": ""}

    del subentries[group_id(entry)]
    [peblar] = subentries.values()
    assert (peblar["integration"], peblar["data"]["profile"]) == ("peblar", "peblar")
    assert peblar["entities"]["limit"]["platform"] == "peblar"
    assert peblar["trouble"] is None


async def test_what_the_words_of_a_state_mean(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    download: Download,
) -> None:
    left = chargers["left"]
    hass.states.async_set("sensor.left", "lädt")
    result = await go_on(
        hass,
        await start_subentry(hass, entry, "charger"),
        "entities",
        left.entities,
        {"charging": ["lädt"]},
    )
    settings = {"wiring": "1,2,3", "max_current": 16, "offline_current": 6}
    result = await go_on(
        hass, result, settings | {"offline_phase": "all", "priority": 1}, "save"
    )
    assert result["type"] == "create_entry"
    await hass.async_block_till_done()
    hass.states.async_set("sensor.left", "schläft")
    await house.passes(hass, 3, 1.0, 1.0, 1.0)

    shown = (await download(entry))["data"]["subentries"].values()
    [charger] = (each for each in shown if each["type"] == "charger")
    assert charger["data"]["states"] == {"lädt": "charging"}
    assert charger["trouble"] == {
        "kind": "unknown",
        "role": "state",
        "state": "schläft",
    }


async def test_nothing_private(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    download: Download,
) -> None:
    """Names are typed by people, or made of serial numbers."""
    left = chargers["left"]
    charger = await add_charger(hass, entry, left)
    hass.config_entries.async_update_subentry(
        entry, entry.subentries[charger], title="Jane's Halo 210012345H"
    )
    hass.config_entries.async_update_entry(entry, title="Villa Jane")
    garage = entry.subentries[group_id(entry)]
    hass.config_entries.async_update_subentry(
        entry,
        garage,
        title="Jane's barn",
        data=garage.data | {"description": "Jane and John"},
    )
    await hass.async_block_till_done()
    for entity in ("input_number.left", "input_boolean.left"):
        er.async_get(hass).async_update_entity(
            entity, new_entity_id=f"{entity}_210012345h"
        )
    await hass.services.async_call(
        DOMAIN,
        "set_ceiling",
        {
            "device_id": device_id(hass, entry, charger),
            "name": "Jane's tariff",
            "current": 8,
            "duration": {"hours": 1},
        },
        blocking=True,
    )
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    file = await download(entry)
    memories = [
        zlib.decompress(b64decode(span.pop("memory"))).decode(errors="replace")
        for span in file["data"]["recording"]
    ]
    text = json.dumps([file, memories]).lower()
    assert charger.lower() in text
    assert '"current": 8.0' in text
    for private in (SERIAL, entry.data["pin"], entry.data["host"], "02:00:00:00:00:01"):
        assert private.lower() not in text
    for name in ("jane", "barn", "210012345", "tariff", "input_number.", "sensor.left"):
        assert name not in text


async def test_no_name_of_a_meter_of_sensors(
    hass: HomeAssistant, clock: Clock, download: Download
) -> None:
    """A Shelly is called by its MAC address, unless its owner has named it."""
    p1 = P1Meter(hass)
    dr.async_get(hass).async_update_device(
        p1.device.id, name="shellypro3em-0cb815fc96dc"
    )
    for (kind, phase), sensor in p1.sensors.items():
        er.async_get(hass).async_update_entity(
            sensor.entity_id,
            new_entity_id=f"sensor.shellypro3em_0cb815fc96dc_{kind}_{phase}",
        )
    p1.measures(2300.0, 1150.0, 460.0)
    entry = await add_p1(hass, p1)
    er.async_get(hass).async_remove(p1.entity_id("voltage", 3))
    file = await download(entry)

    assert "0cb815fc96dc" not in json.dumps(file)
    assert file["data"]["data"]["sensors"]["current_l1"] == {
        "domain": "sensor",
        "platform": "homewizard",
        "disabled_by": None,
        "device_class": "current",
        "unit": "A",
        "state": "10",
    }
    assert file["data"]["data"]["sensors"]["voltage_l3"] is None
    assert file["data"]["data"]["export_positive"] is False


async def test_a_set_up_that_fails_can_be_diagnosed(
    hass: HomeAssistant,
    entry: ConfigEntry,
    chargers: dict[str, PlainCharger],
    download: Download,
) -> None:
    left = await add_charger(hass, entry, chargers["left"])
    group = entry.subentries[group_id(entry)]
    circle = dict(group.data) | {"parent": group.subentry_id}
    hass.config_entries.async_update_subentry(entry, group, data=circle)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR

    shown = (await download(entry))["data"]
    assert shown["state"] == "setup_error"
    assert shown["reason"] == entry.error_reason_translation_key
    assert shown["version"]
    assert shown["options"] == entry.options
    assert shown["subentries"][left]["entities"]["limit"]["state"] == "6.0"
    assert "Left" not in json.dumps(shown)


async def test_a_charger_that_no_profile_knows_can_be_diagnosed(
    hass: HomeAssistant,
    entry: ConfigEntry,
    chargers: dict[str, PlainCharger],
    download: Download,
) -> None:
    """As after going back to an older version."""
    left = await add_charger(hass, entry, chargers["left"])
    charger = entry.subentries[left]
    hass.config_entries.async_update_subentry(
        entry, charger, data=charger.data | {"profile": "of_tomorrow"}
    )
    await hass.async_block_till_done()
    shown = (await download(entry))["data"]
    assert shown["state"] == "setup_error"
    assert shown["subentries"][left]["data"]["profile"] == "of_tomorrow"
    assert shown["subentries"][left]["error"] == "KeyError('of_tomorrow')"


async def test_a_fault_of_the_law_is_kept(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    decisions: Decisions,
    chargers: dict[str, PlainCharger],
    download: Download,
) -> None:
    left = chargers["left"]
    await add_charger(hass, entry, left)
    await house.passes(hass, 30, 1.0, 1.0, 1.0, cars=[left])
    decisions.error = RuntimeError("no such phase of Left at sensor.janes_halo")
    await house.passes(hass, 60, 20.0, 1.0, 1.0, cars=[left])
    decisions.error = None
    await house.passes(hass, 2, 20.0, 1.0, 1.0, cars=[left])

    shown = (await download(entry))["data"]
    [fault] = shown["faults"]
    assert (fault["part"], fault["target"]) == ("cycle", "supply")
    assert fault["times"] >= 60
    assert fault["first"] < fault["last"]
    *steps, error = fault["trace"]
    assert error == (
        "RuntimeError: no such phase of **REDACTED** at sensor.**REDACTED**"
    )
    assert steps[0].startswith("loop/cycle.py:")
    turns = [json.loads(t) for span in shown["recording"] for t in span["turns"]]
    assert sum(decision is None for _, _, decision in turns) == fault["times"]
    assert turns[-1][2] is not None


async def test_what_another_integration_says_is_left_out(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    number_service: Callable,
    download: Download,
) -> None:
    left = chargers["left"]
    charger = await add_charger(hass, entry, left)

    async def refuse(_entity: str) -> None:
        raise HomeAssistantError("401 at https://cloud.example/chargers/210012345H")

    number_service(refuse)
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    [fault] = (await download(entry))["data"]["faults"]
    assert (fault["part"], fault["target"]) == ("command", charger)
    assert fault["trace"][-1] == "ChargerCommandError: charger_refused"
    assert "HomeAssistantError: None" in fault["trace"]
    assert "210012345H" not in json.dumps(fault)


async def test_only_the_last_faults_are_kept(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    monkeypatch: pytest.MonkeyPatch,
    download: Download,
) -> None:
    await add_charger(hass, entry, chargers["left"])
    count = 0

    def fail(_driver: ChargerDriver) -> ChargerReading:
        nonlocal count
        count += 1
        raise ValueError(f"fault {count}")

    monkeypatch.setattr(ChargerDriver, "read", fail)
    await house.passes(hass, 50, 1.0, 1.0, 1.0)
    faults = (await download(entry))["data"]["faults"]
    assert len(faults) == 20
    assert all(fault["part"] == "reading" for fault in faults)
    assert faults[-1]["trace"][-1] == f"ValueError: fault {count}"
