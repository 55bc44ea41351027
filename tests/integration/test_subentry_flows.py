"""Groups and chargers below a supply: added, changed, refused."""

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    SubentryFlowResult,
)
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.model import Phase
from tests.chargers.conftest import Charger
from tests.chargers.contracts import CONTRACTS

from .helpers import (
    GROUP_INPUT,
    SUPPLY_INPUT,
    PlainCharger,
    add_charger,
    add_group,
    add_meter,
    charger_input,
    go_on,
    group_id,
    recognised_charger,
    start_subentry,
)

OCPP = next(contract for contract in CONTRACTS if contract.profile == "ocpp")
KEY = {"ocpp_key": "InstallationOfflineCurrent"}


async def test_groups_nest_and_change(hass: HomeAssistant, entry: ConfigEntry) -> None:
    garage = group_id(entry)
    carport_input = GROUP_INPUT | {"name": "Carport", "parent": garage}
    result = await start_subentry(hass, entry, "group")
    result = await go_on(hass, result, carport_input | {"max_current_online": 16})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    _, carport = entry.get_subentries_of_type("group")

    # What is above cannot become narrower than what is below.
    result = await start_subentry(hass, entry, "group", garage)
    garage_input = GROUP_INPUT | {"parent": "supply"}
    for change, errors in (
        ({"max_current_online": 15}, {"max_current_online": "below_group"}),
        ({"phases": "1,2"}, {"phases": "phase_in_use"}),
    ):
        result = await go_on(hass, result, garage_input | change)
        assert result["errors"] == errors
    # A group never hangs below itself.
    (parent,) = [key for key in result["data_schema"].schema if key == "parent"]
    offered = result["data_schema"].schema[parent].config["options"]
    assert [option["value"] for option in offered] == ["supply"]
    result = await go_on(
        hass, result, garage_input | {"name": "Yard", "max_current_online": 20}
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.subentries[garage].title == "Yard"

    # What is below cannot become wider than what is above.
    result = await start_subentry(hass, entry, "group", carport.subentry_id)
    result = await go_on(hass, result, carport_input | {"max_current_online": 21})
    assert result["errors"] == {"max_current_online": "group_above_supply"}
    assert entry.state is ConfigEntryState.LOADED


NAN = float("nan")


@pytest.mark.parametrize(
    "entered",
    [
        {"max_current_online": NAN},
        {"max_current_offline": NAN},
        {"min_current": NAN},
    ],
)
async def test_a_group_is_described_by_numbers(
    hass: HomeAssistant, entry: ConfigEntry, entered: dict[str, float]
) -> None:
    garage = group_id(entry)
    result = await start_subentry(hass, entry, "group", garage)
    with pytest.raises(InvalidData):
        await go_on(hass, result, GROUP_INPUT | {"parent": "supply"} | entered)


@pytest.mark.parametrize(
    "entered",
    [
        {"max_current": NAN},
        {"offline_current": NAN},
        {"priority": NAN},
    ],
)
async def test_a_charger_is_described_by_numbers(
    hass: HomeAssistant,
    entry: ConfigEntry,
    chargers: dict[str, PlainCharger],
    entered: dict[str, float],
) -> None:
    with pytest.raises(InvalidData) as refused:
        await add_charger(hass, entry, chargers["left"], **entered)
    assert refused.value.schema_errors.keys() == entered.keys()


@pytest.mark.parametrize(
    ("entered", "rule"),
    [
        ({"max_current": 500}, "out_of_range"),
        ({"offline_current": -1}, "out_of_range"),
        ({"priority": 0}, "out_of_range"),
        ({"priority": 2.9}, "no_whole_number"),
    ],
)
async def test_a_figure_that_cannot_be_is_told_at_its_field(
    hass: HomeAssistant,
    entry: ConfigEntry,
    chargers: dict[str, PlainCharger],
    entered: dict[str, float],
    rule: str,
) -> None:
    result = await go_on(
        hass,
        await start_subentry(hass, entry, "charger"),
        "entities",
        chargers["left"].entities,
        charger_input() | entered,
    )
    assert result["errors"] == dict.fromkeys(entered, rule)
    result = await start_subentry(hass, entry, "group")
    too_large = GROUP_INPUT | {"parent": "supply", "max_current_online": 500}
    result = await go_on(hass, result, too_large)
    assert result["errors"] == {"max_current_online": "out_of_range"}
    assert result["description_placeholders"]["high"] == "100 A"


async def test_a_charger_in_an_it_net_hangs_between_lines(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    result = await hass.config_entries.options.async_init(entry.entry_id)
    await go_on(hass, result, SUPPLY_INPUT | {"net": "it"})
    await hass.async_block_till_done()

    result = await start_subentry(hass, entry, "charger")
    result = await go_on(hass, result, "entities")
    result = await go_on(hass, result, chargers["left"].entities)
    settings = charger_input() | {"wiring": "1"}
    result = await go_on(hass, result, settings)
    assert result["errors"] == {"wiring": "it_needs_two_lines"}
    result = await go_on(hass, result, settings | {"wiring": "1,2"}, "save")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_a_recognised_charger_is_chosen_once(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    result = await start_subentry(hass, entry, "charger")
    assert result["type"] is FlowResultType.MENU
    result = await go_on(hass, result, "device")
    assert result["reason"] == "no_chargers_found"

    driveway = recognised_charger(hass, "Driveway")
    result = await start_subentry(hass, entry, "charger")
    result = await go_on(hass, result, "device")
    assert result["step_id"] == "device"
    result = await go_on(hass, result, {"charger": driveway})
    assert result["step_id"] == "charger"
    settings = charger_input("Driveway") | {
        "wiring": "2,3,1",
        "offline_phase": "2",
        "priority": 2,
    }
    result = await go_on(hass, result, settings)
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "check")
    result = await go_on(hass, result, "charger", settings, "save")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert (result["title"], result["unique_id"]) == ("Driveway", driveway)
    await hass.async_block_till_done()
    (charger,) = entry.runtime_data.site.chargers
    assert charger.wiring == (Phase.L2, Phase.L3, Phase.L1)
    assert entry.subentries[charger.id].data["offline_phase"] == "2"

    result = await start_subentry(hass, entry, "charger")
    result = await go_on(hass, result, "device")
    assert result["reason"] == "no_chargers_found"

    subentry = charger.id
    result = await start_subentry(hass, entry, "charger", subentry)
    result = await go_on(hass, result, settings | {"priority": 1}, "save")
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.subentries[subentry].data["priority"] == 1


async def test_a_charger_is_looked_at_again(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    carport = recognised_charger(hass, "Carport", reachable=False)
    result = await go_on(
        hass,
        await start_subentry(hass, entry, "charger"),
        "device",
        {"charger": carport},
        charger_input("Carport"),
    )
    stays = "- Carport: goes on at its last limit if Home Assistant stops suddenly."
    assert result["description_placeholders"]["findings"].splitlines() == [
        "- Carport: The charger is not available.",
        stays,
    ]
    recognised_charger(hass, "Carport")
    result = await go_on(hass, result, "check")
    # A Peblar does not fall back by itself.
    assert result["description_placeholders"]["findings"] == stays


async def test_a_charger_that_refuses_is_told_before_it_is_balanced(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    """It is asked for the limit that it has; the account may have no right to."""
    carport = recognised_charger(hass, "Carport")
    asked = []

    async def refuse(call: ServiceCall) -> None:
        asked.append(call.data["value"])
        raise HomeAssistantError("403 Forbidden")

    hass.services.async_register("number", "set_value", refuse)
    result = await go_on(
        hass,
        await start_subentry(hass, entry, "charger"),
        "device",
        {"charger": carport},
        charger_input("Carport"),
    )

    assert asked == [16]
    assert result["description_placeholders"]["findings"].splitlines()[0] == (
        "- Carport: The charger refused the command: 403 Forbidden"
    )


async def own_offline_limit(
    hass: HomeAssistant, entry: ConfigEntry, charger: Charger
) -> SubentryFlowResult:
    """Add a charge point, and look at it again."""
    await go_on(
        hass,
        await start_subentry(hass, entry, "charger"),
        "device",
        {"charger": f"{charger.device_id}_1"},
        charger_input("Garage"),
        "save",
    )
    await hass.async_block_till_done()
    [added] = entry.get_subentries_of_type("charger")
    result = await start_subentry(hass, entry, "charger", added.subentry_id)
    return await go_on(hass, result, charger_input("Garage"))


OWN_LIMIT = {"InstallationOfflineCurrent": "1.16"}


async def test_the_offline_limit_in_a_charger_can_be_set(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    """Nobody has confirmed yet what it does, so it is asked for, and read back."""
    charger = Charger(hass, OCPP)
    charger.answers = OWN_LIMIT
    result = await own_offline_limit(hass, entry, charger)
    assert "own_offline_current" in result["menu_options"]
    result = await go_on(hass, result, "own_offline_current")
    placeholders = result["description_placeholders"]
    assert (placeholders["reported"], placeholders["wanted"]) == ("1.16", "1.6")

    # It refuses, which its integration only logs.
    charger.taken()
    result = await go_on(hass, result, {})
    written = ("ocpp.configure", {"devid": "garage", "value": "1.6"} | KEY)
    assert written in charger.taken()
    assert result["errors"] == {"base": "own_offline_not_taken"}
    assert result["description_placeholders"]["now"] == "1.16"

    charger.answers = HomeAssistantError("busy")
    result = await go_on(hass, result, {})
    assert result["errors"] == {"base": "own_offline_not_sent"}

    charger.answers = {}
    result = await go_on(hass, result, {})
    assert result["description_placeholders"]["now"] == "-"

    charger.answers = {"InstallationOfflineCurrent": "1.6"}
    result = await go_on(hass, result, {})
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "check")
    assert "own_offline_current" not in result["menu_options"]


async def test_what_a_charger_was_seen_to_do_needs_its_supply(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    charger = Charger(hass, OCPP)
    await own_offline_limit(hass, entry, charger)
    await hass.config_entries.async_unload(entry.entry_id)
    [added] = entry.get_subentries_of_type("charger")

    result = await start_subentry(hass, entry, "charger", added.subentry_id)
    result = await go_on(hass, result, charger_input("Garage"))

    assert "could not be tried" in result["description_placeholders"]["findings"]


async def test_picked_entities_survive_a_new_name_and_can_be_changed(
    hass: HomeAssistant,
    entry: ConfigEntry,
    chargers: dict[str, PlainCharger],
    entity_registry: er.EntityRegistry,
) -> None:
    left = await add_charger(hass, entry, chargers["left"])
    entity_registry.async_update_entity(
        "input_number.left", new_entity_id="input_number.renamed"
    )
    await hass.async_block_till_done()

    result = await start_subentry(hass, entry, "charger", left)
    assert result["step_id"] == "entities"
    suggested = {
        str(key): (key.description or {}).get("suggested_value")
        for key in result["data_schema"].schema
    }
    assert suggested["limit"] == "input_number.renamed"
    result = await go_on(hass, result, chargers["right"].entities | {"name": ""})
    assert result["errors"] == {"name": "name_missing"}
    result = await go_on(hass, result, chargers["right"].entities | {"name": "New"})
    assert result["step_id"] == "charger"
    settings = {
        key: value
        for key, value in entry.subentries[left].data.items()
        if key not in ("profile", "entities", "states", "group")
    }
    result = await go_on(hass, result, settings | {"max_current": 10}, "save")
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.subentries[left].title == "New"

    # The one that was left can be added again, the one that was taken cannot.
    result = await start_subentry(hass, entry, "charger")
    result = await go_on(hass, result, "entities")
    result = await go_on(hass, result, chargers["right"].entities)
    assert result["errors"] == {"limit": "already_configured"}


async def test_the_words_of_a_state_are_asked_where_they_are_not_known(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    left = chargers["left"]
    words = {"options": ["charging", "Frei", "Verbunden", "Lädt"]}
    hass.states.async_set("sensor.left", "Lädt", words)
    result = await go_on(
        hass, await start_subentry(hass, entry, "charger"), "entities", left.entities
    )
    assert result["step_id"] == "states"
    offered = result["data_schema"].schema["waiting"].config["options"]
    assert offered == ["Frei", "Verbunden", "Lädt"]
    meanings = {
        "disconnected": ["Frei"],
        "waiting": ["Verbunden"],
        "charging": ["Lädt"],
    }
    result = await go_on(hass, result, meanings | {"full": ["Lädt"]})
    assert result["errors"] == {"base": "state_twice"}
    result = await go_on(hass, result, meanings, charger_input())
    assert "whether a car" not in result["description_placeholders"]["findings"]
    await go_on(hass, result, "save")
    await hass.async_block_till_done()

    [charger] = entry.get_subentries_of_type("charger")
    assert charger.data["states"]["Frei"] == "disconnected"
    # They are still known when the charger is changed.
    result = await start_subentry(hass, entry, "charger", charger.subentry_id)
    result = await go_on(hass, result, left.entities)
    suggested = {
        str(key): (key.description or {}).get("suggested_value")
        for key in result["data_schema"].schema
    }
    assert suggested["charging"] == ["Lädt"]


async def test_one_device_is_not_driven_twice(
    hass: HomeAssistant, entry: ConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    driveway = recognised_charger(hass, "Driveway")
    limit = entity_registry.async_get_entity_id(
        "number", "peblar", "Driveway_charge_current_limit"
    )
    by_hand = {"name": "By hand", "limit": limit}
    result = await go_on(
        hass,
        await start_subentry(hass, entry, "charger"),
        "entities",
        by_hand,
        charger_input(),
        "save",
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    result = await go_on(hass, await start_subentry(hass, entry, "charger"), "device")
    assert result["reason"] == "no_chargers_found"

    [charger] = entry.get_subentries_of_type("charger")
    hass.config_entries.async_remove_subentry(entry, charger.subentry_id)
    await hass.async_block_till_done()
    await go_on(
        hass,
        await start_subentry(hass, entry, "charger"),
        "device",
        {"charger": driveway},
        charger_input("Driveway"),
        "save",
    )
    await hass.async_block_till_done()
    result = await go_on(
        hass, await start_subentry(hass, entry, "charger"), "entities", by_hand
    )
    assert result["errors"] == {"limit": "already_configured"}


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"offline_current": 17}, {"offline_current": "offline_above_maximum"}),
        ({"offline_current": 3}, {"offline_current": "offline_below_least"}),
        ({"wiring": "3"}, {"wiring": "wiring_outside_group"}),
        (
            {"wiring": "1", "offline_phase": "2"},
            {"advanced": "offline_phase_not_wired"},
        ),
        (
            {"max_current": 7, "offline_current": 6},
            {"max_current": "maximum_below_minimum"},
        ),
    ],
)
async def test_a_charger_that_cannot_hold_is_refused(
    hass: HomeAssistant,
    meter_input: dict[str, str],
    chargers: dict[str, PlainCharger],
    change: dict,
    errors: dict,
) -> None:
    entry = await add_meter(hass, meter_input, {"phases": "1,2"})
    group = GROUP_INPUT | {"parent": "supply", "phases": "1,2", "min_current": 8}
    await go_on(
        hass, await start_subentry(hass, entry, "group", group_id(entry)), group
    )
    await hass.async_block_till_done()
    result = await start_subentry(hass, entry, "charger")
    result = await go_on(hass, result, "entities")
    result = await go_on(hass, result, chargers["left"].entities)
    settings = charger_input() | {"wiring": "1,2"}
    result = await go_on(hass, result, settings | change)
    assert result["errors"] == errors

    result = await go_on(hass, result, settings, "save")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_a_charger_needs_a_group(hass: HomeAssistant, entry: ConfigEntry) -> None:
    hass.config_entries.async_remove_subentry(entry, group_id(entry))
    await hass.async_block_till_done()

    result = await start_subentry(hass, entry, "charger")
    assert result["reason"] == "no_group"


# --- what changes while a flow is open ----------------------------------------------


async def test_a_description_is_shown_with_its_group(
    hass: HomeAssistant, entry: ConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    result = await start_subentry(hass, entry, "group", group_id(entry))
    result = await go_on(
        hass, result, GROUP_INPUT | {"parent": "supply", "description": "By the road"}
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    device = device_registry.async_get_device_by_identifier(
        (DOMAIN, group_id(entry)), entry.entry_id
    )
    assert device.model == "By the road"


def chargers_of(entry: ConfigEntry) -> list[str]:
    """Return the chargers that are balanced, by id."""
    return [charger.id for charger in entry.runtime_data.site.chargers]


async def test_a_group_goes_while_a_charger_is_put_into_it(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    carport = await add_group(hass, entry, name="Carport")
    yard = await add_group(hass, entry, name="Yard")
    result = await go_on(
        hass,
        await start_subentry(hass, entry, "charger"),
        "entities",
        chargers["left"].entities,
    )
    hass.config_entries.async_remove_subentry(entry, yard)
    result = await go_on(hass, result, charger_input() | {"group": yard})
    assert result["errors"] == {"group": "group_gone"}
    result = await go_on(hass, result, charger_input() | {"group": carport})
    assert result["step_id"] == "check"

    for group in (carport, group_id(entry)):
        hass.config_entries.async_remove_subentry(entry, group)
    result = await go_on(hass, result, "charger")
    assert result["reason"] == "no_group"
    await hass.async_block_till_done()


async def test_a_charger_whose_group_is_gone_moves_to_another(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    garage = group_id(entry)
    await add_group(hass, entry, name="Carport")
    yard = await add_group(hass, entry, name="Yard")
    result = await go_on(
        hass,
        await start_subentry(hass, entry, "charger"),
        "entities",
        chargers["left"].entities,
        charger_input() | {"group": yard},
        "save",
    )
    await hass.async_block_till_done()
    [left] = entry.get_subentries_of_type("charger")
    hass.config_entries.async_remove_subentry(entry, yard)
    await hass.async_block_till_done()
    assert left.subentry_id not in chargers_of(entry)

    result = await go_on(
        hass,
        await start_subentry(hass, entry, "charger", left.subentry_id),
        chargers["left"].entities,
        charger_input() | {"group": garage},
        "save",
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert left.subentry_id in chargers_of(entry)


async def test_a_group_below_one_that_is_gone_moves_to_the_supply(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    carport = await add_group(hass, entry, name="Carport", parent=group_id(entry))
    hass.config_entries.async_remove_subentry(entry, group_id(entry))
    await hass.async_block_till_done()
    assert entry.runtime_data.site.groups == ()

    result = await start_subentry(hass, entry, "group", carport)
    result = await go_on(hass, result, GROUP_INPUT | {"parent": "supply"})
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert [group.id for group in entry.runtime_data.site.groups] == [carport]


async def test_a_group_below_one_that_goes_is_refused(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    carport = await add_group(hass, entry, name="Carport")
    result = await start_subentry(hass, entry, "group")
    hass.config_entries.async_remove_subentry(entry, carport)
    await hass.async_block_till_done()

    yard = GROUP_INPUT | {"name": "Yard"}
    result = await go_on(hass, result, yard | {"parent": carport})
    assert result["errors"] == {"parent": "group_gone"}
    result = await go_on(hass, result, yard | {"parent": "supply"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_a_group_that_would_follow_one_that_goes_is_refused(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    carport = await add_group(hass, entry, name="Carport")
    result = await start_subentry(hass, entry, "group")
    hass.config_entries.async_remove_subentry(entry, carport)
    await hass.async_block_till_done()

    yard = GROUP_INPUT | {"name": "Yard", "parent": carport}
    del yard["max_current_online"]
    result = await go_on(hass, result, yard)
    assert result["errors"] == {"parent": "group_gone"}
    result = await go_on(hass, result, yard | {"parent": "supply"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_a_charger_that_goes_while_it_is_chosen(
    hass: HomeAssistant, entry: ConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    driveway = recognised_charger(hass, "Driveway")
    result = await go_on(hass, await start_subentry(hass, entry, "charger"), "device")
    device_registry.async_remove_device(driveway.removesuffix("_1"))
    await hass.async_block_till_done()
    result = await go_on(hass, result, {"charger": driveway})
    assert result["reason"] == "charger_gone"


async def test_a_charger_is_added_once_by_two_flows(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    driveway = recognised_charger(hass, "Driveway")
    flows = [
        await go_on(
            hass,
            await start_subentry(hass, entry, "charger"),
            "device",
            {"charger": driveway},
            charger_input("Driveway"),
        )
        for _ in range(2)
    ]
    first, second = [await go_on(hass, flow, "save") for flow in flows]
    assert first["type"] is FlowResultType.CREATE_ENTRY
    assert second["reason"] == "charger_taken"
    await hass.async_block_till_done()


async def test_two_forms_that_are_open_at_once_make_no_circle(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    """Each was offered the other's group while that was still possible."""
    garage = group_id(entry)
    yard = await add_group(hass, entry, name="Yard")
    of_garage = await start_subentry(hass, entry, "group", garage)
    of_yard = await start_subentry(hass, entry, "group", yard)
    result = await go_on(hass, of_garage, GROUP_INPUT | {"parent": yard})
    assert result["type"] == "abort", result
    result = await go_on(
        hass, of_yard, GROUP_INPUT | {"name": "Yard", "parent": garage}
    )
    assert result["errors"] == {"parent": "groups_in_a_circle"}
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    result = await go_on(
        hass, result, GROUP_INPUT | {"name": "Yard", "parent": "supply"}
    )
    assert result["type"] == "abort"


async def test_a_form_opens_where_groups_hang_in_a_circle(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    """As an earlier version, or a hand in the file, has left it; it can be mended."""
    garage = group_id(entry)
    yard = await add_group(hass, entry, name="Yard", parent=garage)
    third = await add_group(hass, entry, name="Third")
    subentry = entry.subentries[garage]
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "parent": yard}
    )
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    result = await start_subentry(hass, entry, "group", third)
    result = await go_on(hass, result, GROUP_INPUT | {"name": "Third", "parent": yard})
    assert result["errors"] == {"parent": "groups_in_a_circle"}
    result = await start_subentry(hass, entry, "group", yard)
    result = await go_on(
        hass, result, GROUP_INPUT | {"name": "Yard", "parent": "supply"}
    )
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
