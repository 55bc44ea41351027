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
from tests.shown_texts import ENGLISH

from .helpers import (
    GROUP_INPUT,
    GROUPS_INPUT,
    NO_CHARGERS,
    SERIAL,
    SET_UP_INPUT,
    SUPPLY_INPUT,
    Decisions,
    PlainCharger,
    Property,
    add_charger,
    charger_input,
    enable_all,
    entity_id,
    go_on,
    group_id,
    groups_input,
    recognised_charger,
    start_flow,
    start_subentry,
)
from .test_settings import set_number

AT_HOME = {"has_groups": False, "max_current_offline": 10}
ERRORS = ENGLISH["config"]["error"]


@pytest.fixture
async def at_group(hass: HomeAssistant, meter_input: dict[str, str]) -> dict:
    """Set-up that has come to the groups."""
    result = await go_on(
        hass, await start_flow(hass), "address", meter_input, SET_UP_INPUT
    )
    assert result["step_id"] == "groups"
    return result


@pytest.fixture
async def at_chargers(hass: HomeAssistant, at_group: dict) -> dict:
    """Set-up that has come to the chargers."""
    result = await go_on(hass, at_group, GROUPS_INPUT)
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
        SUPPLY_INPUT | AT_HOME,
        {"another": True},
        left.entities,
        charger_input(),
    ):
        result = await go_on(hass, result, given)
        steps.append(result["step_id"])
        assert not hass.config_entries.async_entries(DOMAIN)
    assert steps == ["address", "supply", "chargers", "entities", "charger", "activate"]
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
    assert group.title == hass.config.location_name
    assert group.data == {
        "parent": "supply",
        "phases": "1,2,3",
        "max_current_online": 25,
        "follows": True,
        "max_current_offline": 10,
        "min_current": 6,
        "chargers_included_in_measurements": True,
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
        hass, await start_flow(hass), "address", meter_input, SET_UP_INPUT
    )
    result = await go_on(hass, result, groups_input(phases="1,2,3"))
    assert refused_row(result) == ("Garage", "phase_not_measured")

    result = await go_on(hass, result, GROUPS_INPUT, NO_CHARGERS, {"active": True})
    [group] = result["result"].get_subentries_of_type("group")
    assert group.data["phases"] == "1"
    await hass.async_block_till_done()
    sensors = [
        sensor.unique_id
        for sensor in er.async_entries_for_config_entry(
            er.async_get(hass), result["result"].entry_id
        )
        if sensor.unique_id.startswith(SERIAL) and sensor.domain == "sensor"
    ]
    measured = [each for each in sensors if each.endswith(("_l1", "_l2", "_l3"))]
    assert set(measured) == {
        f"{SERIAL}_{key}_l1" for key in ("current", "house_current", "measurement")
    }
    assert not [each for each in sensors if "total" in each]


async def test_an_it_net_with_two_current_sensors(
    hass: HomeAssistant, make_property: Callable, decisions: Decisions
) -> None:
    """By a bridge whose meter sends no I2; in a net with neutral it is refused."""
    settings = AmpGuardSettings(phases=(Phase.L1, Phase.L3))
    house = await make_property(settings)
    meter_input = {"host": house.meter.address, "pin": settings.pin}
    result = await go_on(hass, await start_flow(hass), "address", meter_input)
    refused = await go_on(hass, result, SUPPLY_INPUT | AT_HOME)
    assert refused["errors"] == {"net": "net_needs_all_phases"}
    result = await go_on(hass, refused, SUPPLY_INPUT | AT_HOME | {"net": "it"})
    result = await go_on(hass, result, NO_CHARGERS, {"active": True})
    assert result["type"] == "create_entry", result
    [group] = result["result"].get_subentries_of_type("group")
    assert group.data["phases"] == "1,2,3"
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


@pytest.mark.parametrize(("fuse", "bounds"), [(500, "100 A"), (5, "100 A")])
async def test_a_figure_out_of_its_bounds_is_told_with_them(
    hass: HomeAssistant, meter_input: dict[str, str], fuse: float, bounds: str
) -> None:
    result = await go_on(hass, await start_flow(hass), "address", meter_input)
    too_large = SUPPLY_INPUT | AT_HOME | {"supply_max_current": fuse}
    result = await go_on(hass, result, too_large)
    assert result["errors"] == {"supply_max_current": "out_of_range"}
    told = result["description_placeholders"]
    assert (told["low"], told["high"]) == ("6", bounds)
    result = await go_on(hass, result, SUPPLY_INPUT | AT_HOME | {"turn": 4})
    assert result["errors"] == {"advanced": "out_of_range"}


async def test_the_main_fuse_changes_but_not_below_its_groups(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    result = await hass.config_entries.options.async_init(entry.entry_id)
    result = await go_on(hass, result, SUPPLY_INPUT | {"supply_max_current": 20})
    assert result["errors"] == {"supply_max_current": "below_group"}
    assert result["description_placeholders"]["groups"] == "Garage (25 A)"

    result = await go_on(hass, result, SUPPLY_INPUT | {"supply_max_current": 35})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert entry.runtime_data.site.supply.supply_max_current == 35
    assert entry.runtime_data.site.groups[0].max_current_online == 25


@pytest.mark.parametrize("fuse", [16, 35])
async def test_what_follows_the_main_fuse_goes_on_following_it(
    hass: HomeAssistant, meter_input: dict[str, str], fuse: int
) -> None:
    """Also through another group; one with a fuse of its own does not."""
    rows = [
        {"name": "Garage"},
        {"name": "Carport", "parent": "Garage", "max_current_offline": 20},
        {"name": "Yard", "max_current_online": 16},
    ]
    result = await go_on(
        hass,
        await start_flow(hass),
        "address",
        meter_input,
        SET_UP_INPUT,
        {"groups": rows},
        NO_CHARGERS,
        {"active": True},
    )
    await hass.async_block_till_done()
    entry = result["result"]

    def maxima() -> list[tuple[float, float]]:
        return [
            (group.max_current_online, group.max_current_offline)
            for group in entry.runtime_data.site.groups
        ]

    assert maxima() == [(25, 6), (25, 20), (16, 6)]
    options = await hass.config_entries.options.async_init(entry.entry_id)
    await go_on(hass, options, SUPPLY_INPUT | {"supply_max_current": fuse})
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert maxima() == [(fuse, 6), (fuse, min(20, fuse)), (16, 6)]

    # What is set by hand is its own from then on.
    garage = group_id(entry)
    await enable_all(hass, entry)
    await set_number(hass, garage, "max_current_online", 10)
    await hass.async_block_till_done()
    assert maxima() == [(10, 6), (10, 10), (16, 6)]
    options = await hass.config_entries.options.async_init(entry.entry_id)
    await go_on(hass, options, SUPPLY_INPUT | {"supply_max_current": 20})
    await hass.async_block_till_done()
    assert maxima()[0] == (10, 6)


async def test_the_main_fuse_is_not_changed_below_what_a_group_that_follows_needs(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    result = await start_subentry(hass, entry, "group", group_id(entry))
    follows = GROUP_INPUT | {"parent": "supply", "min_current": 16}
    del follows["max_current_online"]
    result = await go_on(hass, result, follows | {"max_current_offline": 0})
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()

    options = await hass.config_entries.options.async_init(entry.entry_id)
    result = await go_on(hass, options, SUPPLY_INPUT | {"supply_max_current": 10})
    assert result["errors"] == {"supply_max_current": "minimum_above_maximum"}
    assert entry.runtime_data.site.groups[0].max_current_online == 25


async def test_a_group_that_is_left_open_follows_what_feeds_it(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    result = await start_subentry(hass, entry, "group", group_id(entry))
    left_open = GROUP_INPUT | {"parent": "supply"}
    del left_open["max_current_online"]
    result = await go_on(hass, result, left_open)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    options = await hass.config_entries.options.async_init(entry.entry_id)
    await go_on(hass, options, SUPPLY_INPUT | {"supply_max_current": 20})
    await hass.async_block_till_done()
    [group] = entry.runtime_data.site.groups
    assert group.max_current_online == 20
    result = await start_subentry(hass, entry, "group", group_id(entry))
    assert "max_current_online" not in proposed(result)


# --- the groups ---------------------------------------------------------------------


def refused_row(result: dict) -> tuple[str, str]:
    """Return which row of a table is refused, and the rule that it breaks."""
    [(table, error)] = result["errors"].items()
    assert (table, error) in {("groups", "in_row"), ("chargers", "in_row")}
    told = result["description_placeholders"]
    [rule] = [rule for rule, text in ERRORS.items() if text == told["why"]]
    return told["row"], rule


async def test_groups_are_proposed_by_the_name_of_the_home(
    hass: HomeAssistant, at_group: dict
) -> None:
    assert proposed(at_group) == {"groups": [{"name": hass.config.location_name}]}


@pytest.mark.parametrize(
    ("rows", "row", "rule"),
    [
        ([{"name": " "}], "–", "name_missing"),
        ([{"name": "A"}, {"name": "A "}], "A", "name_twice"),
        ([{"name": "A", "max_current_online": 26}], "A", "group_above_supply"),
        (
            [{"name": "A", "max_current_online": 20, "max_current_offline": 21}],
            "A",
            "offline_above_online",
        ),
        ([{"name": "A", "max_current_offline": 5}], "A", "offline_below_minimum"),
        ([{"name": "A", "parent": "B"}], "A", "parent_unknown"),
        (
            [{"name": "A", "parent": "B"}, {"name": "B", "parent": "A"}],
            "A",
            "parent_unknown",
        ),
        (
            [
                {"name": "B", "parent": "A", "max_current_online": 20},
                {"name": "A", "max_current_online": 16},
            ],
            "B",
            "group_above_supply",
        ),
        (
            [{"name": "A", "phases": "1"}, {"name": "B", "parent": "A", "phases": "2"}],
            "B",
            "phase_not_measured",
        ),
    ],
)
async def test_groups_that_cannot_hold_are_refused_by_name(
    hass: HomeAssistant, at_group: dict, rows: list, row: str, rule: str
) -> None:
    result = await go_on(hass, at_group, {"groups": rows})
    assert refused_row(result) == (row, rule)
    assert proposed(result) == {"groups": rows}  # what was entered is still there

    result = await go_on(hass, result, GROUPS_INPUT, NO_CHARGERS, {"active": True})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert result["result"].state is ConfigEntryState.LOADED


async def test_a_group_is_needed(hass: HomeAssistant, at_group: dict) -> None:
    result = await go_on(hass, at_group, {"groups": []})
    assert result["errors"] == {"groups": "group_missing"}
    result = await go_on(
        hass, result, {"groups": [{"name": "A", "max_current_offline": 500}]}
    )
    assert result["errors"] == {"groups": "out_of_range"}


# --- the chargers -------------------------------------------------------------------


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
    assert "state" not in result["description_placeholders"]["findings"]


async def test_chargers_can_be_chosen_again(
    hass: HomeAssistant, at_group: dict, chargers: dict[str, PlainCharger]
) -> None:
    driveway = recognised_charger(hass, "Driveway")
    result = await go_on(
        hass,
        at_group,
        GROUPS_INPUT,
        {"chargers": [driveway], "another": True},
        chargers["left"].entities | {"limit": "input_number.gone"},
    )
    result = await go_on(hass, result, proposed(result))
    assert result["step_id"] == "activate"
    result = await go_on(hass, result, {"active": True, "proceed": "choose_again"})
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
    result = await go_on(hass, at_group, GROUPS_INPUT)
    device_registry.async_remove_device(driveway.removesuffix("_1"))
    await hass.async_block_till_done()

    result = await go_on(hass, result, {"chargers": [driveway]} | NO_CHARGERS)
    assert result["errors"] == {"chargers": "charger_gone"}
    result = await go_on(hass, result, NO_CHARGERS)
    assert result["step_id"] == "activate"


async def test_a_charger_that_goes_before_the_last_step_is_told(
    hass: HomeAssistant, at_group: dict, device_registry: dr.DeviceRegistry
) -> None:
    driveway = recognised_charger(hass, "Driveway")
    result = await go_on(hass, at_group, GROUPS_INPUT)
    result = await go_on(hass, result, NO_CHARGERS | {"chargers": [driveway]})
    device_registry.async_update_device(
        driveway.removesuffix("_1"), name_by_user="Renamed meanwhile"
    )
    result = await go_on(hass, result, charger_input("Driveway"))
    assert result["step_id"] == "activate"
    device_registry.async_remove_device(driveway.removesuffix("_1"))
    await hass.async_block_till_done()
    result = await go_on(hass, result, {"active": True})
    assert (result["step_id"], result["errors"]) == (
        "chargers",
        {"base": "charger_gone"},
    )
    assert hass.config_entries.async_entries(DOMAIN) == []


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
        SET_UP_INPUT,
        GROUPS_INPUT,
        {"chargers": [driveway]} | NO_CHARGERS,
        charger_input("Driveway"),
    )
    # Somebody else is faster.
    await go_on(
        hass,
        await start_subentry(hass, entry, "charger"),
        "device",
        {"charger": driveway},
        charger_input("Driveway"),
        "save",
    )
    await hass.async_block_till_done()
    result = await go_on(hass, result, {"active": True})
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
