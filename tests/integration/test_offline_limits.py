"""What chargers use together once nobody reaches them, and who is told of it."""

from dataclasses import replace
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.amp_guard.chargers import PROFILES
from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.model import (
    SUPPLY_ID,
    Charger,
    EarthingSystem,
    Group,
    Phase,
    Site,
    Supply,
)
from custom_components.amp_guard.site.offline_limits import OfflineSum, offline_excesses
from custom_components.amp_guard.site.reading import read_charger
from tests.control.sites import charger, group, home

from .helpers import (
    GROUPS_INPUT,
    NO_CHARGERS,
    SET_UP_INPUT,
    PlainCharger,
    add_charger,
    charger_input,
    charger_table,
    enable_all,
    go_on,
    group_id,
    recognised_charger,
    start_flow,
    start_subentry,
)
from .test_settings import set_number, turn

ONE_PHASE = replace(PROFILES["easee"], falls_back_on_one_phase=True)


# --- the phases that are used -----------------------------------------------------------


def described(**settings: Any) -> Charger:
    return read_charger(
        {"profile": "easee", "group": "garage", **charger_input(), **settings}
    )


def test_no_profile_of_today_falls_back_on_one_phase() -> None:
    assert not any(profile.falls_back_on_one_phase for profile in PROFILES.values())
    assert described(offline_phase="2").offline_phase is None


def test_an_offline_phase_counts_for_a_charger_that_can_use_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(PROFILES, "easee", ONE_PHASE)
    assert described(offline_phase="2").offline_phase is Phase.L2
    assert described(offline_phase="all").offline_phase is None


def test_an_offline_phase_counts_for_a_charger_that_has_but_one() -> None:
    assert described(wiring="3", offline_phase="3").offline_phase is Phase.L3


# --- the sum ----------------------------------------------------------------------------


def site(*chargers: Charger, groups: tuple[Group, ...], fuse: float = 25.0) -> Site:
    supply = Supply(supply_max_current=fuse)
    return Site(supply=supply, groups=groups, chargers=chargers)


def test_limits_that_fit_together_are_no_excess() -> None:
    spread = [
        charger(str(phase), wiring=(phase,), offline_current=10.0) for phase in Phase
    ]
    assert offline_excesses(home(*spread)) == []


def test_limits_that_pass_the_offline_maximum_of_their_group() -> None:
    too_high = home(charger("a"), charger("b", wiring=(Phase.L2,)))
    assert offline_excesses(too_high) == [
        OfflineSum(node="garage", current=12.0, limit=10.0)
    ]


def test_groups_that_fit_may_pass_the_main_fuse_together() -> None:
    both = site(
        charger("a", group="left", offline_current=16.0),
        charger("b", group="right", offline_current=16.0),
        groups=(
            group("left", max_current_offline=16.0),
            group("right", max_current_offline=16.0),
        ),
    )
    assert offline_excesses(both) == [
        OfflineSum(node=SUPPLY_ID, current=32.0, limit=25.0)
    ]


def test_chargers_count_for_each_group_above_theirs() -> None:
    nested = site(
        charger("a", group="outer", offline_current=6.0),
        charger("b", group="inner", offline_current=6.0),
        groups=(group("outer"), group("inner", parent="outer")),
    )
    assert offline_excesses(nested) == [
        OfflineSum(node="outer", current=12.0, limit=10.0)
    ]


def test_a_charger_that_takes_no_part_counts_for_nothing() -> None:
    assert offline_excesses(home(charger("a"), charger("b", active=False))) == []


def test_a_charger_that_uses_one_phase_loads_no_other() -> None:
    pair = (
        charger("a", offline_phase=Phase.L1),
        charger("b", offline_phase=Phase.L2),
    )
    assert offline_excesses(home(*pair)) == []


async def test_three_phases_load_a_line_of_an_it_net_with_more(
    hass: HomeAssistant,
) -> None:
    supply = Supply(supply_max_current=25.0, earthing_system=EarthingSystem.IT)
    [excess] = offline_excesses(home(supply=supply))
    assert excess.placeholders(hass, "Garage") == {
        "name": "Garage",
        "sum": "10.39",
        "limit": "10",
    }


# --- at set-up --------------------------------------------------------------------------


async def describe_another(
    hass: HomeAssistant, result: dict, charger: PlainCharger, **settings: Any
) -> dict:
    """Go from the list of chargers to Activate with one that is picked."""
    return await go_on(
        hass,
        result,
        {"another": True},
        charger.entities,
        charger_input() | settings,
    )


@pytest.fixture
async def at_chargers(hass: HomeAssistant, meter_input: dict[str, str]) -> dict:
    """A flow at the list of chargers, below a group of 10 A offline."""
    return await go_on(
        hass, await start_flow(hass), "address", meter_input, SET_UP_INPUT, GROUPS_INPUT
    )


async def test_nothing_is_said_at_activate_where_the_limits_fit(
    hass: HomeAssistant, at_chargers: dict, chargers: dict[str, PlainCharger]
) -> None:
    result = await describe_another(
        hass, at_chargers, chargers["left"], offline_current=10
    )
    assert result["step_id"] == "activate"
    assert result["description_placeholders"]["warning"] == ""


async def test_it_is_said_at_activate_in_the_language_and_can_be_begun(
    hass: HomeAssistant, at_chargers: dict, chargers: dict[str, PlainCharger]
) -> None:
    hass.config.language = "sv"
    result = await describe_another(
        hass, at_chargers, chargers["left"], offline_current=11
    )
    assert result["description_placeholders"]["warning"].startswith(
        "⚠️ **Garage: offlinegränserna blir tillsammans 11 A, men bara 10 A ryms**"
    )
    result = await go_on(hass, result, {"active": True})
    await hass.async_block_till_done()
    assert told(hass) == {
        group_id(result["result"]): {"name": "Garage", "sum": "11", "limit": "10"}
    }


async def test_one_phase_for_each_is_proposed_where_they_can_use_one(
    hass: HomeAssistant, meter_input: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The installation manual: with several chargers choose different phases."""
    peblar = replace(PROFILES["peblar"], falls_back_on_one_phase=True)
    monkeypatch.setitem(PROFILES, "peblar", peblar)
    found = [recognised_charger(hass, name) for name in ("Driveway", "Carport")]
    result = await go_on(
        hass,
        await start_flow(hass),
        "address",
        meter_input,
        SET_UP_INPUT,
        GROUPS_INPUT,
        {"chargers": found} | NO_CHARGERS,
    )
    rows = [{"charger": "Driveway", "name": "A"}, {"charger": "Carport", "name": "B"}]
    result = await go_on(hass, result, charger_table(*rows), {"active": True})
    await hass.async_block_till_done()
    entry = result["result"]
    phases = {
        charger.title: charger.data["offline_phase"]
        for charger in entry.get_subentries_of_type("charger")
    }
    assert phases == {"A": "1", "B": "2"}

    # One more, later.
    recognised_charger(hass, "Yard")
    result = await go_on(hass, await start_subentry(hass, entry, "charger"), "device")
    [field] = [key for key in result["data_schema"].schema if key == "charger"]
    chosen = result["data_schema"].schema[field].config["options"][0]["value"]
    result = await go_on(hass, result, {"charger": chosen})
    advanced = result["data_schema"].schema["advanced"].schema.schema
    [field] = [key for key in advanced if key == "offline_phase"]
    assert field.description["suggested_value"] == "3"


# --- the notice -------------------------------------------------------------------------


def told(hass: HomeAssistant) -> dict[str, dict[str, str]]:
    """Return what is told of offline limits, by the id of the part that is passed."""
    return {
        issue.issue_id.removeprefix("offline_limits_exceed_"): dict(
            issue.translation_placeholders
        )
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN
        and issue.active
        and issue.translation_key == "offline_limits_exceed"
    }


GARAGE = {"name": "Garage", "sum": "12", "limit": "10"}


@pytest.fixture
async def left(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> str:
    """Two chargers of 6 A in a group of 10 A offline; the id of one."""
    assert told(hass) == {}
    left = await add_charger(hass, entry, chargers["left"])
    assert told(hass) == {}
    await add_charger(hass, entry, chargers["right"])
    assert told(hass) == {group_id(entry): GARAGE}
    return left


async def test_what_is_told_goes_with_the_limit_that_was_too_high(
    hass: HomeAssistant, entry: ConfigEntry, left: str
) -> None:
    await enable_all(hass, entry)
    await set_number(hass, left, "offline_current", 0)
    assert told(hass) == {}
    await set_number(hass, left, "offline_current", 7)
    assert told(hass) == {group_id(entry): GARAGE | {"sum": "13"}}


async def test_what_is_told_goes_with_the_group_that_has_room(
    hass: HomeAssistant, entry: ConfigEntry, left: str
) -> None:
    await enable_all(hass, entry)
    await set_number(hass, group_id(entry), "max_current_offline", 12)
    assert told(hass) == {}


async def test_nothing_is_told_of_a_group_that_is_not_balanced(
    hass: HomeAssistant, entry: ConfigEntry, left: str
) -> None:
    await turn(hass, group_id(entry), "active", "off")
    assert told(hass) == {}


async def test_two_groups_that_fit_are_told_by_the_name_of_their_supply(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    garage = group_id(entry)
    await enable_all(hass, entry)
    await set_number(hass, garage, "max_current_offline", 16)
    await add_charger(hass, entry, chargers["left"], offline_current=16)
    result = await start_subentry(hass, entry, "group")
    result = await go_on(
        hass,
        result,
        {"name": "Yard", "parent": "supply", "phases": "1,2,3"}
        | {"max_current_online": 25, "max_current_offline": 16, "min_current": 6}
        | {"chargers_included_in_measurements": True},
    )
    await hass.async_block_till_done()
    assert told(hass) == {}
    [yard] = {g.subentry_id for g in entry.get_subentries_of_type("group")} - {garage}
    await add_charger(hass, entry, chargers["right"], group=yard, offline_current=16)
    assert told(hass) == {
        entry.entry_id: {"name": entry.title, "sum": "32", "limit": "25"}
    }

    options = {**entry.options, "supply_max_current": 32}
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.async_block_till_done()
    assert told(hass) == {}


async def test_it_stays_ignored_over_a_reload(
    hass: HomeAssistant, entry: ConfigEntry, left: str
) -> None:
    issues, issue = ir.async_get(hass), f"offline_limits_exceed_{group_id(entry)}"
    issues.async_ignore(DOMAIN, issue, ignore=True)
    await hass.config_entries.async_reload(entry.entry_id)
    assert issues.async_get_issue(DOMAIN, issue).dismissed_version is not None


async def test_a_removed_group_is_told_of_no_longer(
    hass: HomeAssistant, entry: ConfigEntry, left: str
) -> None:
    hass.config_entries.async_remove_subentry(entry, group_id(entry))
    await hass.async_block_till_done()
    assert told(hass) == {}


async def test_a_removed_charger_is_told_of_no_longer(
    hass: HomeAssistant, entry: ConfigEntry, left: str
) -> None:
    hass.config_entries.async_remove_subentry(entry, left)
    await hass.async_block_till_done()
    assert told(hass) == {}


async def test_a_removed_entry_is_told_of_no_longer(
    hass: HomeAssistant, entry: ConfigEntry, left: str
) -> None:
    await hass.config_entries.async_remove(entry.entry_id)
    assert told(hass) == {}


async def test_nothing_is_told_of_a_simulated_home(
    hass: HomeAssistant, simulated_home: ConfigEntry
) -> None:
    entry = simulated_home
    for subentry in entry.get_subentries_of_type("charger"):
        data = {**subentry.data, "offline_current": 16.0}
        hass.config_entries.async_update_subentry(entry, subentry, data=data)
    await hass.async_block_till_done()
    assert len(offline_excesses(entry.runtime_data.site)) == 2
    assert told(hass) == {}
