"""Set-up, its refusals, and how each can be mended on the spot."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.issue_registry import EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.model import Phase
from simulator.devices.amp_guard import AmpGuardSettings, Fault

from .helpers import (
    GROUP_INPUT,
    SERIAL,
    SUPPLY_INPUT,
    PlainCharger,
    Property,
    add_charger,
    add_meter,
    becomes,
    charger_input,
    entity_id,
    group_id,
    happens,
)

IDENTITY = {
    "contract": 1,
    "model": "Amp Guard",
    "variant": "home",
    "serial_number": SERIAL,
    "firmware": "1.0.0",
}


@pytest.fixture
async def serve() -> AsyncGenerator[Callable]:
    """Return a function that serves an identity and a measurement as they are given."""
    servers = []

    async def serve(identity: object, measurement: object = None) -> str:
        async def answer(request: web.Request) -> web.Response:
            given = identity if request.path.endswith("/identity") else measurement
            return (
                given if isinstance(given, web.Response) else web.json_response(given)
            )

        application = web.Application()
        application.router.add_get("/amp-guard/v1/{what}", answer)
        server = TestServer(application)
        await server.start_server()
        servers.append(server)
        return f"{server.host}:{server.port}"

    yield serve
    for server in servers:
        await server.close()


async def start(hass: HomeAssistant, user_input: dict[str, str]) -> dict:
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "user")
    result = await go_on(hass, result, {"next_step_id": "address"})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "address")
    return await hass.config_entries.flow.async_configure(result["flow_id"], user_input)


async def go_on(hass: HomeAssistant, result: dict, user_input: dict) -> dict:
    return await hass.config_entries.flow.async_configure(result["flow_id"], user_input)


# --- the meter ----------------------------------------------------------------------


async def test_from_the_address_to_the_first_group(
    hass: HomeAssistant, meter_input: dict[str, str]
) -> None:
    result = await start(hass, meter_input)
    assert result["step_id"] == "supply"
    result = await go_on(hass, result, SUPPLY_INPUT)
    assert result["step_id"] == "group"
    result = await go_on(hass, result, GROUP_INPUT)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert entry.unique_id == SERIAL
    assert entry.data == meter_input | {
        "source": "amp_guard",
        "model": "Amp Guard",
        "variant": "home",
        "firmware": "1.0.0",
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
    (group,) = entry.subentries.values()
    assert (group.subentry_type, group.title) == ("group", "Garage")
    assert {"name": group.title, **group.data} == GROUP_INPUT
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize("pasted", ["http://{}", "http://{}/", " {} "])
async def test_an_address_can_be_pasted_from_a_browser(
    hass: HomeAssistant, meter_input: dict[str, str], pasted: str
) -> None:
    host = meter_input["host"]
    result = await start(hass, meter_input | {"host": pasted.format(host)})
    assert result["step_id"] == "supply"


@pytest.mark.parametrize(
    ("mistake", "errors"),
    [
        ({"host": "127.0.0.1:9"}, {"base": "cannot_connect"}),
        ({"host": "127.0.0.1/nowhere"}, {"base": "cannot_connect"}),
        ({"host": "127.0.0.1:port"}, {"base": "cannot_connect"}),
        ({"pin": "87654321"}, {"base": "invalid_auth"}),
        ({"pin": "1234567"}, {"pin": "invalid_pin"}),
    ],
)
async def test_a_mistake_is_named_and_can_be_mended(
    hass: HomeAssistant,
    meter_input: dict[str, str],
    mistake: dict[str, str],
    errors: dict[str, str],
) -> None:
    result = await start(hass, meter_input | mistake)
    assert (result["step_id"], result["errors"]) == ("address", errors)

    result = await go_on(hass, result, meter_input)
    assert result["step_id"] == "supply"


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault.RUBBISH, "not_amp_guard"), (Fault.IMPOSSIBLE, "invalid_response")],
)
async def test_a_broken_meter_is_named(
    hass: HomeAssistant,
    house: Property,
    meter_input: dict[str, str],
    fault: Fault,
    error: str,
) -> None:
    house.meter.fault = fault
    result = await start(hass, meter_input)
    assert result["errors"] == {"base": error}


@pytest.mark.parametrize(
    "identity",
    [
        [],
        {"name": "printer"},
        IDENTITY | {"contract": 2},
        IDENTITY | {"variant": "industrial"},
        IDENTITY | {"serial_number": " "},
        IDENTITY | {"firmware": None},
        web.Response(status=404),
        web.Response(status=401),
        web.Response(status=302, headers={"Location": "/"}),
        web.Response(text="x" * 100_000),
    ],
)
async def test_something_else_answers(
    hass: HomeAssistant, serve: Callable, identity: object
) -> None:
    result = await start(hass, {"host": await serve(identity), "pin": "12345678"})
    assert result["errors"] == {"base": "not_amp_guard"}


def measurement(**changes: object) -> dict:
    return {"sequence": 1, "phases": {"l1": {"current": 1.0}}} | changes


@pytest.mark.parametrize(
    "answer",
    [
        None,
        measurement(sequence=None),
        measurement(sequence=True),
        measurement(phases=[]),
        measurement(phases={}),
        measurement(phases={"l1": 1.0}),
        measurement(phases={"l1": {}}),
        measurement(phases={"l1": {"current": "1"}}),
        measurement(phases={"l1": {"current": True}}),
        measurement(phases={"l1": {"current": 100.1}}),
        measurement(phases={"l1": {"current": 1.0, "voltage": -1.0}}),
        web.Response(text='{"sequence": 1, "phases": {"l1": {"current": NaN}}}'),
        web.Response(text='{"sequence": 1, "phases": {"l1": {"current": 1e999}}}'),
        web.Response(text="[" * 10_000),
    ],
)
async def test_a_measurement_that_cannot_be_true(
    hass: HomeAssistant, serve: Callable, answer: object
) -> None:
    host = await serve(IDENTITY, answer)
    result = await start(hass, {"host": host, "pin": "12345678"})
    assert result["errors"] == {"base": "invalid_response"}


async def test_a_meter_that_is_out_of_order(
    hass: HomeAssistant, serve: Callable
) -> None:
    host = await serve(IDENTITY, web.Response(status=503))
    result = await start(hass, {"host": host, "pin": "12345678"})
    assert result["errors"] == {"base": "cannot_connect"}


async def test_a_meter_is_set_up_once_and_followed_to_its_new_address(
    hass: HomeAssistant, entry: ConfigEntry, make_property: Callable
) -> None:
    moved = await make_property()
    result = await start(hass, {"host": moved.meter.address, "pin": "12345678"})

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert entry.data["host"] == moved.meter.address
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_a_single_phase_site_without_voltage(
    hass: HomeAssistant, make_property: Callable
) -> None:
    settings = AmpGuardSettings(phases=(Phase.L1,), voltage_connected=False)
    house = await make_property(settings)
    meter_input = {"host": house.meter.address, "pin": settings.pin}
    result = await start(hass, meter_input)
    result = await go_on(hass, result, SUPPLY_INPUT)
    result = await go_on(hass, result, GROUP_INPUT)
    assert result["errors"] == {"phases": "phase_not_measured"}

    result = await go_on(hass, result, GROUP_INPUT | {"phases": "1"})
    await hass.async_block_till_done()
    sensors = [
        sensor.unique_id
        for sensor in er.async_entries_for_config_entry(
            er.async_get(hass), result["result"].entry_id
        )
        if sensor.unique_id.startswith(SERIAL) and sensor.domain == "sensor"
    ]
    assert sensors == [f"{SERIAL}_current_l1"]


# --- the group ----------------------------------------------------------------------

BROKEN_RULES = [
    ({"max_current_online": 26}, "max_current_online"),
    ({"max_current_online": 20, "max_current_offline": 21}, "max_current_offline"),
    ({"max_current_offline": 5}, "max_current_offline"),
    (
        {"max_current_online": 10, "max_current_offline": 0, "min_current": 11},
        "min_current",
    ),
]


@pytest.mark.parametrize(("change", "field"), BROKEN_RULES)
async def test_a_group_that_cannot_hold_is_refused(
    hass: HomeAssistant, meter_input: dict[str, str], change: dict, field: str
) -> None:
    result = await start(hass, meter_input)
    result = await go_on(hass, result, SUPPLY_INPUT)
    result = await go_on(hass, result, GROUP_INPUT | change)
    assert list(result["errors"]) == [field]

    result = await go_on(hass, result, GROUP_INPUT)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert result["result"].state is ConfigEntryState.LOADED


async def start_subentry(
    hass: HomeAssistant, entry: ConfigEntry, kind: str, subentry: str | None = None
) -> dict:
    context = {"source": SOURCE_USER}
    if subentry is not None:
        context = {"source": SOURCE_RECONFIGURE, "subentry_id": subentry}
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, kind), context=context
    )


async def go_on_subentry(hass: HomeAssistant, result: dict, user_input: dict) -> dict:
    return await hass.config_entries.subentries.async_configure(
        result["flow_id"], user_input
    )


async def test_groups_nest_and_change(hass: HomeAssistant, entry: ConfigEntry) -> None:
    garage = group_id(entry)
    carport_input = GROUP_INPUT | {"name": "Carport", "parent": garage}
    result = await start_subentry(hass, entry, "group")
    result = await go_on_subentry(
        hass, result, carport_input | {"max_current_online": 16}
    )
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
        result = await go_on_subentry(hass, result, garage_input | change)
        assert result["errors"] == errors
    # A group never hangs below itself.
    (parent,) = [key for key in result["data_schema"].schema if key == "parent"]
    offered = result["data_schema"].schema[parent].config["options"]
    assert [option["value"] for option in offered] == ["supply"]
    result = await go_on_subentry(
        hass, result, garage_input | {"name": "Yard", "max_current_online": 20}
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.subentries[garage].title == "Yard"

    # What is below cannot become wider than what is above.
    result = await start_subentry(hass, entry, "group", carport.subentry_id)
    result = await go_on_subentry(
        hass, result, carport_input | {"max_current_online": 21}
    )
    assert result["errors"] == {"max_current_online": "group_above_supply"}
    assert entry.state is ConfigEntryState.LOADED


async def test_the_main_fuse_changes_but_not_below_its_groups(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    flow = hass.config_entries.options
    result = await flow.async_init(entry.entry_id)
    result = await flow.async_configure(
        result["flow_id"], SUPPLY_INPUT | {"supply_max_current": 20}
    )
    assert result["errors"] == {"supply_max_current": "below_group"}

    result = await flow.async_configure(
        result["flow_id"], SUPPLY_INPUT | {"supply_max_current": 35}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert entry.runtime_data.site.supply.supply_max_current == 35


# --- chargers -----------------------------------------------------------------------


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
            {"min_current": "minimum_above_charger"},
        ),
    ):
        result = await go_on_subentry(hass, result, group_input | change)
        assert result["errors"] == errors

    flow = hass.config_entries.options
    result = await flow.async_init(entry.entry_id)
    result = await flow.async_configure(result["flow_id"], SUPPLY_INPUT | {"net": "it"})
    assert result["errors"] == {"net": "it_needs_two_lines"}


async def test_a_charger_in_an_it_net_hangs_between_lines(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    flow = hass.config_entries.options
    result = await flow.async_init(entry.entry_id)
    await flow.async_configure(result["flow_id"], SUPPLY_INPUT | {"net": "it"})
    await hass.async_block_till_done()

    result = await start_subentry(hass, entry, "charger")
    result = await go_on_subentry(hass, result, {"next_step_id": "entities"})
    result = await go_on_subentry(hass, result, chargers["left"].entities)
    settings = charger_input(entry) | {"wiring": "1"}
    result = await go_on_subentry(hass, result, settings)
    assert result["errors"] == {"wiring": "it_needs_two_lines"}
    result = await go_on_subentry(hass, result, settings | {"wiring": "1,2"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_a_recognised_charger_is_chosen_once(
    hass: HomeAssistant, entry: ConfigEntry, device_registry, entity_registry
) -> None:
    result = await start_subentry(hass, entry, "charger")
    assert result["type"] is FlowResultType.MENU
    result = await go_on_subentry(hass, result, {"next_step_id": "device"})
    assert result["reason"] == "no_chargers_found"

    peblar = MockConfigEntry(domain="peblar")
    peblar.add_to_hass(hass)
    device = device_registry.async_get_or_create(
        config_entry_id=peblar.entry_id,
        identifiers={("peblar", "1")},
        name="Driveway",
    )
    for platform, key in (
        ("number", "charge_current_limit"),
        ("switch", "charge"),
        ("sensor", "cp_state"),
    ):
        entity_registry.async_get_or_create(
            platform,
            "peblar",
            f"1_{key}",
            config_entry=peblar,
            device_id=device.id,
            translation_key=key,
        )
    result = await start_subentry(hass, entry, "charger")
    result = await go_on_subentry(hass, result, {"next_step_id": "device"})
    assert result["step_id"] == "device"
    result = await go_on_subentry(hass, result, {"charger": f"{device.id}_1"})
    assert result["step_id"] == "settings"
    settings = charger_input(entry) | {
        "wiring": "2,3,1",
        "offline_phase": "2",
        "priority": 2,
    }
    result = await go_on_subentry(hass, result, settings)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert (result["title"], result["unique_id"]) == ("Driveway", f"{device.id}_1")
    await hass.async_block_till_done()
    (charger,) = entry.runtime_data.site.chargers
    assert charger.wiring == (Phase.L2, Phase.L3, Phase.L1)
    assert charger.offline_phase is Phase.L2

    result = await start_subentry(hass, entry, "charger")
    result = await go_on_subentry(hass, result, {"next_step_id": "device"})
    assert result["reason"] == "no_chargers_found"

    subentry = charger.id
    result = await start_subentry(hass, entry, "charger", subentry)
    result = await go_on_subentry(hass, result, settings | {"priority": 1})
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.subentries[subentry].data["priority"] == 1


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
    result = await go_on_subentry(
        hass, result, chargers["right"].entities | {"name": "New"}
    )
    assert result["step_id"] == "settings"
    settings = {
        key: value
        for key, value in entry.subentries[left].data.items()
        if key not in ("profile", "entities")
    }
    result = await go_on_subentry(hass, result, settings | {"max_current": 10})
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.subentries[left].title == "New"

    # The one that was left can be added again, the one that was taken cannot.
    result = await start_subentry(hass, entry, "charger")
    result = await go_on_subentry(hass, result, {"next_step_id": "entities"})
    result = await go_on_subentry(hass, result, chargers["right"].entities)
    assert result["errors"] == {"limit": "already_configured"}


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"offline_current": 17}, {"offline_current": "offline_above_maximum"}),
        ({"offline_current": 3}, {"offline_current": "offline_below_minimum"}),
        ({"wiring": "3"}, {"wiring": "wiring_outside_group"}),
        (
            {"wiring": "1", "offline_phase": "2"},
            {"offline_phase": "offline_phase_not_wired"},
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
    entry = await add_meter(hass, meter_input, {"phases": "1,2", "min_current": 8})
    result = await start_subentry(hass, entry, "charger")
    result = await go_on_subentry(hass, result, {"next_step_id": "entities"})
    result = await go_on_subentry(hass, result, chargers["left"].entities)
    settings = charger_input(entry) | {"wiring": "1,2"}
    result = await go_on_subentry(hass, result, settings | change)
    assert result["errors"] == errors

    result = await go_on_subentry(hass, result, settings)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_a_charger_needs_a_group(hass: HomeAssistant, entry: ConfigEntry) -> None:
    hass.config_entries.async_remove_subentry(entry, group_id(entry))
    await hass.async_block_till_done()

    result = await start_subentry(hass, entry, "charger")
    assert result["reason"] == "no_group"


# --- later changes ------------------------------------------------------------------


async def start_reconfigure(hass: HomeAssistant, entry: ConfigEntry) -> dict:
    return await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id},
    )


async def test_the_meter_gets_a_new_address(
    hass: HomeAssistant, entry: ConfigEntry, make_property: Callable
) -> None:
    stranger = await make_property(AmpGuardSettings(serial_number="2210099999G"))
    result = await start_reconfigure(hass, entry)
    assert result["step_id"] == "address"
    result = await go_on(
        hass, result, {"host": stranger.meter.address, "pin": "12345678"}
    )
    assert result["reason"] == "another_meter"

    moved = await make_property()
    result = await start_reconfigure(hass, entry)
    result = await go_on(hass, result, {"host": "127.0.0.1:9", "pin": "12345678"})
    assert result["errors"] == {"base": "cannot_connect"}
    result = await go_on(hass, result, {"host": moved.meter.address, "pin": "12345678"})
    assert result["reason"] == "reconfigure_successful"

    await hass.async_block_till_done()
    moved.draws(7.0, 8.0, 9.0)
    await becomes(hass, entity_id(hass, "sensor", SERIAL, "current_l1"), "7.0")


async def test_a_new_pin_is_asked_for(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    connectivity = entity_id(hass, "binary_sensor", SERIAL, "connectivity")
    await becomes(hass, connectivity, "on")
    house.meter.settings = replace(house.meter.settings, pin="11112222")
    house.meter.fault = Fault.DROPPED
    house.meter.fault = None
    house.clock.advance(10.0)
    await happens(hass, EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED)
    await becomes(hass, connectivity, "off")

    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["step_id"] == "reauth_confirm"
    result = await go_on(hass, flow, {"pin": "33334444"})
    assert result["errors"] == {"base": "invalid_auth"}
    result = await go_on(hass, flow, {"pin": "11112222"})
    assert result["reason"] == "reauth_successful"

    await becomes(hass, connectivity, "on")
    assert entry.data["pin"] == "11112222"
