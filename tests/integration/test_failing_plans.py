"""A plan that fails: the others, the decision and what is shown go on without it."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.plans.grid_operator import OperatorPlan
from custom_components.amp_guard.plans.surplus import Surplus
from custom_components.amp_guard.plans.tariff import TariffPlan

from .helpers import OPERATOR, TARIFF, PlainCharger, Property, add_plan, add_solar
from .plan_scene import QUIET, plan_state, reason, says

pytestmark = pytest.mark.usefixtures("a_quarter_begins", "all_enabled")


def fails(*_: Any) -> None:
    raise ZeroDivisionError("a bug")


def not_a_number(plan: Any, *_: Any) -> None:
    plan.allowed = float("nan")


def told(registry: ir.IssueRegistry, plan: str) -> dict[str, str] | None:
    issue = registry.async_get_issue(DOMAIN, f"plan_failed_{plan}")
    return None if issue is None else issue.translation_placeholders


@pytest.mark.parametrize(
    ("part", "bug"),
    [("look", fails), ("look", not_a_number), ("shown", property(fails))],
)
async def test_a_tariff_that_fails_limits_nothing_and_keeps_nothing_from_being_told(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    left_id: str,
    issue_registry: ir.IssueRegistry,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    bug: Any,
) -> None:
    car = chargers["left"]
    says(hass, "unavailable")
    tariff = await add_plan(hass, entry, "tariff", TARIFF)
    operator = await add_plan(hass, entry, "grid_operator", OPERATOR)
    await house.passes(hass, 60, *QUIET, cars=[car])
    assert car.limit < 9.0
    with monkeypatch.context() as broken:
        broken.setattr(TariffPlan, part, bug)
        await house.passes(hass, 60, *QUIET, cars=[car])
        assert car.limit == 16.0  # as the fuses allow
        assert plan_state(hass, "window_target", tariff) == STATE_UNAVAILABLE
        assert told(issue_registry, tariff) == {"name": "Power"}
        says(hass, 5000)  # the other one is obeyed, and told
        await house.passes(hass, 5, *QUIET, cars=[car])
        assert car.limit == 7.0
        assert reason(hass, left_id) == "grid_operator"
        assert float(plan_state(hass, "operator_limit", operator)) == 5000.0
    [fault] = [each for each in entry.runtime_data.faults.kept if each.part == "plan"]
    assert fault.target == tariff
    says(hass, 0)
    await house.passes(hass, 60, *QUIET, cars=[car])
    assert told(issue_registry, tariff) is None
    assert float(plan_state(hass, "window_target", tariff)) == 6.0
    assert car.limit < 9.0


async def test_what_the_grid_operator_asked_stays_where_its_plan_fails(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    left_id: str,
    issue_registry: ir.IssueRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    car = chargers["left"]
    operator = await add_plan(hass, entry, "grid_operator", OPERATOR)
    await house.passes(hass, 40, *QUIET, cars=[car])
    says(hass, 5000)
    await house.passes(hass, 5, *QUIET, cars=[car])
    assert car.limit == 7.0
    monkeypatch.setattr(OperatorPlan, "look", fails)
    says(hass, 0)
    await house.passes(hass, 60, *QUIET, cars=[car])
    assert car.limit == 7.0
    assert told(issue_registry, operator) == {"name": "Netz"}
    # Over a restart too.
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await house.passes(hass, 60, *QUIET, cars=[car])
    assert 6.0 <= car.limit <= 7.0
    await hass.config_entries.async_unload(entry.entry_id)
    assert told(issue_registry, operator) is None


async def test_surplus_that_fails_leaves_the_car_what_the_fuses_allow(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    left_id: str,
    issue_registry: ir.IssueRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    car = chargers["left"]
    await add_solar(hass, entry)
    [solar] = entry.get_subentries_of_type("solar")
    await house.passes(hass, 180, *QUIET, cars=[car])
    assert car.limit == 0.0
    monkeypatch.setattr(Surplus, "look", fails)
    await house.passes(hass, 90, *QUIET, cars=[car])
    assert car.limit == 16.0
    assert told(issue_registry, solar.subentry_id) == {"name": solar.title}


async def test_a_plan_that_cannot_be_kept_or_read_takes_no_other_with_it(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left_id: str,
    hass_storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    says(hass, 5000)
    tariff = await add_plan(hass, entry, "tariff", TARIFF | {"peaks": 1})
    operator = await add_plan(hass, entry, "grid_operator", OPERATOR)
    await house.passes(hass, 12, *QUIET)
    monkeypatch.setattr(TariffPlan, "as_dict", fails)
    await hass.config_entries.async_unload(entry.entry_id)
    key = f"{DOMAIN}.{entry.entry_id}.plans"
    assert hass_storage[key]["data"][operator]["asked"] == 5000.0
    hass_storage[key]["data"] = {tariff: {"minutes": 15}} | hass_storage[key]["data"]
    says(hass, "unavailable")
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await house.passes(hass, 2, *QUIET)
    assert float(plan_state(hass, "operator_limit", operator)) == 5000.0
