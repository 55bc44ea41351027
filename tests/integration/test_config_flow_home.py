"""A home with a meter and a charger that are recognised: few screens, and no half of it."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import UnknownFlow
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.amp_guard.const import DOMAIN
from simulator.devices.amp_guard import AmpGuardSettings

from .helpers import SUPPLY_INPUT, charger_input, go_on, recognised_charger, start_flow
from .test_config_flow import AT_HOME, proposed
from .test_flow_sensors import P1Meter, p1  # noqa: F401 - a fixture

AT_HOME_INPUT = SUPPLY_INPUT | AT_HOME


async def test_six_screens_from_the_menu_to_the_begin(
    hass: HomeAssistant,
    p1: P1Meter,  # noqa: F811
) -> None:
    driveway = recognised_charger(hass, "Driveway")
    screens = []
    result = await start_flow(hass)
    for given in (
        "sensors",
        {"device": p1.device.id},
        AT_HOME_INPUT,
        {"chargers": [driveway], "another": False},
        charger_input("Driveway"),
        {"active": True},
    ):
        screens.append(result["step_id"])
        result = await go_on(hass, result, given)
    assert screens == [
        "user",
        "sensor_device",
        "supply",
        "chargers",
        "charger",
        "activate",
    ]
    await hass.async_block_till_done()
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["variant"] == "home"
    [group] = entry.get_subentries_of_type("group")
    assert group.title == hass.config.location_name
    assert group.data["follows"]


async def test_what_comes_in_a_minute_is_not_wrong(
    hass: HomeAssistant,
    p1: P1Meter,  # noqa: F811
) -> None:
    """As of an integration that leaves its current sensors disabled."""
    driveway = recognised_charger(hass, "Driveway")
    registry = er.async_get(hass)
    for phase in (1, 2, 3):
        sensor = registry.async_get_entity_id(
            "sensor", "peblar", f"Driveway_current_phase_{phase}"
        )
        registry.async_update_entity(
            sensor, disabled_by=er.RegistryEntryDisabler.INTEGRATION
        )
        hass.states.async_remove(sensor)
    result = await go_on(
        hass,
        await start_flow(hass),
        "sensors",
        {"device": p1.device.id},
        AT_HOME_INPUT,
        {"chargers": [driveway], "another": False},
        charger_input("Driveway"),
    )
    assert "proceed" not in result["data_schema"].schema
    [finding] = result["description_placeholders"]["findings"].splitlines()
    assert "last limit" in finding


async def test_each_form_can_be_taken_as_it_is_proposed(
    hass: HomeAssistant,
    p1: P1Meter,  # noqa: F811
) -> None:
    recognised_charger(hass, "Driveway")
    result = await go_on(hass, await start_flow(hass), "sensors")
    for _ in range(4):
        result = await go_on(hass, result, with_defaults(result))
    assert result["step_id"] == "activate", result
    result = await go_on(hass, result, with_defaults(result))
    assert result["type"] == "create_entry"
    await hass.async_block_till_done()


def with_defaults(result: dict) -> dict:
    """Return what is sent by who submits a form as it stands."""
    folded = result["data_schema"].schema.get("advanced")
    within = {} if folded is None else proposed({"data_schema": folded.schema})
    return proposed(result) | within


@pytest.mark.parametrize(
    ("offline", "rule"), [(5, "offline_below_minimum"), (26, "offline_above_online")]
)
async def test_what_is_shared_without_the_meter_is_checked_at_the_main_fuse(
    hass: HomeAssistant,
    p1: P1Meter,  # noqa: F811
    offline: float,
    rule: str,
) -> None:
    result = await go_on(
        hass,
        await start_flow(hass),
        "sensors",
        {"device": p1.device.id},
        AT_HOME_INPUT | {"max_current_offline": offline},
    )
    assert result["errors"] == {"advanced": rule}


async def test_the_fuse_of_a_large_site_tells_what_its_meter_can_measure(
    hass: HomeAssistant,
    p1: P1Meter,  # noqa: F811
) -> None:
    result = await go_on(
        hass,
        await start_flow(hass),
        "sensors",
        {"device": p1.device.id},
        AT_HOME_INPUT | {"supply_max_current": 160},
        {"another": False},
        {"active": True},
    )
    await hass.async_block_till_done()
    entry = result["result"]
    assert entry.data["variant"] == "public"
    options = await hass.config_entries.options.async_init(entry.entry_id)
    await go_on(hass, options, SUPPLY_INPUT | {"supply_max_current": 63})
    await hass.async_block_till_done()
    assert entry.data["variant"] == "home"
    assert entry.state is ConfigEntryState.LOADED
    options = await hass.config_entries.options.async_init(entry.entry_id)
    result = await go_on(hass, options, SUPPLY_INPUT | {"supply_max_current": 401})
    assert result["errors"] == {"supply_max_current": "out_of_range"}


async def test_solar_power_without_all_voltages_is_told_before_the_begin(
    hass: HomeAssistant, make_property
) -> None:
    """The installation manual's warning: all phases and N, where something feeds in."""
    house = await make_property(AmpGuardSettings(voltage_connected=False))
    house.draws(3.0, 2.0, 1.0)
    meter = {"host": house.meter.address, "pin": house.meter.settings.pin}
    result = await go_on(hass, await start_flow(hass), "address", meter)
    reading = result["description_placeholders"]["reading"]
    assert "| L1 | 3.0 A | – |" in reading
    assert "arrow points with the current" in reading
    result = await go_on(
        hass, result, AT_HOME_INPUT | {"generates": True}, {"another": False}
    )
    warning = result["description_placeholders"]["warning"]
    assert "connect L1, L2, L3 and N" in warning


async def test_what_is_exported_is_asked_about_at_the_main_fuse(
    hass: HomeAssistant, make_property
) -> None:
    hass.config.language = "sv"
    house = await make_property()
    house.draws(3.0, -2.0, 1.0)
    meter = {"host": house.meter.address, "pin": house.meter.settings.pin}
    result = await go_on(hass, await start_flow(hass), "address", meter)
    reading = result["description_placeholders"]["reading"]
    assert "| L2 | -2,0 A | 230 V |" in reading
    assert "L2 visar export" in reading


async def test_a_meter_that_falls_silent_is_told_at_the_main_fuse(
    hass: HomeAssistant, make_property
) -> None:
    house = await make_property()
    meter = {"host": house.meter.address, "pin": house.meter.settings.pin}
    form = await go_on(hass, await start_flow(hass), "address", meter)
    await house.meter.stop()
    result = await go_on(hass, form, AT_HOME_INPUT | {"supply_max_current": 500})
    assert "Nothing is measured yet" in result["description_placeholders"]["reading"]


# --- given up -------------------------------------------------------------------------


@pytest.mark.parametrize("at", range(5))
async def test_a_set_up_that_is_closed_leaves_nothing(
    hass: HomeAssistant,
    p1: P1Meter,  # noqa: F811
    at: int,
) -> None:
    driveway = recognised_charger(hass, "Driveway")
    known = {entity.id for entity in er.async_get(hass).entities.values()}
    inputs = (
        "sensors",
        {"device": p1.device.id},
        AT_HOME_INPUT,
        {"chargers": [driveway], "another": False},
        charger_input("Driveway"),
    )
    result = await go_on(hass, await start_flow(hass), *inputs[: at + 1])
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done()
    assert hass.config_entries.async_entries(DOMAIN) == []
    assert {entity.id for entity in er.async_get(hass).entities.values()} == known
    with pytest.raises(UnknownFlow):
        await go_on(hass, result, {"active": True})


async def test_of_two_set_ups_with_one_meter_and_charger_one_is_kept(
    hass: HomeAssistant,
    p1: P1Meter,  # noqa: F811
) -> None:
    driveway = recognised_charger(hass, "Driveway")
    first, second = [
        await go_on(
            hass,
            await start_flow(hass),
            "sensors",
            {"device": p1.device.id},
            AT_HOME_INPUT,
            {"chargers": [driveway], "another": False},
            charger_input("Driveway"),
        )
        for _ in range(2)
    ]
    assert (await go_on(hass, first, {"active": True}))["type"] == "create_entry"
    await hass.async_block_till_done()
    late = await go_on(hass, second, {"active": True})
    assert late["errors"] == {"base": "charger_taken"}
    late = await go_on(hass, late, {"another": False})
    assert late["reason"] == "already_configured"
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1
