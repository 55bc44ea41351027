"""A meter that is found is set up once, by its PIN, and followed where it goes."""

import asyncio
from collections.abc import Callable
from ipaddress import ip_address

from homeassistant.config_entries import SOURCE_DHCP, SOURCE_IGNORE, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import UnknownFlow
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
import pytest

from custom_components.amp_guard import repairs
from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.flows import discovery
from custom_components.amp_guard.loop import meter_address
from custom_components.amp_guard.model import PhaseValues
from simulator.devices.amp_guard import AmpGuard, AmpGuardSettings, Fault
from tests.integration.helpers import (
    GROUP_INPUT,
    GROUPS_INPUT,
    NO_CHARGERS,
    SERIAL,
    SET_UP_INPUT,
    SUPPLY_INPUT,
    go_on,
    happens,
    start_flow,
)
from tests.network import Neighbourhood

from .flow import announced, goes_on_to

METER = Neighbourhood.METER_HOST
PIN = {"pin": "12345678"}


@pytest.fixture(autouse=True)
def _in_the_home(
    unpack: Callable,  # what is unpacked stays until Home Assistant has stopped
    enable_custom_integrations: None,
) -> None:
    """Load the integration from this repository, in the home's network."""


@pytest.fixture
async def meter(unpack: Callable) -> AmpGuard:
    """A meter that is on the LAN."""
    device = await unpack()
    device.page.joined.set()
    await device.is_on_lan.wait()
    return device.meter


async def asked_for_an_address(hass: HomeAssistant, host: str = METER) -> dict:
    """Let Home Assistant hear of a meter by DHCP."""
    return await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_DHCP},
        data=DhcpServiceInfo(
            ip=host, hostname="amp-guard-2210012345g", macaddress="020000000001"
        ),
    )


async def set_up(hass: HomeAssistant, result: dict) -> ConfigEntry:
    """Go on from the PIN to the end."""
    result = await go_on(
        hass, result, PIN, SET_UP_INPUT, GROUPS_INPUT, NO_CHARGERS, {"active": True}
    )
    assert result["type"] == "create_entry", result
    await hass.async_block_till_done()
    return result["result"]


@pytest.mark.parametrize("found", [announced, asked_for_an_address])
async def test_only_the_pin_is_asked_for(
    hass: HomeAssistant, meter: AmpGuard, found: Callable
) -> None:
    result = await found(hass)
    assert result["step_id"] == "pin"
    assert result["description_placeholders"] == {
        "name": f"Amp Guard {SERIAL}",
        "host": METER,
    }
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["title_placeholders"] == {
        "name": f"Amp Guard {SERIAL} ({METER})",
        "host": METER,
    }

    result = await go_on(hass, result, {"pin": "87654321"})
    assert result["errors"] == {"base": "invalid_auth"}
    entry = await set_up(hass, result)
    assert (entry.unique_id, entry.data["host"]) == (SERIAL, METER)


async def test_found_twice_it_is_one(hass: HomeAssistant, meter: AmpGuard) -> None:
    result = await announced(hass)
    again = await asked_for_an_address(hass)
    assert (again["type"], again["reason"]) == ("abort", "already_in_progress")
    await set_up(hass, result)
    for found in (announced, asked_for_an_address):
        again = await found(hass)
        assert (again["type"], again["reason"]) == ("abort", "already_configured")
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_entered_by_hand_it_takes_the_place_of_the_discovered_one(
    hass: HomeAssistant, meter: AmpGuard
) -> None:
    await announced(hass)
    by_hand = await go_on(
        hass, await start_flow(hass), "address", {"host": METER} | PIN
    )
    assert by_hand["step_id"] == "supply"
    result = await go_on(
        hass, by_hand, SET_UP_INPUT, GROUPS_INPUT, NO_CHARGERS, {"active": True}
    )
    assert result["type"] == "create_entry"
    await hass.async_block_till_done()
    assert hass.config_entries.flow.async_progress() == []


async def test_of_two_flows_for_one_meter_the_first_that_ends_is_kept(
    hass: HomeAssistant, meter: AmpGuard
) -> None:
    first, second = [
        await go_on(hass, await start_flow(hass), "address", {"host": METER} | PIN)
        for _ in range(2)
    ]
    second = await go_on(hass, second, SUPPLY_INPUT)
    await go_on(hass, first, SET_UP_INPUT, GROUPS_INPUT, NO_CHARGERS, {"active": True})
    await hass.async_block_till_done()
    with pytest.raises(UnknownFlow):
        await go_on(hass, second, GROUP_INPUT)
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_it_is_followed_to_its_new_address(
    hass: HomeAssistant, network: Neighbourhood, meter: AmpGuard
) -> None:
    entry = await set_up(hass, await announced(hass))
    network.join_lan("192.168.77.21")
    moved = AmpGuard(meter.settings)
    await moved.serve(network.device.listen("192.168.77.21", 8080))

    # By cable and by Wi-Fi it has two: it is left where it answers.
    assert (await announced(hass, "192.168.77.21", 8080))["reason"] == (
        "already_configured"
    )
    assert entry.data["host"] == METER

    meter.fault = Fault.DROPPED
    assert (await announced(hass, "192.168.77.21", 8080))["reason"] == (
        "already_configured"
    )
    assert entry.data["host"] == "192.168.77.21:8080"
    assert entry.data["pin"] == PIN["pin"]
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(entry.entry_id)
    await moved.stop()


async def test_another_meter_at_its_old_address(
    hass: HomeAssistant, network: Neighbourhood, meter: AmpGuard
) -> None:
    entry = await set_up(hass, await announced(hass))
    network.join_lan("192.168.77.21")
    moved = AmpGuard(meter.settings)
    await moved.serve(network.device.listen("192.168.77.21"))
    meter.settings = AmpGuardSettings(serial_number="2299999999G")
    await asked_for_an_address(hass, "192.168.77.21")
    assert entry.data["host"] == "192.168.77.21"
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(entry.entry_id)
    await moved.stop()


async def somebody(
    network: Neighbourhood, host: str, settings: AmpGuardSettings, port: int = 80
) -> AmpGuard:
    """Have somebody say that he is a meter, and measure an empty house."""
    network.join_lan(host)
    other = AmpGuard(settings)
    await other.serve(network.device.listen(host, port))
    other.observe(PhaseValues(0.0, 0.0, 0.0), 1.0)
    return other


async def test_who_does_not_have_the_pin_is_not_followed(
    hass: HomeAssistant, network: Neighbourhood, meter: AmpGuard
) -> None:
    """A stranger announces the meter's serial number while the meter is off."""
    entry = await set_up(hass, await announced(hass))
    stranger = await somebody(
        network, "192.168.77.66", AmpGuardSettings(pin="00000000")
    )
    meter.fault = Fault.DROPPED
    for found in (announced, asked_for_an_address):
        assert (await found(hass, "192.168.77.66"))["reason"] == "already_configured"
    await hass.async_block_till_done()
    assert entry.data["host"] == METER
    issue = ir.async_get(hass).async_get_issue(
        DOMAIN, f"meter_unproved_{entry.entry_id}"
    )
    assert issue.translation_placeholders["host"] == "192.168.77.66"
    await hass.config_entries.async_unload(entry.entry_id)
    await stranger.stop()


async def test_a_new_address_is_told_and_taken_back(
    hass: HomeAssistant,
    network: Neighbourhood,
    meter: AmpGuard,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever is there has the PIN; but who was there first is believed."""
    monkeypatch.setattr(meter_address, "ASK_INTERVAL", 0.1)
    entry = await set_up(hass, await announced(hass))
    other = await somebody(network, "192.168.77.66", meter.settings)
    meter.fault = Fault.DROPPED
    await announced(hass, "192.168.77.66")
    await hass.async_block_till_done()
    issues = ir.async_get(hass)
    assert entry.data["host"] == "192.168.77.66"
    assert issues.async_get_issue(DOMAIN, f"meter_moved_{entry.entry_id}")

    meter.fault = None
    await happens(hass, ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED)
    await hass.async_block_till_done()
    assert entry.data["host"] == METER
    assert entry.data["former_host"] is None
    assert not issues.async_get_issue(DOMAIN, f"meter_moved_{entry.entry_id}")
    await hass.config_entries.async_unload(entry.entry_id)
    await other.stop()


async def test_a_new_address_can_be_confirmed(
    hass: HomeAssistant, network: Neighbourhood, meter: AmpGuard
) -> None:
    entry = await set_up(hass, await announced(hass))
    other = await somebody(network, "192.168.77.66", meter.settings)
    meter.fault = Fault.DROPPED
    await announced(hass, "192.168.77.66")
    await hass.async_block_till_done()
    id_ = f"meter_moved_{entry.entry_id}"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, id_)
    flow = await repairs.async_create_fix_flow(hass, id_, issue.data)
    flow.hass, flow.issue_id, flow.data = hass, id_, issue.data
    await flow.async_step_confirm({})
    await hass.async_block_till_done()
    assert entry.data["former_host"] is None
    assert entry.data["host"] == "192.168.77.66"
    assert not ir.async_get(hass).async_get_issue(DOMAIN, id_)
    await hass.config_entries.async_unload(entry.entry_id)
    await other.stop()


async def test_each_that_says_it_is_the_meter_is_shown(
    hass: HomeAssistant, network: Neighbourhood, meter: AmpGuard
) -> None:
    """A stranger who is quicker does not keep the meter from being added."""
    stranger = await somebody(
        network, "192.168.77.66", AmpGuardSettings(pin="00000000")
    )
    first = await announced(hass, "192.168.77.66")
    second = await announced(hass)
    assert [each["step_id"] for each in (first, second)] == ["pin", "pin"]
    names = [
        flow["context"]["title_placeholders"]["name"]
        for flow in hass.config_entries.flow.async_progress()
    ]
    assert names == [
        f"Amp Guard {SERIAL} (192.168.77.66)",
        f"Amp Guard {SERIAL} ({METER})",
    ]
    first = await go_on(hass, first, PIN)
    assert first["errors"] == {"base": "invalid_auth"}
    entry = await set_up(hass, second)
    assert entry.data["host"] == METER
    assert hass.config_entries.flow.async_progress() == []
    await stranger.stop()


async def test_of_one_box_a_few_are_shown_at_a_time(
    hass: HomeAssistant, network: Neighbourhood, meter: AmpGuard
) -> None:
    """A box that says that it is a hundred meters does not fill the page."""
    results = []
    for number in range(10):
        meter.settings = AmpGuardSettings(serial_number=f"22000000{number:02}G")
        results.append(await announced(hass))
    assert [each.get("reason") for each in results] == [None] * 2 + ["too_many"] * 8
    assert len(hass.config_entries.flow.async_progress()) == 2

    # Many boxes do not either; all at once.
    network.join_lan("192.168.77.66")
    boxes = [
        await somebody(
            network, f"192.168.77.{n}", AmpGuardSettings(serial_number=f"{n}G")
        )
        for n in range(100, 110)
    ]
    await asyncio.gather(*(announced(hass, f"192.168.77.{n}") for n in range(100, 110)))
    assert len(hass.config_entries.flow.async_progress()) == 6
    for box in boxes:
        await box.stop()


async def test_an_ignored_meter_stays_ignored(
    hass: HomeAssistant, meter: AmpGuard
) -> None:
    await announced(hass)
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": SERIAL, "title": "Amp Guard"},
    )
    await hass.async_block_till_done()
    assert (await announced(hass))["reason"] == "already_configured"
    (ignored,) = hass.config_entries.async_entries(DOMAIN)
    assert dict(ignored.data) == {}


async def test_what_is_found_is_no_meter(hass: HomeAssistant, meter: AmpGuard) -> None:
    meter.fault = Fault.RUBBISH
    assert (await asked_for_an_address(hass))["reason"] == "cannot_connect"


async def test_on_its_own_wifi_it_is_not_found_yet(
    hass: HomeAssistant, network: Neighbourhood
) -> None:
    result = await announced(hass, "192.168.251.1")
    assert result["reason"] == "on_its_own_wifi"


@pytest.mark.parametrize(
    ("address", "port", "host"),
    [
        ("192.168.1.20", 80, "192.168.1.20"),
        ("192.168.1.20", 8080, "192.168.1.20:8080"),
        ("fd00::20", 80, "[fd00::20]"),
        ("fd00::20", 8080, "[fd00::20]:8080"),
    ],
)
def test_an_address_as_it_is_typed(address: str, port: int, host: str) -> None:
    assert discovery._host(ip_address(address), port) == host


# --- the search -----------------------------------------------------------------------


async def search(hass: HomeAssistant, step: str) -> dict:
    result = await go_on(hass, await start_flow(hass), "found")
    assert (result["type"], result["progress_action"]) == ("progress", "search")
    return await goes_on_to(hass, result["flow_id"], step)


async def test_a_meter_is_found_by_model_and_serial_number(
    hass: HomeAssistant, meter: AmpGuard
) -> None:
    result = await search(hass, "choose")
    host = result["data_schema"].schema["host"]
    assert host.config["options"] == [
        {"value": METER, "label": f"Amp Guard {SERIAL} (Home, {METER})"}
    ]
    result = await go_on(hass, result, {"host": METER, "pin": "87654321"})
    assert (result["step_id"], result["errors"]) == ("choose", {"base": "invalid_auth"})
    result = await go_on(hass, result, {"host": METER} | PIN)
    assert result["step_id"] == "supply"


async def test_what_is_set_up_is_not_listed(
    hass: HomeAssistant, meter: AmpGuard
) -> None:
    await set_up(hass, await announced(hass))
    await search(hass, "nothing_found")


async def test_nothing_is_found_at_first(
    hass: HomeAssistant, network: Neighbourhood, unpack: Callable
) -> None:
    result = await search(hass, "nothing_found")
    assert result["menu_options"] == [
        "found",
        "address",
        "wifi",
        "sensors",
        "open_reporter",
    ]
    device = await unpack()
    device.page.joined.set()
    await device.is_on_lan.wait()
    result = await go_on(hass, result, "found")
    await goes_on_to(hass, result["flow_id"], "choose")
