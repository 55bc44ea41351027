"""A power tariff and the grid's operator, as their owner sets them up and sees them."""

from collections.abc import Callable
from datetime import timedelta
import json

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest

from custom_components.amp_guard.const import DOMAIN

from .helpers import (
    OPERATOR,
    SERIAL,
    TARIFF,
    Clock,
    PlainCharger,
    Property,
    add_charger,
    add_plan,
    enable_all,
    entity_id,
    go_on,
    group_id,
    start_subentry,
)
from .plan_scene import QUIET, plan_state, reason, says

pytestmark = pytest.mark.usefixtures("a_quarter_begins")

OPERATOR_STORED = {key: OPERATOR[key] for key in OPERATOR if key != "name"}


async def change(
    hass: HomeAssistant, entry: ConfigEntry, kind: str, plan: str, given: dict
) -> dict:
    """Change a plan as its owner does; return how that ended."""
    result = await go_on(hass, await start_subentry(hass, entry, kind, plan), given)
    await hass.async_block_till_done()
    return result


@pytest.mark.usefixtures("all_enabled")
async def test_a_tariff_limits_the_mean_and_shows_it(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    left_id: str,
) -> None:
    car = chargers["left"]
    await house.passes(hass, 40, *QUIET, cars=[car])
    assert car.limit == 16.0
    plan = await add_plan(hass, entry, "tariff", TARIFF | {"price": 5.0})
    await house.passes(hass, 60, *QUIET, cars=[car])
    assert car.limit < 9.0  # 6 kW, less the house
    assert reason(hass, left_id) in ("power_window", "raise_held")
    assert float(plan_state(hass, "window_target", plan)) == 6.0
    assert float(plan_state(hass, "window_mean", plan)) > 0.0
    assert float(plan_state(hass, "window_forecast", plan)) > 0.0
    assert float(plan_state(hass, "kilowatt_more", plan)) == 5.0
    mean = er.async_get(hass).async_get(
        entity_id(hass, "sensor", SERIAL, f"window_mean_{plan}")
    )
    assert mean.config_subentry_id is None  # it is the supply's device
    assert hass.states.get(mean.entity_id).name.endswith("Power: mean so far")

    hass.config_entries.async_remove_subentry(entry, plan)
    await hass.async_block_till_done()
    registry = er.async_get(hass)
    assert registry.async_get_entity_id("sensor", DOMAIN, mean.unique_id) is None
    await house.passes(hass, 60, *QUIET, cars=[car])
    assert car.limit == 16.0


async def test_a_preset_is_chosen_and_changed(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left_id: str
) -> None:
    given = TARIFF | {"preset": "flanders"}
    del given["figure"]
    plan = await add_plan(hass, entry, "tariff", given)
    await house.passes(hass, 3, *QUIET)
    assert float(plan_state(hass, "window_target", plan)) == 2.5
    for preset, target in (("norway", 5.0), ("slovenia", 5.0), ("goteborg", 5.0)):
        result = await change(hass, entry, "tariff", plan, given | {"preset": preset})
        assert result["reason"] == "reconfigure_successful"
        await house.passes(hass, 3, *QUIET)
        assert float(plan_state(hass, "window_target", plan)) >= target


async def test_own_hours_go_over_midnight_and_the_end_of_the_year(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left_id: str
) -> None:
    given = TARIFF | {
        "peaks": 3,
        "window": "60",
        "first_hour": 22,
        "last_hour": 6,
        "first_month": 11,
        "last_month": 3,
        "other_hours": 50,
        "workdays": True,
    }
    plan = await add_plan(hass, entry, "tariff", given)
    await house.passes(hass, 3, *QUIET)
    assert entry.subentries[plan].data["other_hours"] == 50
    assert entry.state is ConfigEntryState.LOADED


async def test_a_working_day_says_which_days_count(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left_id: str
) -> None:
    registry = er.async_get(hass)
    day = registry.async_get_or_create("binary_sensor", "workday", "of_sweden")
    given = TARIFF | {"workdays": True, "workday": day.entity_id}
    hass.states.async_set(day.entity_id, "on")
    plan = await add_plan(hass, entry, "tariff", given)
    assert entry.subentries[plan].data["workday"] == day.id
    await house.passes(hass, 3, *QUIET)
    assert float(plan_state(hass, "window_target", plan)) == 6.0
    renamed = registry.async_update_entity(
        day.entity_id, new_entity_id="binary_sensor.a_day"
    )
    hass.states.async_set(renamed.entity_id, "off")
    await house.passes(hass, 12, *QUIET)
    assert plan_state(hass, "window_target", plan) == "unknown"
    result = await start_subentry(hass, entry, "tariff", plan)
    [field] = [key for key in result["data_schema"].schema if key == "workday"]
    assert field.description["suggested_value"] == renamed.entity_id


async def test_without_a_word_of_it_monday_to_friday_are_working_days(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left_id: str,
    set_clock: Callable[[float], None],
) -> None:
    given = TARIFF | {"workdays": True, "workday": "binary_sensor.nowhere"}
    plan = await add_plan(hass, entry, "tariff", given)
    for _ in range(7):
        await house.passes(hass, 12, *QUIET)
        today = dt_util.as_local(dt_util.utcnow())
        counts = plan_state(hass, "window_target", plan) != "unknown"
        assert counts == (today.weekday() < 5), today
        set_clock(86400.0)


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"name": " "}, {"name": "name_missing"}),
        ({"figure": 0.1}, {"figure": "out_of_range"}),
        ({"peaks": 2.5}, {"advanced": "no_whole_number"}),
        ({"first_month": 13}, {"advanced": "out_of_range"}),
    ],
)
async def test_a_tariff_that_cannot_be_is_refused(
    hass: HomeAssistant, entry: ConfigEntry, given: dict, errors: dict
) -> None:
    result = await go_on(
        hass, await start_subentry(hass, entry, "tariff"), TARIFF | given
    )
    assert result["errors"] == errors


async def test_two_tariffs_have_two_names(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    first = await add_plan(hass, entry, "tariff", TARIFF)
    result = await go_on(hass, await start_subentry(hass, entry, "tariff"), TARIFF)
    assert result["errors"] == {"name": "name_taken"}
    result = await change(hass, entry, "tariff", first, TARIFF | {"figure": 7.0})
    assert result["reason"] == "reconfigure_successful"


@pytest.fixture
def wall_clock(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> Callable[[float], None]:
    """A wall clock that goes with the loop's, from 5 s after a window began."""
    moved = [0.0]
    begun = dt_util.utcnow().replace(hour=10, minute=0, second=5, microsecond=0)
    monkeypatch.setattr(
        dt_util, "utcnow", lambda: begun + timedelta(seconds=clock.ahead + moved[0])
    )

    def move(seconds: float) -> None:
        moved[0] += seconds

    return move


async def test_what_was_used_is_known_after_a_restart(
    hass: HomeAssistant,
    wall_clock: Callable[[float], None],
    entry: ConfigEntry,
    house: Property,
    left_id: str,
) -> None:
    plan = await add_plan(hass, entry, "tariff", TARIFF | {"peaks": 1, "figure": 2.0})
    wall_clock(900.0)
    await house.passes(hass, 90, 20.0, 20.0, 20.0)
    wall_clock(900.0)  # a clock that jumps over the end of a window
    await house.passes(hass, 15, 20.0, 20.0, 20.0)
    peak = float(plan_state(hass, "month_peak", plan))
    # What was measured of it; the rest is not known.
    assert 13.8 * 87 / 900 <= peak <= 13.8 * 300 / 900
    mean = float(plan_state(hass, "window_mean", plan))
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await house.passes(hass, 2, 20.0, 20.0, 20.0)
    assert float(plan_state(hass, "month_peak", plan)) == pytest.approx(peak, abs=0.01)
    assert float(plan_state(hass, "window_mean", plan)) == pytest.approx(mean, rel=0.1)
    shown = hass.states.get(entity_id(hass, "sensor", SERIAL, f"month_peak_{plan}"))
    assert shown.attributes["peak_1"].endswith("kW")


async def test_what_was_stored_and_cannot_be_read_stops_nobody(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left_id: str,
    hass_storage: dict,
) -> None:
    plan = await add_plan(hass, entry, "tariff", TARIFF)
    await house.passes(hass, 2, *QUIET)
    await hass.config_entries.async_unload(entry.entry_id)
    key = f"{DOMAIN}.{entry.entry_id}.plans"
    hass_storage[key] = {
        "version": 1,
        "minor_version": 1,
        "key": key,
        "data": {plan: {"minutes": 15}},
    }
    await hass.config_entries.async_setup(entry.entry_id)
    await house.passes(hass, 2, *QUIET)
    assert entry.state is ConfigEntryState.LOADED
    assert float(plan_state(hass, "window_target", plan)) == 6.0


@pytest.mark.usefixtures("all_enabled")
async def test_the_operator_dims_and_it_is_proved(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    left_id: str,
) -> None:
    car = chargers["left"]
    says(hass, "unavailable")
    plan = await add_plan(hass, entry, "grid_operator", OPERATOR)
    await house.passes(hass, 40, *QUIET, cars=[car])
    assert car.limit == 16.0
    assert plan_state(hass, "operator_limit", plan) == "unknown"

    says(hass, 5.0, "kW")
    await house.passes(hass, 10, *QUIET, cars=[car])
    assert car.limit == 7.0
    assert reason(hass, left_id) == "grid_operator"
    assert float(plan_state(hass, "operator_limit", plan)) == 5000.0
    for said in ("unknown", "unavailable", "broken", "nan"):  # it holds
        says(hass, said)
        await house.passes(hass, 2, *QUIET, cars=[car])
        assert car.limit == 7.0

    answer = await hass.services.async_call(
        DOMAIN, "get_grid_limits", blocking=True, return_response=True
    )
    [told] = answer["operators"]
    assert told["name"] == "Netz"
    assert sum(row["seconds"] for row in told["quarters"]) > 5
    assert all(row["asked"] == 5000 for row in told["quarters"])

    says(hass, 0)  # a placeholder of who asks nothing
    await house.passes(hass, 60, *QUIET, cars=[car])
    assert car.limit == 16.0


async def test_a_switch_dims_to_what_the_law_leaves(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    left_id: str,
) -> None:
    car = chargers["left"]
    hass.states.async_set("binary_sensor.dimmed", "on")
    given = OPERATOR | {"entity": "binary_sensor.dimmed"}
    plan = await add_plan(hass, entry, "grid_operator", given)
    await house.passes(hass, 40, *QUIET, cars=[car])
    assert car.limit == 6.0
    assert float(plan_state(hass, "operator_limit", plan)) == 4200.0
    hass.states.async_set("binary_sensor.dimmed", "off")
    await house.passes(hass, 60, *QUIET, cars=[car])
    assert car.limit == 16.0


async def test_the_entity_is_found_when_it_is_renamed(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left_id: str
) -> None:
    registry = er.async_get(hass)
    box = registry.async_get_or_create("sensor", "eebus", "limit")
    hass.states.async_set(box.entity_id, "4500", {"unit_of_measurement": "W"})
    given = OPERATOR | {"entity": box.entity_id}
    plan = await add_plan(hass, entry, "grid_operator", given)
    assert entry.subentries[plan].data["entity"] == box.id
    result = await start_subentry(hass, entry, "grid_operator", plan)
    [field] = [key for key in result["data_schema"].schema if key == "entity"]
    assert field.description["suggested_value"] == box.entity_id
    result = await go_on(hass, result, given | {"holds": 20})
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    await house.passes(hass, 3, *QUIET)
    assert float(plan_state(hass, "operator_limit", plan)) == 4500.0


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"entity": None}, {"entity": "nothing_asked"}),
        ({"entity": "sensor.speed"}, {"entity": "no_power"}),
        ({"unbalance": 500}, {"unbalance": "out_of_range"}),
    ],
)
async def test_an_operator_that_asks_nothing_is_refused(
    hass: HomeAssistant, entry: ConfigEntry, given: dict, errors: dict
) -> None:
    hass.states.async_set("sensor.speed", "5", {"unit_of_measurement": "km/h"})
    values = {k: v for k, v in (OPERATOR | given).items() if v is not None}
    result = await go_on(
        hass, await start_subentry(hass, entry, "grid_operator"), values
    )
    assert result["errors"] == errors


async def test_the_difference_between_phases_is_limited(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    for name in ("left", "right"):
        await add_charger(hass, entry, chargers[name], wiring="1")
    given = OPERATOR | {"unbalance": 16}
    del given["entity"]
    plan = await add_plan(hass, entry, "grid_operator", given)
    found = er.async_get(hass).async_get_entity_id(
        "sensor", DOMAIN, f"{SERIAL}_operator_limit_{plan}"
    )
    assert found is None  # there is nothing to show
    await house.passes(hass, 90, 0.5, 0.5, 0.5, cars=chargers.values())
    assert sum(car.limit for car in chargers.values()) <= 16.0
    # It is shown again as it was entered.
    result = await change(hass, entry, "grid_operator", plan, given | {"unbalance": 20})
    assert result["reason"] == "reconfigure_successful"
    await house.passes(hass, 90, 0.5, 0.5, 0.5, cars=chargers.values())
    assert 16.0 < sum(car.limit for car in chargers.values()) <= 20.0


async def test_a_charger_whose_group_is_gone_keeps_no_plan_from_its_work(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left_id: str
) -> None:
    plan = await add_plan(hass, entry, "tariff", TARIFF)
    hass.config_entries.async_remove_subentry(entry, group_id(entry))
    await hass.async_block_till_done()
    await house.passes(hass, 3, *QUIET)
    assert entry.state is ConfigEntryState.LOADED
    assert float(plan_state(hass, "window_target", plan)) == 6.0


async def test_a_charger_that_takes_no_part_is_the_house(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    left_id: str,
) -> None:
    await add_charger(hass, entry, chargers["right"])
    await add_plan(hass, entry, "tariff", TARIFF | {"figure": 15.0})
    await enable_all(hass, entry)  # the switch is not, at first
    switch = entity_id(hass, "switch", left_id, "active")
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": switch}, blocking=True
    )
    await hass.async_block_till_done()
    await house.passes(hass, 60, 14.0, 14.0, 14.0, cars=[chargers["right"]])
    assert reason(hass, left_id) == "inactive"
    # 14 A on three phases are the house's, whoever draws them: 5 kW are left.
    assert chargers["right"].limit <= 8.0


async def test_it_is_told_in_diagnostics(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left_id: str
) -> None:
    from custom_components.amp_guard.diagnostics import (  # noqa: PLC0415
        async_get_config_entry_diagnostics,
    )

    says(hass, 5000)
    await add_plan(hass, entry, "tariff", TARIFF | {"peaks": 1})
    plan = await add_plan(hass, entry, "grid_operator", OPERATOR)
    await house.passes(hass, 12, *QUIET)
    told = await async_get_config_entry_diagnostics(hass, entry)
    data = told["subentries"][plan]["data"]
    assert data == OPERATOR_STORED | {"entity": "**REDACTED**"}
    json.dumps(told["published"]["plans"])


async def test_what_is_kept_goes_with_the_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left_id: str,
    hass_storage: dict,
) -> None:
    await add_plan(hass, entry, "tariff", TARIFF)
    await house.passes(hass, 2, *QUIET)
    await hass.config_entries.async_unload(entry.entry_id)
    key = f"{DOMAIN}.{entry.entry_id}.plans"
    assert key in hass_storage
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert key not in hass_storage


@pytest.mark.usefixtures("all_enabled")
async def test_a_clock_that_jumps_over_a_window_keeps_the_car_within_the_mean(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    left_id: str,
    set_clock: Callable[[float], None],
) -> None:
    car = chargers["left"]
    await add_plan(hass, entry, "tariff", TARIFF)
    await house.passes(hass, 60, *QUIET, cars=[car])
    for jump in (2000.0, -4000.0):
        set_clock(jump)
        for _ in range(30):
            await house.passes(hass, 1, *QUIET, cars=[car])
            assert car.limit <= 9.0
        assert reason(hass, left_id) in ("power_window", "raise_held", "minimum_off")


@pytest.mark.usefixtures("all_enabled")
async def test_a_month_that_ends_while_a_car_charges_begins_at_the_figure(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    left_id: str,
    set_clock: Callable[[float], None],
    hass_storage: dict,
) -> None:
    car = chargers["left"]
    today = dt_util.as_local(dt_util.utcnow())
    month_ends = dt_util.start_of_local_day(
        (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    )

    def until_it_ends() -> float:
        return (month_ends - dt_util.utcnow()).total_seconds()

    set_clock(until_it_ends() - 1800.0 + 1.0)
    plan = await add_plan(hass, entry, "tariff", TARIFF | {"peaks": 1})
    await house.passes(hass, 2, *QUIET)
    await hass.config_entries.async_unload(entry.entry_id)
    kept = hass_storage[f"{DOMAIN}.{entry.entry_id}.plans"]["data"][plan]
    kept["days"] = {(month_ends - timedelta(days=2)).date().isoformat(): 13000.0}
    await hass.config_entries.async_setup(entry.entry_id)
    await house.passes(hass, 60, *QUIET, cars=[car])
    assert float(plan_state(hass, "window_target", plan)) == 13.0
    assert car.limit > 9.0
    set_clock(until_it_ends() + 5.0)
    await house.passes(hass, 12, *QUIET, cars=[car])
    assert float(plan_state(hass, "window_target", plan)) == 6.0
    assert float(plan_state(hass, "month_peak", plan)) == 0.0
    assert car.limit <= 9.0
    assert reason(hass, left_id) in ("power_window", "raise_held")
