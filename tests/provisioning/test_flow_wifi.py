"""A new meter is put on the Wi-Fi in the flow, and the flow goes on by itself."""

import asyncio
from collections.abc import Callable

from homeassistant.core import HomeAssistant
import pytest

from custom_components.amp_guard.flows import wifi
from custom_components.amp_guard.model import PhaseValues
from simulator.devices.amp_guard import AmpGuard, AmpGuardSettings
from simulator.devices.amp_guard_page import Layout, PageFault, PageSettings
from tests.clock import Clock
from tests.integration.helpers import (
    GROUPS_INPUT,
    NO_CHARGERS,
    PATIENCE,
    SERIAL,
    SET_UP_INPUT,
    go_on,
    start_flow,
)
from tests.network import Neighbourhood

from .flow import announced, goes_on_to

NEW_METER = {"serial_number": "2210012345G", "pin": "12345678"}
HOME_WIFI = {"network_name": "Home", "password": "correct horse"}


@pytest.fixture(autouse=True)
def _in_the_home(
    unpack: Callable,  # what is unpacked stays until Home Assistant has stopped
    enable_custom_integrations: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Load the integration in the home's network, where nobody hears mDNS or DHCP."""
    monkeypatch.setattr(wifi, "SEARCH_INTERVAL", 0.1)


async def start(hass: HomeAssistant, *inputs: dict) -> dict:
    return await go_on(hass, await start_flow(hass), "wifi", *inputs)


def errors(result: dict) -> tuple[str, dict]:
    return result["step_id"], result["errors"]


@pytest.mark.parametrize("layout", Layout)
async def test_from_the_serial_number_to_the_main_fuse(
    hass: HomeAssistant, unpack: Callable, layout: Layout
) -> None:
    await unpack(PageSettings(layout=layout))
    result = await start(hass, NEW_METER)
    assert result["step_id"] == "wifi_network"
    shown = result["description_placeholders"]
    assert shown["device_network"] == "Amp Guard_2210012345G"
    assert shown["pin"] == "12345678"

    result = await go_on(hass, result, HOME_WIFI)
    assert (result["type"], result["progress_action"]) == ("progress", "wifi_wait")
    await goes_on_to(hass, result["flow_id"], "supply")


async def test_the_networks_that_the_device_sees_are_offered(
    hass: HomeAssistant, unpack: Callable
) -> None:
    await unpack()
    result = await start(hass, NEW_METER)
    selector = result["data_schema"].schema["network_name"]
    assert selector.config["options"] == ["Neighbour", "Home"]
    assert selector.config["custom_value"]


async def test_a_form_that_is_opened_again_is_the_same(
    hass: HomeAssistant, unpack: Callable
) -> None:
    """A page that is reloaded asks for its form without an answer."""
    await unpack()
    result = await start(hass, NEW_METER)

    again = await hass.config_entries.flow.async_configure(result["flow_id"])

    assert (again["step_id"], again["errors"]) == ("wifi_network", result["errors"])


@pytest.mark.parametrize(
    ("mistake", "error"),
    [
        ({"serial_number": "12345"}, {"serial_number": "invalid_serial_number"}),
        ({"pin": "1234"}, {"pin": "invalid_pin"}),
        ({"serial_number": "2299999999G"}, {"serial_number": "another_device"}),
    ],
)
async def test_a_mistake_about_the_meter(
    hass: HomeAssistant, unpack: Callable, mistake: dict, error: dict
) -> None:
    await unpack()
    result = await start(hass, NEW_METER | mistake)
    assert errors(result) == ("wifi", error)
    result = await go_on(hass, result, NEW_METER)
    assert result["step_id"] == "wifi_network"


@pytest.mark.parametrize(
    ("mistake", "error"),
    [
        ({"network_name": "Hem på ön"}, {"network_name": "network_name_characters"}),
        ({"network_name": "x" * 31}, {"network_name": "network_name_too_long"}),
        ({"network_name": "Nowhere"}, {"network_name": "network_not_listed"}),
        ({"password": "x" * 31}, {"password": "wifi_password_too_long"}),
        ({"password": "smörgås"}, {"password": "wifi_password_characters"}),
        ({"password": "short"}, {"password": "wifi_password_too_short"}),
    ],
)
async def test_a_mistake_about_the_network(
    hass: HomeAssistant, unpack: Callable, mistake: dict, error: dict
) -> None:
    device = await unpack()
    result = await start(hass, NEW_METER, HOME_WIFI | mistake)
    assert errors(result) == ("wifi_network", error)
    assert device.page.submitted == []
    result = await go_on(hass, result, HOME_WIFI)
    assert result["step_id"] == "wifi_wait"


@pytest.mark.parametrize("layout", Layout)
async def test_a_wrong_pin_is_mended_where_it_was_entered(
    hass: HomeAssistant, unpack: Callable, layout: Layout
) -> None:
    await unpack(PageSettings(layout=layout))
    result = await start(hass, NEW_METER | {"pin": "87654321"}, HOME_WIFI)
    assert errors(result) == ("wifi", {"pin": "pin_refused"})
    assert "PIN" in result["description_placeholders"]["message"]
    result = await go_on(hass, result, NEW_METER, HOME_WIFI)
    await goes_on_to(hass, result["flow_id"], "supply")


async def test_a_serial_number_that_the_device_refuses(
    hass: HomeAssistant, unpack: Callable
) -> None:
    await unpack(PageSettings(layout=Layout.SWEDISH))
    result = await start(hass, NEW_METER | {"serial_number": "2299999999G"}, HOME_WIFI)
    assert errors(result) == ("wifi", {"serial_number": "serial_number_refused"})


async def test_any_other_refusal(hass: HomeAssistant, unpack: Callable) -> None:
    device = await unpack()
    result = await start(hass, NEW_METER)
    device.page.refusal = "The signal is too weak: failed."
    result = await go_on(hass, result, HOME_WIFI)
    assert errors(result) == ("wifi_network", {"base": "wifi_refused"})
    message = result["description_placeholders"]["message"]
    assert message == "The signal is too weak: failed."


async def test_a_refusal_is_shown_as_plain_text(
    hass: HomeAssistant, unpack: Callable
) -> None:
    device = await unpack()
    result = await start(hass, NEW_METER)
    device.page.refusal = "Error: <b> see [here](http://evil.example) **now**"
    result = await go_on(hass, result, HOME_WIFI)
    message = result["description_placeholders"]["message"]
    assert message == "Error: b see here( evil.example) now"


async def test_another_device_takes_its_place(
    hass: HomeAssistant, unpack: Callable
) -> None:
    device = await unpack()
    result = await start(hass, NEW_METER)
    device.page.settings = PageSettings(serial_number="2299999999G")
    result = await go_on(hass, result, HOME_WIFI)
    assert errors(result) == ("wifi", {"serial_number": "another_device"})


async def test_without_a_reply_the_meter_is_awaited(
    hass: HomeAssistant, unpack: Callable
) -> None:
    device = await unpack()
    device.page.fault = PageFault.DROPS_WHEN_SUBMITTED
    result = await start(hass, NEW_METER, HOME_WIFI)
    await goes_on_to(hass, result["flow_id"], "supply")


# --- by phone -------------------------------------------------------------------------


async def test_out_of_reach_it_is_done_on_a_phone(
    hass: HomeAssistant, network: Neighbourhood, unpack: Callable
) -> None:
    network.leave_wifi()
    device = await unpack()
    result = await start(hass, NEW_METER, HOME_WIFI)
    assert errors(result) == ("wifi_phone", {})
    assert result["description_placeholders"] == {
        "device_network": "Amp Guard_2210012345G",
        "pin": "12345678",
        "page": "192.168.251.1",
        "network_name": "Home",
    }
    result = await go_on(hass, result, {})
    assert result["step_id"] == "wifi_wait"
    device.page.joined.set()
    await goes_on_to(hass, result["flow_id"], "supply")


@pytest.mark.parametrize(
    ("page", "error"),
    [
        ("<form><input name=ssid><input name=password></form>", "not_the_device"),
        ("<h1>Amp Guard</h1>", "form_not_found"),
    ],
)
async def test_a_page_that_is_not_understood(
    hass: HomeAssistant, unpack: Callable, page: str, error: str
) -> None:
    device = await unpack()
    device.page.replacement = page
    result = await start(hass, NEW_METER, HOME_WIFI)
    assert errors(result) == ("wifi_phone", {"base": error})
    assert device.page.submitted == []


# --- the meter appears ----------------------------------------------------------------


async def test_it_does_not_appear(
    hass: HomeAssistant, network: Neighbourhood, unpack: Callable, clock: Clock
) -> None:
    await unpack()
    wrong = HOME_WIFI | {"password": "not the one"}
    result = await start(hass, NEW_METER, wrong)
    clock.advance(wifi.WAIT)
    result = await goes_on_to(hass, result["flow_id"], "wifi_not_found")
    assert result["menu_options"] == ["wifi_wait", "wifi", "address"]

    result = await go_on(hass, result, "wifi_wait")
    assert result["type"] == "progress"
    clock.advance(wifi.WAIT)
    result = await goes_on_to(hass, result["flow_id"], "wifi_not_found")

    result = await go_on(hass, result, "wifi", NEW_METER, HOME_WIFI)
    await goes_on_to(hass, result["flow_id"], "supply")


async def test_another_meter_is_not_taken_for_it(
    hass: HomeAssistant, network: Neighbourhood, unpack: Callable, clock: Clock
) -> None:
    device = await unpack(meter=AmpGuardSettings(serial_number="2299999999G"))
    result = await start(hass, NEW_METER, HOME_WIFI)
    device.page.joined.set()
    await device.is_on_lan.wait()
    other = await announced(hass)
    assert other["step_id"] == "pin"
    clock.advance(wifi.WAIT)
    await goes_on_to(hass, result["flow_id"], "wifi_not_found")


async def test_it_announces_itself(
    hass: HomeAssistant, unpack: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wifi, "SEARCH_INTERVAL", wifi.WAIT)
    device = await unpack()
    result = await start(hass, NEW_METER, HOME_WIFI)
    await device.is_on_lan.wait()
    again = await announced(hass)
    assert (again["type"], again["reason"]) == ("abort", "already_in_progress")
    await goes_on_to(hass, result["flow_id"], "supply")


async def test_its_pin_is_not_the_one_of_the_page(
    hass: HomeAssistant, unpack: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wifi, "OTHERS_WITHIN", 0.1)
    await unpack(meter=AmpGuardSettings(pin="11112222"))
    result = await start(hass, NEW_METER, HOME_WIFI)
    result = await goes_on_to(hass, result["flow_id"], "pin")
    assert result["errors"] == {"base": "invalid_auth"}
    result = await go_on(hass, result, {"pin": "11112222"})
    assert result["step_id"] == "supply"


async def stranger(network: Neighbourhood, host: str) -> AmpGuard:
    """Somebody on the network who says that he is the meter, without its PIN."""
    network.join_lan(host)
    other = AmpGuard(AmpGuardSettings(pin="00000000"))
    await other.serve(network.device.listen(host))
    other.observe(PhaseValues(0.0, 0.0, 0.0), 1.0)
    return other


async def test_who_comes_first_need_not_be_the_meter(
    hass: HomeAssistant, network: Neighbourhood, unpack: Callable
) -> None:
    """Its serial number is in the name of its Wi-Fi, for all to see."""
    device = await unpack()
    other = await stranger(network, "192.168.77.26")
    result = await start(hass, NEW_METER, HOME_WIFI)
    again = await announced(hass, "192.168.77.26")
    assert (again["type"], again["reason"]) == ("abort", "already_in_progress")
    result = await goes_on_to(hass, result["flow_id"], "supply")
    await go_on(hass, result, SET_UP_INPUT, GROUPS_INPUT, NO_CHARGERS, {"active": True})
    await hass.async_block_till_done()
    (entry,) = hass.config_entries.async_entries("amp_guard")
    assert entry.data["host"] == network.METER_HOST
    assert device.is_on_lan.is_set()
    await hass.config_entries.async_unload(entry.entry_id)
    await other.stop()


async def test_all_who_do_not_prove_that_they_are_the_meter_are_shown(
    hass: HomeAssistant,
    network: Neighbourhood,
    unpack: Callable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wifi, "OTHERS_WITHIN", 3.0)
    await unpack(meter=AmpGuardSettings(pin="11112222"))
    other = await stranger(network, "192.168.77.26")
    result = await start(hass, NEW_METER, HOME_WIFI)
    result = await goes_on_to(hass, result["flow_id"], "choose")
    assert result["errors"] == {"base": "invalid_auth"}
    options = result["data_schema"].schema["host"].config["options"]
    assert {option["value"] for option in options} == {
        "192.168.77.26",
        network.METER_HOST,
    }
    result = await go_on(hass, result, {"host": network.METER_HOST, "pin": "11112222"})
    assert result["step_id"] == "supply"
    await other.stop()


async def test_it_is_awaited_until_it_measures(
    hass: HomeAssistant, unpack: Callable
) -> None:
    await unpack(warm_up=3.0)
    result = await start(hass, NEW_METER, HOME_WIFI)
    await goes_on_to(hass, result["flow_id"], "supply")


async def test_a_flow_that_is_closed_waits_no_more(
    hass: HomeAssistant, unpack: Callable
) -> None:
    await unpack()
    wrong = HOME_WIFI | {"password": "not the one"}
    result = await start(hass, NEW_METER, wrong)
    (waiting,) = (
        task for task in asyncio.all_tasks() if task.get_name() == f"Wait for {SERIAL}"
    )
    hass.config_entries.flow.async_abort(result["flow_id"])
    async with asyncio.timeout(PATIENCE):
        await asyncio.wait([waiting])
    assert waiting.cancelled()
    assert not hass.config_entries.async_entries("amp_guard")
