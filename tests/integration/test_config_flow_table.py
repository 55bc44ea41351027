"""An association: its groups and its chargers, each described in one table."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
import pytest

from custom_components.amp_guard.const import DOMAIN

from .helpers import (
    NO_CHARGERS,
    SERIAL,
    SET_UP_INPUT,
    charger_table,
    device_id,
    go_on,
    recognised_charger,
    start_flow,
    start_subentry,
)
from .test_config_flow import ERRORS, proposed, refused_row

LAST_LIMIT = "fortsätter på sin senaste gräns om Home Assistant stannar plötsligt."
GROUPS = {
    "groups": [
        {"name": "Row B", "parent": "Yard", "max_current_online": 16},
        {"name": "Yard", "max_current_online": 20, "max_current_offline": 12},
        {"name": "Row A", "parent": "Yard"},
    ]
}


@pytest.fixture
def two(hass: HomeAssistant) -> list[str]:
    """Two chargers that are called the same; one of them has an area."""
    keys = [recognised_charger(hass, name) for name in ("one", "other")]
    registry, areas = dr.async_get(hass), ar.async_get(hass)
    for key, serial, area, host in (
        (keys[0], "1001", "Place 1", "192.168.1.11"),
        (keys[1], "1002", None, "192.168.1.12"),
    ):
        registry.async_update_device(
            key.removesuffix("_1"),
            name="NRGkick",
            serial_number=serial,
            area_id=areas.async_create(area).id if area else None,
            configuration_url=f"http://{host}/",
        )
    return keys


@pytest.fixture
async def at_table(
    hass: HomeAssistant, meter_input: dict[str, str], two: list[str]
) -> dict:
    """Set-up that has come to the table of the chargers."""
    result = await go_on(
        hass,
        await start_flow(hass),
        "address",
        meter_input,
        SET_UP_INPUT,
        GROUPS,
        {"chargers": two} | NO_CHARGERS,
    )
    assert result["step_id"] == "charger_table"
    return result


async def test_chargers_of_one_name_are_told_apart(
    hass: HomeAssistant, meter_input: dict[str, str], two: list[str]
) -> None:
    result = await go_on(
        hass, await start_flow(hass), "address", meter_input, SET_UP_INPUT, GROUPS
    )
    options = result["data_schema"].schema["chargers"].config["options"]
    assert [option["label"] for option in options] == [
        "NRGkick · 1001 · Place 1 · 192.168.1.11",
        "NRGkick · 1002 · 192.168.1.12",
    ]


async def test_one_table_for_all_chargers(
    hass: HomeAssistant, at_table: dict, two: list[str]
) -> None:
    """What is the same is said once; groups come in the order of the tree."""
    shown = proposed(at_table)
    assert [row["name"] for row in shown["chargers"]] == [
        "NRGkick Place 1",
        "NRGkick 1002",
    ]
    groups = at_table["data_schema"].schema["group"].config["options"]
    by_name = {option["label"]: option["value"] for option in groups}
    assert list(by_name) == ["Yard", "Row B", "Row A"]

    rows = shown["chargers"]
    rows[1] |= {"wiring": "2,3,1", "group": by_name["Row B"], "max_current": 10}
    result = await go_on(
        hass,
        at_table,
        charger_table(*rows) | {"group": by_name["Row A"], "priority": 2},
    )
    assert result["step_id"] == "activate"
    assert result["description_placeholders"]["limits"].splitlines() == [
        f"| Amp Guard {SERIAL} | 1,2,3 | 25 A | 12 / 25 A |",
        "| &emsp;Yard | 1,2,3 | 20 A | 12 / 12 A |",
        "| &emsp;&emsp;Row B | 1,2,3 | 16 A | 6 / 6 A |",
        "| &emsp;&emsp;&emsp;NRGkick 1002 | 2,3,1 | 10 A | 6 A |",
        "| &emsp;&emsp;Row A | 1,2,3 | 20 A | 6 / 6 A |",
        "| &emsp;&emsp;&emsp;NRGkick Place 1 | 1,2,3 | 16 A | 6 A |",
    ]
    assert result["description_placeholders"]["warning"] == ""
    assert "proceed" not in result["data_schema"].schema
    result = await go_on(hass, result, {"active": True})
    await hass.async_block_till_done()
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    chargers = {c.title: c for c in entry.get_subentries_of_type("charger")}
    first, second = chargers["NRGkick Place 1"], chargers["NRGkick 1002"]
    assert (first.data["priority"], second.data["priority"]) == (2, 2)
    assert (first.data["wiring"], second.data["wiring"]) == ("1,2,3", "2,3,1")
    assert {first.unique_id, second.unique_id} == set(two)

    # Devices and entities that tell them apart, where the chargers are.
    devices = dr.async_get(hass)
    area = ar.async_get(hass).async_get_area_by_name("Place 1")
    ours = devices.async_get(device_id(hass, entry, first.subentry_id))
    assert ours.area_id == area.id
    assert devices.async_get(device_id(hass, entry, second.subentry_id)).area_id is None
    reasons = {
        entity.entity_id
        for entity in er.async_get(hass).entities.values()
        if entity.unique_id.endswith("_reason")
    }
    # Home Assistant puts the area first.
    assert len(reasons) == 2
    assert not [reason for reason in reasons if reason.endswith("_2")]


@pytest.mark.parametrize(
    ("change", "row", "rule"),
    [
        ({"name": " "}, "NRGkick · 1002 · 192.168.1.12", "name_missing"),
        ({"name": "NRGkick Place 1"}, "NRGkick Place 1", "name_taken"),
        ({"offline_current": 17}, "NRGkick 1002", "offline_above_maximum"),
        (
            {"charger": "NRGkick · 1001 · Place 1 · 192.168.1.11"},
            "NRGkick 1002",
            "charger_twice",
        ),
    ],
)
async def test_a_row_that_cannot_hold_is_named(
    hass: HomeAssistant, at_table: dict, change: dict, row: str, rule: str
) -> None:
    rows = proposed(at_table)["chargers"]
    same = charger_table()
    same["group"] = proposed(at_table)["group"]
    result = await go_on(
        hass, at_table, same | {"chargers": [rows[0], rows[1] | change]}
    )
    assert refused_row(result) == (row, rule)
    assert proposed(result)["chargers"][1] == rows[1] | change
    assert rule in ERRORS

    # A row that is removed is a charger that is not balanced.
    result = await go_on(hass, result, same | {"chargers": rows[:1]}, {"active": True})
    await hass.async_block_till_done()
    [charger] = result["result"].get_subentries_of_type("charger")
    assert charger.title == "NRGkick Place 1"


async def test_a_number_out_of_bounds_in_a_row_is_told(
    hass: HomeAssistant, at_table: dict
) -> None:
    rows = proposed(at_table)["chargers"]
    rows[0]["max_current"] = 500
    same = charger_table(*rows) | {"group": proposed(at_table)["group"]}
    result = await go_on(hass, at_table, same)
    assert result["errors"] == {"chargers": "out_of_range"}
    assert result["description_placeholders"]["high"] == "32 A"


async def test_what_does_not_work_is_said_once_for_all_it_is_true_of(
    hass: HomeAssistant, at_table: dict
) -> None:
    hass.config.language = "sv"
    for name in ("one", "other"):
        recognised_charger(hass, name, reachable=False)
    rows = proposed(at_table)["chargers"]
    same = charger_table(*rows) | {
        "group": proposed(at_table)["group"],
        "offline_current": 6.5,
    }
    result = await go_on(hass, at_table, same)
    shown = result["description_placeholders"]
    assert shown["findings"].splitlines() == [
        "- NRGkick Place 1: Laddaren är inte tillgänglig.",
        "- NRGkick 1002: Laddaren är inte tillgänglig.",
        f"- NRGkick Place 1, NRGkick 1002: {LAST_LIMIT}",
    ]
    assert "| &emsp;Yard | 1,2,3 | 20 A | ⚠️ 13 / 12 A |" in shown["limits"]
    assert "| 16 A | 6,5 A |" in shown["limits"]
    assert "Yard: offlinegränserna blir tillsammans 13 A" in shown["warning"]

    # What was mended meanwhile is seen by looking again.
    for name in ("one", "other"):
        recognised_charger(hass, name)
    assert "proceed" in result["data_schema"].schema
    result = await go_on(hass, result, {"active": False, "proceed": "look_again"})
    assert proposed(result)["active"] is False
    assert "inte tillgänglig" not in result["description_placeholders"]["findings"]
    assert "proceed" not in result["data_schema"].schema
    result = await go_on(hass, result, {"active": True})
    assert result["type"] == "create_entry"
    await hass.async_block_till_done()


async def test_thirty_chargers_in_eight_screens(
    hass: HomeAssistant, meter_input: dict[str, str]
) -> None:
    found = [recognised_charger(hass, f"Place {n}") for n in range(1, 31)]
    screens = ["user"]
    result = await start_flow(hass)
    for given in ("address", meter_input, SET_UP_INPUT, GROUPS):
        result = await go_on(hass, result, given)
        screens.append(result["step_id"])
    result = await go_on(hass, result, {"chargers": found} | NO_CHARGERS)
    screens.append(result["step_id"])
    result = await go_on(hass, result, proposed(result))
    screens.append(result["step_id"])
    assert len(screens) <= 10
    [finding] = result["description_placeholders"]["findings"].splitlines()
    assert finding.startswith("- Place 1, Place 2, Place 3, Place 4, Place 5 … (30): ")
    result = await go_on(hass, result, {"active": True})
    assert result["type"] == "create_entry", result
    await hass.async_block_till_done()
    assert len(result["result"].runtime_data.site.chargers) == 30


async def test_the_area_of_a_charger_is_taken_over_once(
    hass: HomeAssistant, at_table: dict
) -> None:
    """Its owner may move it, or rename it, afterwards."""
    rows = proposed(at_table)["chargers"]
    same = charger_table(*rows) | {"group": proposed(at_table)["group"]}
    result = await go_on(hass, at_table, same, {"active": True})
    await hass.async_block_till_done()
    entry = result["result"]
    [charger, _] = entry.get_subentries_of_type("charger")
    ours = device_id(hass, entry, charger.subentry_id)
    dr.async_get(hass).async_update_device(ours, area_id=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert dr.async_get(hass).async_get(ours).area_id is None

    result = await start_subentry(hass, entry, "charger", charger.subentry_id)
    renamed = {key: charger.data[key] for key in charger_table() if key != "chargers"}
    renamed |= {"group": charger.data["group"], "offline_phase": "all"}
    result = await go_on(hass, result, renamed | {"name": "By the gate"}, "save")
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert dr.async_get(hass).async_get(ours).name == "By the gate"
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1
