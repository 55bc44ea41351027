"""Charging with the sun, as an owner sets it up and sees it."""

from collections.abc import Callable

from homeassistant.components.select import (
    ATTR_OPTION,
    ATTR_OPTIONS,
    DOMAIN as SELECT,
    SERVICE_SELECT_OPTION,
)
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_ENTITY_ID,
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest

from simulator.devices.amp_guard import AmpGuardSettings, Fault

from .helpers import (
    SERIAL,
    SOLAR_INPUT,
    PlainCharger,
    Property,
    add_charger,
    add_meter,
    add_solar,
    entity_id,
    go_on,
    start_flow,
    start_subentry,
)

BATTERY = "sensor.battery_power"
SUN = (-8.0, -8.0, -8.0)
"""A that would be exported: 5.5 kW, and 8 A for a car on three phases."""
CLOUD = (-3.0, -3.0, -3.0)
NIGHT = (1.0, 1.0, 1.0)


def mode_of(hass: HomeAssistant, entry: ConfigEntry) -> str:
    [charger] = entry.get_subentries_of_type("charger")
    return entity_id(hass, SELECT, charger.subentry_id, "solar_mode")


async def choose(hass: HomeAssistant, entry: ConfigEntry, mode: str) -> None:
    await hass.services.async_call(
        SELECT,
        SERVICE_SELECT_OPTION,
        {ATTR_ENTITY_ID: mode_of(hass, entry), ATTR_OPTION: mode},
        blocking=True,
    )
    await hass.async_block_till_done()


def reason(hass: HomeAssistant, entry: ConfigEntry) -> str:
    [charger] = entry.get_subentries_of_type("charger")
    sensor = entity_id(hass, "sensor", charger.subentry_id, "reason")
    return hass.states.get(sensor).state


def surplus_sensor(hass: HomeAssistant) -> str:
    [entry] = hass.config_entries.async_entries("amp_guard")
    [solar] = entry.get_subentries_of_type("solar")
    return entity_id(hass, "sensor", SERIAL, f"surplus_{solar.subentry_id}")


def surplus(hass: HomeAssistant) -> str:
    return hass.states.get(surplus_sensor(hass)).state


def battery_gives(hass: HomeAssistant, power: float | str, unit: str = "W") -> None:
    told = {ATTR_UNIT_OF_MEASUREMENT: unit, ATTR_DEVICE_CLASS: "power"}
    hass.states.async_set(BATTERY, str(power), told)


# --- set up ---------------------------------------------------------------------------


async def test_it_is_added_changed_and_removed(
    hass: HomeAssistant, entry: ConfigEntry, left: PlainCharger
) -> None:
    registry = er.async_get(hass)
    solar = await add_solar(hass, entry)
    assert entry.subentries[solar].title == "Solar charging"
    mode, shown = mode_of(hass, entry), surplus_sensor(hass)
    state = hass.states.get(mode)
    assert state.state == "surplus"
    assert state.attributes[ATTR_OPTIONS] == [
        "fuses",
        "surplus",
        "minimum_and_surplus",
    ]
    assert registry.async_get(shown).config_subentry_id is None

    result = await start_subentry(hass, entry, "solar")
    assert result["reason"] == "already_there"
    result = await start_subentry(hass, entry, "solar", solar)
    changed = SOLAR_INPUT | {"solar_mode": "minimum_and_surplus", "enable_delay": 5}
    result = await go_on(hass, result, changed)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.subentries[solar].data == changed
    assert hass.states.get(mode).state == "minimum_and_surplus"

    hass.config_entries.async_remove_subentry(entry, solar)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert registry.async_get(mode) is registry.async_get(shown) is None


async def test_what_is_no_power_is_refused_and_what_shows_nothing_is_taken(
    hass: HomeAssistant, entry: ConfigEntry, left: PlainCharger
) -> None:
    battery_gives(hass, 5, unit="kWh")
    result = await start_subentry(hass, entry, "solar")
    result = await go_on(hass, result, SOLAR_INPUT | {"battery": BATTERY})
    assert result["errors"] == {"battery": "no_power"}
    result = await go_on(hass, result, SOLAR_INPUT | {"enable_delay": 61})
    assert result["errors"] == {"advanced": "out_of_range"}
    hass.states.async_set(BATTERY, STATE_UNAVAILABLE)
    result = await go_on(hass, result, SOLAR_INPUT | {"battery": BATTERY})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_without_a_meter_nothing_is_surplus(
    hass: HomeAssistant, chargers: dict[str, PlainCharger]
) -> None:
    result = await go_on(
        hass,
        await start_flow(hass),
        "no_meter",
        {"measured_phases": "1,2,3"},
    )
    while result["type"] is FlowResultType.FORM:
        result = await go_on(hass, result, no_meter_input(result))
    await hass.async_block_till_done()
    result = await start_subentry(hass, result["result"], "solar")
    assert result["reason"] == "no_meter"


def no_meter_input(form: dict) -> dict:
    return {
        "supply": {
            "supply_max_current": 25,
            "fuse_type": "gg",
            "net": "tn",
            "generates": False,
            "load_balancer_type": "fair_share",
            "turn": 30,
            "has_groups": False,
            "max_current_offline": 6,
        },
        "chargers": {"another": False},
        "activate": {"active": True},
    }[form["step_id"]]


async def test_the_sensor_of_a_battery_may_be_renamed(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left: PlainCharger
) -> None:
    registry = er.async_get(hass)
    known = registry.async_get_or_create(
        "sensor", "inverter", "1", suggested_object_id="battery_power"
    )
    battery_gives(hass, 0)
    solar = await add_solar(hass, entry, battery=BATTERY)
    assert entry.subentries[solar].data["battery"] == known.id
    registry.async_update_entity(BATTERY, new_entity_id="sensor.powerwall")
    hass.states.async_remove(BATTERY)
    told = {ATTR_UNIT_OF_MEASUREMENT: "kW"}
    hass.states.async_set("sensor.powerwall", "1.5", told)
    await house.passes(hass, 20, *SUN)
    assert float(surplus(hass)) == pytest.approx(5520 - 1500, abs=150)
    result = await start_subentry(hass, entry, "solar", solar)
    [shown] = [key for key in result["data_schema"].schema if key == "battery"]
    assert shown.description["suggested_value"] == "sensor.powerwall"


# --- a day ----------------------------------------------------------------------------


@pytest.mark.usefixtures("all_enabled")
async def test_a_car_charges_with_what_would_be_exported(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left: PlainCharger
) -> None:
    await add_solar(hass, entry)
    await house.passes(hass, 260, *NIGHT, cars=[left])
    assert left.limit == 0
    assert reason(hass, entry) == "surplus"

    await house.passes(hass, 55, *SUN, cars=[left])
    assert left.limit == 0
    await house.passes(hass, 140, *SUN, cars=[left])
    assert left.limit in (7, 8)
    assert reason(hass, entry) == "surplus"
    assert float(surplus(hass)) == pytest.approx(5520, abs=150)

    await house.passes(hass, 100, *CLOUD, cars=[left])
    assert left.limit == 6
    await house.passes(hass, 120, *CLOUD, cars=[left])
    assert left.limit == 0


async def test_a_mode_is_changed_while_a_car_charges(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left: PlainCharger
) -> None:
    await add_solar(hass, entry, solar_mode="fuses")
    coordinator = entry.runtime_data
    await house.passes(hass, 100, *NIGHT, cars=[left])
    assert left.limit == 16

    await choose(hass, entry, "minimum_and_surplus")
    await house.passes(hass, 3, *NIGHT, cars=[left])
    assert left.limit == 6
    assert hass.states.get(mode_of(hass, entry)).state == "minimum_and_surplus"
    await house.passes(hass, 240, *NIGHT, cars=[left])
    assert left.limit == 6

    await choose(hass, entry, "surplus")
    await house.passes(hass, 40, *NIGHT, cars=[left])
    assert left.limit == 6, "as for a cloud"
    await house.passes(hass, 60, *NIGHT, cars=[left])
    assert left.limit == 0

    await choose(hass, entry, "fuses")
    await house.passes(hass, 240, *NIGHT, cars=[left])
    assert left.limit == 16
    assert entry.runtime_data is coordinator, "nothing was set up anew"
    [charger] = entry.get_subentries_of_type("charger")
    assert charger.data["solar_mode"] == "fuses"


async def test_the_meter_goes(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left: PlainCharger,
    later: Callable[[float], None],
) -> None:
    await add_solar(hass, entry)
    await house.passes(hass, 240, *SUN, cars=[left])
    assert left.limit in (7, 8)
    house.meter.fault = Fault.SILENT
    for _ in range(40):
        later(5.0)
        left.takes()
        entry.runtime_data.cycle.request()
        await hass.async_block_till_done()
    assert left.limit == 0
    assert surplus(hass) == STATE_UNAVAILABLE


@pytest.mark.parametrize(
    ("yields", "shown", "left_over"),
    [(False, 2000, 3520), (True, -2000, 7520), (False, -2000, 5520)],
)
async def test_a_battery_counts_as_its_owner_says(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left: PlainCharger,
    yields: bool,
    shown: float,
    left_over: float,
) -> None:
    battery_gives(hass, shown)
    await add_solar(hass, entry, battery=BATTERY, battery_yields=yields)
    await house.passes(hass, 30, *SUN)
    assert float(surplus(hass)) == pytest.approx(left_over, abs=150)


@pytest.mark.parametrize("told", ["unknown", "unavailable", "nan", None, "kWh"])
async def test_a_battery_that_shows_nothing_leaves_no_surplus(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left: PlainCharger,
    told: str | None,
) -> None:
    battery_gives(hass, 0)
    await add_solar(hass, entry, battery=BATTERY)
    await house.passes(hass, 240, *SUN, cars=[left])
    assert left.limit in (7, 8)
    if told is None:
        hass.states.async_remove(BATTERY)
    elif told == "kWh":
        battery_gives(hass, 0, unit=told)
    else:
        hass.states.async_set(BATTERY, told)
    await house.passes(hass, 60, *SUN, cars=[left])
    assert left.limit == 6
    assert surplus(hass) == STATE_UNAVAILABLE
    await house.passes(hass, 120, *SUN, cars=[left])
    assert left.limit == 0


async def test_where_no_direction_is_measured_nothing_is_surplus(
    hass: HomeAssistant, make_property: Callable, chargers: dict[str, PlainCharger]
) -> None:
    house = await make_property(AmpGuardSettings(voltage_connected=False))
    entry = await add_meter(
        hass, {"host": house.meter.address, "pin": house.meter.settings.pin}
    )
    left = chargers["left"]
    await add_charger(hass, entry, left)
    await add_solar(hass, entry)
    await house.passes(hass, 200, *SUN, cars=[left])
    assert left.limit == 0


async def test_who_takes_no_part_has_none_of_it(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    left, right = chargers["left"], chargers["right"]
    for charger in (left, right):
        await add_charger(hass, entry, charger)
    _, second = entry.get_subentries_of_type("charger")
    data = {**second.data, "active": False}
    hass.config_entries.async_update_subentry(entry, second, data=data)
    await hass.async_block_till_done()
    await add_solar(hass, entry)
    right.says("charging", 4.0)  # as a part of what the house draws
    await house.passes(hass, 240, *SUN, cars=[left])
    assert left.limit in (7, 8)
    left.says("disconnected")
    await house.passes(hass, 30, *SUN)
    assert float(surplus(hass)) == pytest.approx(5520, abs=150)
