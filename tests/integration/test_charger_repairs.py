"""What is wrong with a charger is told as a repair issue, and taken back by itself."""

from collections.abc import Callable

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest

from custom_components.amp_guard.const import DOMAIN
from tests.chargers.conftest import Charger
from tests.chargers.contracts import CONTRACTS

from .helpers import (
    PlainCharger,
    Property,
    add_charger,
    charger_input,
    entity_id,
    go_on,
    start_subentry,
)

OCPP = next(c for c in CONTRACTS if c.profile == "ocpp")
QUIET = (2.0, 2.0, 2.0)
TROUBLE_LASTS = 300


async def pass_minutes(
    hass: HomeAssistant, house: Property, *cars: PlainCharger
) -> None:
    """Let five minutes pass, and more."""
    for _ in range(TROUBLE_LASTS // 4 + 4):
        house.clock.advance(3.0)  # any more, and the meter counts as silent
        await house.passes(hass, 1, *QUIET, cars=cars)


def told(hass: HomeAssistant, charger: str) -> str | None:
    """Return what is told to be wrong with a charger."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"charger_trouble_{charger}")
    return issue.translation_key if issue else None


# --- troubles -------------------------------------------------------------------------


def disable(hass: HomeAssistant, *, mend: bool) -> None:
    disabled_by = None if mend else er.RegistryEntryDisabler.USER
    er.async_get(hass).async_update_entity("input_number.left", disabled_by=disabled_by)
    if mend:
        hass.states.async_set("input_number.left", "6", {"min": 0, "max": 32})


def make_unavailable(hass: HomeAssistant, *, mend: bool) -> None:
    state = "6" if mend else STATE_UNAVAILABLE
    hass.states.async_set("input_number.left", state, {"min": 0, "max": 32})


def say_something_strange(hass: HomeAssistant, *, mend: bool) -> None:
    hass.states.async_set("sensor.left", "connected" if mend else "bananas")


@pytest.mark.parametrize(
    ("trouble", "kind", "entity"),
    [
        (disable, "charger_disabled", "input_number.left"),
        (make_unavailable, "charger_unavailable", "input_number.left"),
        (say_something_strange, "charger_unknown", "sensor.left"),
    ],
)
async def test_a_trouble_that_lasts_is_told_until_it_is_mended(
    hass: HomeAssistant,
    house: Property,
    left_id: str,
    trouble: Callable,
    kind: str,
    entity: str,
) -> None:
    trouble(hass, mend=False)
    await house.passes(hass, 30, *QUIET)
    assert told(hass, left_id) is None

    await pass_minutes(hass, house)
    assert told(hass, left_id) == kind
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"charger_trouble_{left_id}")
    assert issue.translation_placeholders["charger"] == "Left"
    assert issue.translation_placeholders["entity"] == entity

    trouble(hass, mend=True)
    await house.passes(hass, 15, *QUIET)
    assert told(hass, left_id) is None


async def test_another_trouble_takes_the_place_of_the_one_before_once_it_lasts(
    hass: HomeAssistant, house: Property, left_id: str
) -> None:
    make_unavailable(hass, mend=False)
    await pass_minutes(hass, house)
    assert told(hass, left_id) == "charger_unavailable"

    make_unavailable(hass, mend=True)
    say_something_strange(hass, mend=False)
    await house.passes(hass, 30, *QUIET)
    assert told(hass, left_id) is None
    await pass_minutes(hass, house)
    assert told(hass, left_id) == "charger_unknown"


async def test_an_entity_that_is_gone_is_told(
    hass: HomeAssistant, house: Property, left_id: str
) -> None:
    er.async_get(hass).async_remove("input_number.left")
    await pass_minutes(hass, house)

    assert told(hass, left_id) == "charger_not_found"


async def test_a_charger_that_is_silent_while_it_charges_is_no_trouble(
    hass: HomeAssistant, house: Property, left: PlainCharger, left_id: str
) -> None:
    """An equal state is not passed on by many integrations."""
    await house.passes(hass, 60, *QUIET, cars=[left])
    assert left.limit > 0
    await pass_minutes(hass, house)
    await pass_minutes(hass, house)

    assert told(hass, left_id) is None


async def test_a_renamed_entity_is_no_trouble(
    hass: HomeAssistant, house: Property, left: PlainCharger, left_id: str
) -> None:
    er.async_get(hass).async_update_entity(
        "input_number.left", new_entity_id="input_number.garage"
    )
    await pass_minutes(hass, house, left)

    assert told(hass, left_id) is None


async def test_a_charger_that_does_not_follow_is_told(
    hass: HomeAssistant, house: Property, left: PlainCharger, left_id: str
) -> None:
    # Less at once than the meter's stream may be silent for.
    for _ in range(TROUBLE_LASTS // 4 + 25):
        house.clock.advance(3.0)
        left.says("charging", 16.0)
        await house.passes(hass, 1, 26.0, 18.0, 18.0)

    assert told(hass, left_id) == "charger_not_following"


# --- no fail-safe ---------------------------------------------------------------------


async def test_a_charger_without_a_fail_safe_is_told_and_can_be_ignored(
    hass: HomeAssistant, entry: ConfigEntry, left_id: str
) -> None:
    issues, issue = ir.async_get(hass), f"no_fail_safe_{entry.entry_id}"
    assert issues.async_get_issue(DOMAIN, issue).active
    assert hass.states.get(entity_id(hass, "sensor", left_id, "fail_safe")).state == (
        "none"
    )

    issues.async_ignore(DOMAIN, issue, ignore=True)
    await hass.config_entries.async_reload(entry.entry_id)
    assert issues.async_get_issue(DOMAIN, issue).dismissed_version is not None

    hass.config_entries.async_remove_subentry(entry, left_id)
    await hass.async_block_till_done()
    assert issues.async_get_issue(DOMAIN, issue) is None


async def test_all_that_have_no_fail_safe_are_told_by_one_notice(
    hass: HomeAssistant,
    entry: ConfigEntry,
    chargers: dict[str, PlainCharger],
    left_id: str,
) -> None:
    def said() -> str:
        told = [
            issue
            for issue in ir.async_get(hass).issues.values()
            if issue.translation_key == "no_fail_safe" and issue.active
        ]
        if not told:
            return ""
        [issue] = told
        return issue.translation_placeholders["chargers"]

    assert said() == "- Left (6 A)"
    issues, issue = ir.async_get(hass), f"no_fail_safe_{entry.entry_id}"
    issues.async_ignore(DOMAIN, issue, ignore=True)
    # What was ignored was one charger: a second is news.
    right = await add_charger(hass, entry, chargers["right"], offline_current=7)
    assert said() == "- Left (6 A)\n- Right (7 A)"
    assert issues.async_get_issue(DOMAIN, issue).dismissed_version is None
    issues.async_ignore(DOMAIN, issue, ignore=True)
    hass.config_entries.async_remove_subentry(entry, left_id)
    await hass.async_block_till_done()
    assert said() == "- Right (7 A)"
    assert issues.async_get_issue(DOMAIN, issue).dismissed_version is not None
    # Also while nothing is set up.
    await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_remove_subentry(entry, right)
    await hass.async_block_till_done()
    assert said() == ""


async def test_once_a_charger_has_a_fail_safe_nothing_is_told_of_it(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    charger = Charger(hass, OCPP)
    result = await go_on(
        hass,
        await start_subentry(hass, entry, "charger"),
        "device",
        {"charger": f"{charger.device_id}_1"},
        charger_input("Charge point"),
        "save",
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    [added] = entry.get_subentries_of_type("charger")
    issues, issue = ir.async_get(hass), f"no_fail_safe_{entry.entry_id}"
    assert issues.async_get_issue(DOMAIN, issue) is None

    # As an earlier version of its profile left it, which knew of none.
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key="no_fail_safe",
        translation_placeholders={"supply": entry.title, "chargers": added.title},
    )
    await hass.config_entries.async_reload(entry.entry_id)
    assert issues.async_get_issue(DOMAIN, issue) is None


async def test_a_charger_that_turns_out_to_have_no_fail_safe_is_told(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    """What its charge point takes is known when it was asked."""
    charger = Charger(hass, OCPP)
    charger.answers = {"SupportedFeatureProfiles": "Core"}
    await go_on(
        hass,
        await start_subentry(hass, entry, "charger"),
        "device",
        {"charger": f"{charger.device_id}_1"},
        charger_input("Charge point"),
        "save",
    )
    await hass.async_block_till_done()
    [added] = entry.get_subentries_of_type("charger")
    for _ in range(5):
        house.clock.advance(3.0)
        await house.passes(hass, 1, *QUIET, cars=())

    issue = f"no_fail_safe_{entry.entry_id}"
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue).active
    fail_safe = entity_id(hass, "sensor", added.subentry_id, "fail_safe")
    assert hass.states.get(fail_safe).state == "none"


async def test_a_removed_entry_leaves_no_issue_about_its_chargers(
    hass: HomeAssistant, entry: ConfigEntry, left_id: str
) -> None:
    await hass.config_entries.async_remove(entry.entry_id)

    issues = {issue for domain, issue in ir.async_get(hass).issues if domain == DOMAIN}
    assert issues <= {f"charger_left_{left_id}"}
