"""An Amp Guard by its address: its refusals, and how each can be mended on the spot."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
import json

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.issue_registry import EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED
import pytest

from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.model import Phase
from simulator.devices.amp_guard import AmpGuardSettings, Fault
from tests.lan_contract import Proving

from .helpers import (
    GROUPS_INPUT,
    NO_CHARGERS,
    SERIAL,
    SET_UP_INPUT,
    PlainCharger,
    Property,
    add_charger,
    add_meter,
    becomes,
    device_id,
    entity_id,
    go_on,
    groups_input,
    happens,
    start_flow,
)


async def start(hass: HomeAssistant, meter_input: dict[str, str]) -> dict:
    return await go_on(hass, await start_flow(hass), "address", meter_input)


IDENTITY = {
    "contract": 2,
    "model": "Amp Guard",
    "variant": "home",
    "serial_number": SERIAL,
    "firmware": "1.0.0",
}


@pytest.fixture
async def serve() -> AsyncGenerator[Callable]:
    """Return a function that serves an identity and a measurement as they are given."""
    servers = []

    async def serve(
        identity: object, measurement: object = None, version: str = "v2"
    ) -> str:
        proving = Proving()

        async def answer(request: web.Request) -> web.Response:
            asks_who = request.path.endswith("/identity")
            given = identity if asks_who else measurement
            if isinstance(given, web.Response):
                return given
            if asks_who:
                return proving.identity(request, given)
            text = given if isinstance(given, str) else json.dumps(given)
            agreed = proving.agreed(request)
            return web.Response(text=proving.sample(agreed, 0, text))

        application = web.Application()
        application.router.add_get(f"/amp-guard/{version}/{{what}}", answer)
        server = TestServer(application)
        await server.start_server()
        servers.append(server)
        return f"{server.host}:{server.port}"

    yield serve
    for server in servers:
        await server.close()


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
        IDENTITY | {"contract": 3},
        IDENTITY | {"variant": "industrial"},
        IDENTITY | {"serial_number": " "},
        IDENTITY | {"serial_number": "<b>1G"},
        IDENTITY | {"serial_number": "1" * 33},
        IDENTITY | {"model": "<>"},
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


async def test_a_meter_of_the_old_contract_is_refused_with_the_reason(
    hass: HomeAssistant, serve: Callable
) -> None:
    """Its version 1 took the PIN, and proved nothing."""
    host = await serve(IDENTITY | {"contract": 1}, version="v1")
    result = await start(hass, {"host": host, "pin": "12345678"})
    assert result["errors"] == {"base": "old_contract"}


async def test_a_meter_of_the_old_contract_that_was_set_up_is_told_of(
    hass: HomeAssistant, serve: Callable, entry: ConfigEntry
) -> None:
    """A bridge of before: it is not listened to, and the owner hears why."""
    host = await serve(IDENTITY | {"contract": 1}, version="v1")
    hass.config_entries.async_update_entry(entry, data={**entry.data, "host": host})
    await happens(hass, EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED)
    id_ = f"old_contract_{entry.entry_id}"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, id_)
    assert issue.translation_key == "old_contract"
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert ir.async_get(hass).async_get_issue(DOMAIN, id_) is None


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Amp Guard", "Amp Guard"),
        ("<b>Amp</b> **Guard**\x1b[31m\r\nnow", "b Amp b Guard 31m now"),
        ("[mend](http://evil.example/a)", "mend (http evil.example a)"),
        ("www.evil.example", "evil.example"),
        ("\u202eAmp", "Amp"),
        ("x" * 500, "x" * 40),
    ],
)
async def test_what_a_meter_says_of_itself_is_shown_as_plain_text(
    hass: HomeAssistant, serve: Callable, said: str, shown: str
) -> None:
    identity = IDENTITY | {"model": said, "firmware": said}
    result = await start(
        hass, {"host": await serve(identity, measurement()), "pin": "12345678"}
    )
    result = await go_on(
        hass,
        result,
        SET_UP_INPUT,
        groups_input(phases="1"),
        NO_CHARGERS,
        {"active": True},
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    assert result["title"] == f"{shown} {SERIAL}"
    assert result["data"]["firmware"] == shown
    await hass.async_block_till_done()


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
        measurement(phases={"l1": {"current": 200.1}}),
        measurement(phases={"l1": {"current": 1.0, "voltage": -1.0}}),
        '{"sequence": 1, "phases": {"l1": {"current": NaN}}}',
        '{"sequence": 1, "phases": {"l1": {"current": 1e999}}}',
        "[" * 10_000,
        web.json_response({"sequence": 1, "phases": {"l1": {"current": 1.0}}}),
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


async def test_of_two_set_ups_of_one_meter_the_first_to_end_is_kept(
    hass: HomeAssistant, meter_input: dict[str, str]
) -> None:
    first = await start(hass, meter_input)
    await start(hass, meter_input)
    result = await go_on(
        hass, first, SET_UP_INPUT, GROUPS_INPUT, NO_CHARGERS, {"active": True}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert not hass.config_entries.flow.async_progress()
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_a_meter_that_goes_during_set_up_is_sought_afterwards(
    hass: HomeAssistant, house: Property, meter_input: dict[str, str]
) -> None:
    result = await start(hass, meter_input)
    await house.meter.stop()
    result = await go_on(
        hass, result, SET_UP_INPUT, GROUPS_INPUT, NO_CHARGERS, {"active": True}
    )
    await hass.async_block_till_done()
    assert result["result"].state is ConfigEntryState.LOADED
    connectivity = entity_id(hass, "binary_sensor", SERIAL, "connectivity")
    assert hass.states.get(connectivity).state == "off"


async def test_a_set_up_that_is_given_up_leaves_nothing(
    hass: HomeAssistant, meter_input: dict[str, str]
) -> None:
    result = await start(hass, meter_input)
    result = await go_on(hass, result, SET_UP_INPUT, GROUPS_INPUT, NO_CHARGERS)
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done()

    assert not hass.config_entries.async_entries(DOMAIN)
    assert not hass.config_entries.flow.async_progress()
    assert not hass.states.async_entity_ids("sensor")
    # And it can be begun again at once.
    result = await start(hass, meter_input)
    assert result["step_id"] == "supply"


# --- later changes ------------------------------------------------------------------


async def start_reconfigure(hass: HomeAssistant, entry: ConfigEntry) -> dict:
    menu = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id},
    )
    return await go_on(hass, menu, "same_meter")


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


async def start_replacement(hass: HomeAssistant, entry: ConfigEntry) -> dict:
    menu = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id},
    )
    return await go_on(hass, menu, "another_meter")


async def test_another_meter_takes_the_place_and_all_below_stays(
    hass: HomeAssistant,
    entry: ConfigEntry,
    make_property: Callable,
    chargers: dict[str, PlainCharger],
) -> None:
    """Its device, its entities and what is recorded of them go on as well."""
    left = await add_charger(hass, entry, chargers["left"])
    current = entity_id(hass, "sensor", SERIAL, "current_l1")
    device = device_id(hass, entry, SERIAL)
    settings = AmpGuardSettings(serial_number="2210099999G")
    other = await make_property(settings)
    result = await start_replacement(hass, entry)
    assert "demonstration" not in result["menu_options"]
    result = await go_on(
        hass,
        result,
        "address",
        {"host": other.meter.address, "pin": settings.pin},
    )
    assert result["reason"] == "meter_replaced"
    await hass.async_block_till_done()
    assert (entry.unique_id, entry.title) == ("2210099999G", "Amp Guard 2210099999G")
    assert [charger.id for charger in entry.runtime_data.site.chargers] == [left]
    assert device_id(hass, entry, "2210099999G") == device
    assert entity_id(hass, "sensor", "2210099999G", "current_l1") == current
    other.draws(7.0, 8.0, 9.0)
    await becomes(hass, current, "7.0")
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_a_supply_without_a_meter_gets_one_and_loses_it_again(
    hass: HomeAssistant, meter_input: dict[str, str], house: Property
) -> None:
    result = await go_on(
        hass,
        await start_flow(hass),
        "no_meter",
        {},
        SET_UP_INPUT,
        GROUPS_INPUT,
        NO_CHARGERS,
        {"active": True},
    )
    await hass.async_block_till_done()
    entry = result["result"]
    result = await go_on(
        hass, await start_replacement(hass, entry), "address", meter_input
    )
    assert result["reason"] == "meter_replaced"
    await hass.async_block_till_done()
    assert entry.runtime_data.is_metered
    assert entry.data["variant"] == "home"

    result = await go_on(hass, await start_replacement(hass, entry), "no_meter", {})
    assert result["reason"] == "meter_replaced"
    await hass.async_block_till_done()
    assert not entry.runtime_data.is_metered
    assert "host" not in entry.data


async def test_a_meter_of_another_supply_is_not_taken(
    hass: HomeAssistant,
    entry: ConfigEntry,
    make_property: Callable,
    meter_input: dict[str, str],
) -> None:
    settings = AmpGuardSettings(serial_number="2210099999G")
    other = await make_property(settings)
    second = await add_meter(hass, {"host": other.meter.address, "pin": settings.pin})
    result = await go_on(
        hass, await start_replacement(hass, second), "address", meter_input
    )
    assert result["reason"] == "already_configured"
    assert second.unique_id == "2210099999G"


@pytest.mark.parametrize("again", [start_reconfigure, None])
async def test_a_meter_that_lost_a_sensor_is_not_taken(
    hass: HomeAssistant,
    entry: ConfigEntry,
    make_property: Callable,
    again: Callable | None,
) -> None:
    lame = await make_property(AmpGuardSettings(phases=(Phase.L1, Phase.L2)))
    lame_input = {"host": lame.meter.address, "pin": "12345678"}
    if again is None:
        result = await start(hass, lame_input)
    else:
        result = await go_on(hass, await again(hass, entry), lame_input)
    assert result["reason"] == "phases_not_measured"
    assert entry.data["measured_phases"] == "1,2,3"


async def test_a_meter_for_less_than_the_main_fuse_is_not_taken(
    hass: HomeAssistant, make_property: Callable
) -> None:
    public = await make_property(AmpGuardSettings(variant="public"))
    result = await go_on(
        hass,
        await start(hass, {"host": public.meter.address, "pin": "12345678"}),
        SET_UP_INPUT | {"supply_max_current": 125},
        GROUPS_INPUT,
        NO_CHARGERS,
        {"active": True},
    )
    await hass.async_block_till_done()
    home = await make_property()
    result = await go_on(
        hass,
        await start_reconfigure(hass, result["result"]),
        {"host": home.meter.address, "pin": "12345678"},
    )
    assert result["reason"] == "fuse_above_range"


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


async def test_a_meter_that_was_ignored_can_be_set_up_by_hand(
    hass: HomeAssistant, meter_input: dict[str, str]
) -> None:
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": SERIAL, "title": "Amp Guard"},
    )

    result = await start(hass, meter_input)

    assert result["step_id"] == "supply"
