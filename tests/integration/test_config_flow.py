"""Set-up from the menu to a balanced charger; what is refused can be mended there."""

from collections.abc import Callable

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.model import SUPPLY_ID, BalancerType, Phase
from simulator.devices.amp_guard import AmpGuardSettings

from .helpers import (
    GROUP_INPUT,
    NO_CHARGERS,
    SERIAL,
    SUPPLY_INPUT,
    Decisions,
    PlainCharger,
    Property,
    add_charger,
    charger_input,
    entity_id,
    go_on,
    group_id,
    recognised_charger,
    start_flow,
    start_subentry,
)


@pytest.fixture
async def at_group(hass: HomeAssistant, meter_input: dict[str, str]) -> dict:
    """Set-up that has come to the group."""
    result = await go_on(
        hass, await start_flow(hass), "address", meter_input, SUPPLY_INPUT
    )
    assert result["step_id"] == "group"
    return result


@pytest.fixture
async def at_chargers(hass: HomeAssistant, at_group: dict) -> dict:
    """Set-up that has come to the chargers."""
    result = await go_on(hass, at_group, GROUP_INPUT)
    assert result["step_id"] == "chargers"
    return result


def proposed(result: dict) -> dict:
    """Return what a form shows at first."""
    shown = {}
    for key in result["data_schema"].schema:
        if (key.description or {}).get("suggested_value") is not None:
            shown[str(key)] = key.description["suggested_value"]
        elif callable(getattr(key, "default", None)):
            shown[str(key)] = key.default()
    return shown


async def test_from_the_menu_to_a_balanced_charger(
    hass: HomeAssistant,
    house: Property,
    meter_input: dict[str, str],
    chargers: dict[str, PlainCharger],
) -> None:
    left = chargers["left"]
    result = await start_flow(hass)
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "user")
    steps = []
    for given in (
        "address",
        meter_input,
        SUPPLY_INPUT,
        GROUP_INPUT | {"description": "By the road"},
        {"another": True},
        left.entities,
        charger_input(),
        "activate",
    ):
        result = await go_on(hass, result, given)
        steps.append(result["step_id"])
        assert not hass.config_entries.async_entries(DOMAIN)
    assert steps == [
        "address",
        "supply",
        "group",
        "chargers",
        "entities",
        "charger",
        "check",
        "activate",
    ]
    result = await go_on(hass, result, {"active": True})

    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert entry.unique_id == SERIAL
    assert entry.data == meter_input | {
        "source": "amp_guard",
        "model": "Amp Guard",
        "variant": "home",
        "firmware": "1.0.0",
        "former_host": None,
        "mac": "02:00:00:00:00:01",
        "measured_phases": "1,2,3",
        "measured_quantities": [
            "current",
            "voltage",
            "power",
            "energy_import",
            "energy_export",
        ],
    }
    assert entry.options == SUPPLY_INPUT
    [group] = entry.get_subentries_of_type("group")
    [charger] = entry.get_subentries_of_type("charger")
    assert {"name": group.title, **group.data} == GROUP_INPUT | {
        "description": "By the road",
        "active": True,
    }
    assert charger.title == "Left"
    assert charger.data["group"] == group.subentry_id

    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 16


async def test_a_single_phase_site_without_voltage(
    hass: HomeAssistant, make_property: Callable
) -> None:
    settings = AmpGuardSettings(phases=(Phase.L1,), voltage_connected=False)
    house = await make_property(settings)
    meter_input = {"host": house.meter.address, "pin": settings.pin}
    result = await go_on(
        hass, await start_flow(hass), "address", meter_input, SUPPLY_INPUT
    )
    assert proposed(result)["phases"] == "1"
    result = await go_on(hass, result, GROUP_INPUT)
    assert result["errors"] == {"phases": "phase_not_measured"}

    result = await go_on(
        hass, result, GROUP_INPUT | {"phases": "1"}, NO_CHARGERS, {"active": True}
    )
    await hass.async_block_till_done()
    sensors = [
        sensor.unique_id
        for sensor in er.async_entries_for_config_entry(
            er.async_get(hass), result["result"].entry_id
        )
        if sensor.unique_id.startswith(SERIAL) and sensor.domain == "sensor"
    ]
    measured = [each for each in sensors if each.endswith(("_l1", "_l2", "_l3"))]
    assert set(measured) == {f"{SERIAL}_current_l1", f"{SERIAL}_measurement_l1"}
    assert not [each for each in sensors if "total" in each]


async def test_an_it_net_with_two_current_sensors(
    hass: HomeAssistant, make_property: Callable, decisions: Decisions
) -> None:
    """By a bridge whose meter sends no I2; in a net with neutral it is refused."""
    settings = AmpGuardSettings(phases=(Phase.L1, Phase.L3))
    house = await make_property(settings)
    meter_input = {"host": house.meter.address, "pin": settings.pin}
    result = await go_on(hass, await start_flow(hass), "address", meter_input)
    refused = await go_on(hass, result, SUPPLY_INPUT)
    assert refused["errors"] == {"net": "net_needs_all_phases"}
    result = await go_on(hass, refused, SUPPLY_INPUT | {"net": "it"})
    assert proposed(result)["phases"] == "1,2,3"
    result = await go_on(hass, result, GROUP_INPUT, NO_CHARGERS, {"active": True})
    assert result["type"] == "create_entry", result
    await hass.async_block_till_done()
    await house.passes(hass, 5, 4.0, 5.0, 6.0)
    measurement = result["result"].runtime_data.meters.measurements[SUPPLY_ID]
    assert measurement.measured == (Phase.L1, Phase.L3)
    assert measurement.current == (4.0, 0.0, 6.0)


# --- the supply ---------------------------------------------------------------------


@pytest.mark.parametrize(("variant", "most"), [("home", 100), ("public", 400)])
async def test_the_variant_bounds_the_main_fuse(
    hass: HomeAssistant, make_property: Callable, variant: str, most: int
) -> None:
    settings = AmpGuardSettings(variant=variant)
    house = await make_property(settings)
    result = await go_on(
        hass,
        await start_flow(hass),
        "address",
        {"host": house.meter.address, "pin": settings.pin},
    )
    assert proposed(result)["supply_max_current"] == 25
    fuse = result["data_schema"].schema["supply_max_current"]
    assert (fuse.config["min"], fuse.config["max"]) == (6, most)


async def test_how_chargers_share_can_be_chosen(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    site = entry.runtime_data.site
    assert (site.balancer_type, site.turn) == (BalancerType.FAIR_SHARE, 1800)

    result = await hass.config_entries.options.async_init(entry.entry_id)
    result = await go_on(
        hass,
        result,
        SUPPLY_INPUT | {"load_balancer_type": "first_come", "turn": 15},
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    site = entry.runtime_data.site
    assert (site.balancer_type, site.turn) == (BalancerType.FIRST_COME, 900)


@pytest.mark.parametrize("field", ["supply_max_current", "turn"])
async def test_the_supply_is_described_by_numbers(
    hass: HomeAssistant, entry: ConfigEntry, field: str
) -> None:
    result = await hass.config_entries.options.async_init(entry.entry_id)
    with pytest.raises(InvalidData):
        await go_on(hass, result, SUPPLY_INPUT | {field: float("nan")})


async def test_the_main_fuse_changes_but_not_below_its_groups(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    result = await hass.config_entries.options.async_init(entry.entry_id)
    result = await go_on(hass, result, SUPPLY_INPUT | {"supply_max_current": 20})
    assert result["errors"] == {"supply_max_current": "below_group"}

    result = await go_on(hass, result, SUPPLY_INPUT | {"supply_max_current": 35})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert entry.runtime_data.site.supply.supply_max_current == 35


# --- the group ----------------------------------------------------------------------


async def test_a_group_is_proposed_that_suits_a_home(
    hass: HomeAssistant, at_group: dict
) -> None:
    shown = proposed(at_group)
    assert shown.pop("name") == hass.config.location_name
    assert shown == {
        "phases": "1,2,3",
        "max_current_online": 25,
        "max_current_offline": 6,
    }
    advanced = at_group["data_schema"].schema["advanced"]
    assert advanced.options["collapsed"]


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"name": " "}, "name", "name_missing"),
        ({"max_current_online": 26}, "max_current_online", "group_above_supply"),
        (
            {"max_current_online": 20, "max_current_offline": 21},
            "max_current_offline",
            "offline_above_online",
        ),
        ({"max_current_offline": 5}, "max_current_offline", "offline_below_minimum"),
        (
            {"max_current_online": 10, "max_current_offline": 0, "min_current": 11},
            "advanced",
            "minimum_above_maximum",
        ),
    ],
)
async def test_a_group_that_cannot_hold_is_refused(
    hass: HomeAssistant, at_group: dict, change: dict, field: str, rule: str
) -> None:
    result = await go_on(hass, at_group, GROUP_INPUT | change)
    assert result["errors"] == {field: rule}
    # What was entered is still there, and a fold in error stands open.
    assert proposed(result)["phases"] == "1,2,3"
    advanced = result["data_schema"].schema["advanced"]
    assert advanced.options["collapsed"] is (field != "advanced")

    result = await go_on(hass, result, GROUP_INPUT, NO_CHARGERS, {"active": True})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert result["result"].state is ConfigEntryState.LOADED


# --- the chargers -------------------------------------------------------------------


async def test_chargers_that_are_found_are_ticked_and_described(
    hass: HomeAssistant, at_group: dict
) -> None:
    driveway = recognised_charger(hass, "Driveway")
    carport = recognised_charger(hass, "Carport", reachable=False)
    result = await go_on(hass, at_group, GROUP_INPUT)
    assert set(proposed(result)["chargers"]) == {driveway, carport}

    result = await go_on(hass, result, {"chargers": [driveway, carport]} | NO_CHARGERS)
    assert result["description_placeholders"]["charger"] == "Driveway"
    assert proposed(result)["offline_phase"] == "all"
    result = await go_on(hass, result, charger_input() | {"offline_current": 17})
    assert result["errors"] == {"offline_current": "offline_above_maximum"}
    result = await go_on(hass, result, charger_input())
    assert result["description_placeholders"]["charger"] == "Carport"
    assert proposed(result)["offline_phase"] == "all"
    result = await go_on(hass, result, charger_input() | {"priority": 2})

    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "check")
    assert result["description_placeholders"]["chargers"].splitlines() == [
        "| Driveway | ✓ charging | ✓ 10.0 / 0.0 / 0.0 A | ✓ 16 A | ✓ | ✗ |",
        "| Carport | ✗ | ✗ | ✗ | ✗ | ✗ |",
    ]
    assert result["description_placeholders"]["reasons"] == (
        "- Carport: The charger is not available."
    )
    # What was mended meanwhile is seen by looking again.
    recognised_charger(hass, "Carport")
    result = await go_on(hass, result, "check")
    assert result["description_placeholders"]["reasons"] == ""

    result = await go_on(hass, result, "activate")
    assert result["description_placeholders"]["limits"].splitlines() == [
        f"| Amp Guard {SERIAL} | 1,2,3 | 25 A | 25 A |",
        "| Garage | 1,2,3 | 25 A | 10 A |",
        "| Driveway | 1,2,3 | 16 A | 6 A |",
        "| Carport | 1,2,3 | 16 A | 6 A |",
    ]
    warning = result["description_placeholders"]["warning"]
    assert warning.startswith(
        "⚠️ **Garage: the offline limits add up to 12 A, and only 10 A fit**\n\n"
    )
    assert "Lower their offline current limits" in warning
    result = await go_on(hass, result, {"active": True})
    await hass.async_block_till_done()
    entry = result["result"]
    assert {
        charger.unique_id: charger.data["priority"]
        for charger in entry.get_subentries_of_type("charger")
    } == {driveway: 1, carport: 2}
    assert entry.state is ConfigEntryState.LOADED


async def test_the_words_of_a_state_are_asked_where_they_are_not_known(
    hass: HomeAssistant, at_chargers: dict, chargers: dict[str, PlainCharger]
) -> None:
    words = {"options": ["Frei", "Lädt"]}
    hass.states.async_set("sensor.left", "Lädt", words)
    result = await go_on(
        hass, at_chargers, {"another": True}, chargers["left"].entities
    )
    assert result["step_id"] == "states"
    meanings = {"disconnected": ["Frei"], "charging": ["Lädt"]}
    result = await go_on(hass, result, meanings, charger_input())
    assert "✓ Lädt" in result["description_placeholders"]["chargers"]


async def test_chargers_can_be_chosen_again(
    hass: HomeAssistant, at_group: dict, chargers: dict[str, PlainCharger]
) -> None:
    driveway = recognised_charger(hass, "Driveway")
    result = await go_on(
        hass,
        at_group,
        GROUP_INPUT,
        {"chargers": [driveway], "another": True},
        chargers["left"].entities,
        charger_input(),
        charger_input(),
        "chargers",
    )
    assert result["step_id"] == "chargers"
    result = await go_on(hass, result, {"chargers": []} | NO_CHARGERS)
    assert result["step_id"] == "activate"
    result = await go_on(hass, result, {"active": True})
    assert result["result"].get_subentries_of_type("charger") == []
    await hass.async_block_till_done()


async def test_a_charger_that_goes_meanwhile_is_named(
    hass: HomeAssistant, at_group: dict, device_registry: dr.DeviceRegistry
) -> None:
    driveway = recognised_charger(hass, "Driveway")
    result = await go_on(hass, at_group, GROUP_INPUT)
    device_registry.async_remove_device(driveway.removesuffix("_1"))
    await hass.async_block_till_done()

    result = await go_on(hass, result, {"chargers": [driveway]} | NO_CHARGERS)
    assert result["errors"] == {"chargers": "charger_gone"}
    result = await go_on(hass, result, NO_CHARGERS)
    assert result["step_id"] == "activate"


async def test_a_charger_is_balanced_by_one_set_up_only(
    hass: HomeAssistant, entry: ConfigEntry, make_property: Callable
) -> None:
    driveway = recognised_charger(hass, "Driveway")
    settings = AmpGuardSettings(serial_number="2210099999G")
    other = await make_property(settings)
    result = await go_on(
        hass,
        await start_flow(hass),
        "address",
        {"host": other.meter.address, "pin": settings.pin},
        SUPPLY_INPUT,
        GROUP_INPUT,
        {"chargers": [driveway]} | NO_CHARGERS,
        charger_input(),
    )
    # Somebody else is faster.
    await go_on(
        hass,
        await start_subentry(hass, entry, "charger"),
        "device",
        {"charger": driveway},
        charger_input(),
        "save",
    )
    await hass.async_block_till_done()
    result = await go_on(hass, result, "activate")
    assert (result["step_id"], result["errors"]) == (
        "chargers",
        {"base": "charger_taken"},
    )
    result = await go_on(hass, result, NO_CHARGERS, {"active": True})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


# --- activation ---------------------------------------------------------------------


async def test_a_group_can_wait_to_be_activated(
    hass: HomeAssistant,
    house: Property,
    at_chargers: dict,
    chargers: dict[str, PlainCharger],
) -> None:
    left = chargers["left"]
    result = await go_on(
        hass,
        at_chargers,
        {"another": True},
        left.entities,
        charger_input(),
        "activate",
        {"active": False},
    )
    await hass.async_block_till_done()
    entry = result["result"]
    switch = entity_id(hass, "switch", group_id(entry), "active")
    assert hass.states.get(switch).state == "off"
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    assert left.commands == []

    await hass.services.async_call(
        "switch", "turn_on", {"entity_id": switch}, blocking=True
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get(switch).state == "on"


# --- what hangs below ---------------------------------------------------------------


async def test_what_is_above_keeps_to_what_a_charger_needs(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    await add_charger(hass, entry, chargers["left"], wiring="2", max_current=10)

    result = await start_subentry(hass, entry, "group", group_id(entry))
    group_input = GROUP_INPUT | {"parent": "supply"}
    for change, errors in (
        ({"phases": "1,3"}, {"phases": "phase_in_use"}),
        (
            {"min_current": 11, "max_current_offline": 11},
            {"advanced": "minimum_above_charger"},
        ),
    ):
        result = await go_on(hass, result, group_input | change)
        assert result["errors"] == errors

    result = await hass.config_entries.options.async_init(entry.entry_id)
    result = await go_on(hass, result, SUPPLY_INPUT | {"net": "it"})
    assert result["errors"] == {"net": "it_needs_two_lines"}
