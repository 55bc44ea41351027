"""From the box to balanced chargers: a real Home Assistant on the home's network.

The device is in a network of its own, at the very address of its page, and makes itself
known by real mDNS and DHCP. The flow goes by Home Assistant's own HTTP interface.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
import json
from pathlib import Path

import pytest
import pytest_socket

from demo.browser import LOOK_INTERVAL, Browser, Flow
from demo.home_assistant import HomeAssistant
from simulator.devices.amp_guard import AmpGuardSettings
from simulator.devices.amp_guard_page import Layout, PageSettings
from tests.network import Neighbourhood
from tests.new_amp_guard import NewAmpGuard

from .conftest import OWNER

SERIAL = "2210012345G"
PIN = "57203918"
WIFI_PASSWORD = "kanelbulle & 7+1"
MOVED_TO = "192.168.77.21"
PATIENCE = 60
"""s. A found meter takes a few; this ends what never comes."""
NETWORK = """
zeroconf:
dhcp:
diagnostics:
logger:
  default: debug
"""


@pytest.fixture
def network(socket_enabled: None) -> Iterator[Neighbourhood]:
    """Have the test, and the Home Assistant that it starts, in the home's network."""
    pytest_socket.socket_allow_hosts(
        ["127.0.0.0/8", "192.168.0.0/16"], allow_unix_socket=True
    )
    network = Neighbourhood()
    with network.home.entered():
        yield network
    network.close()


@pytest.fixture
async def home_assistant(
    network: Neighbourhood, tmp_path: Path
) -> AsyncGenerator[HomeAssistant]:
    """A Home Assistant that hears what is said on the network."""
    home_assistant = HomeAssistant(tmp_path / "config", port=8123, more=NETWORK)
    await home_assistant.start()
    yield home_assistant
    await home_assistant.stop()


@pytest.fixture
async def browser(home_assistant: HomeAssistant) -> AsyncGenerator[Browser]:
    async with Browser(home_assistant.url) as browser:
        await browser.welcome(OWNER)
        yield browser


@pytest.fixture
async def unpack(network: Neighbourhood) -> AsyncGenerator:
    """Return a function that switches a new Amp Guard on."""
    devices = []

    async def unpack(layout: Layout = Layout.ENGLISH, **known_by: bool) -> NewAmpGuard:
        networks = {"Neighbour": "another one", "Home": WIFI_PASSWORD}
        device = NewAmpGuard(
            network,
            PageSettings(layout=layout, pin=PIN, networks=networks),
            AmpGuardSettings(pin=PIN),
            **known_by,
        )
        devices.append(device)
        await device.start()
        return device

    yield unpack
    for device in devices:
        await device.stop()


async def finish(flow: Flow) -> None:
    """Go on from the main fuse to the end."""
    await flow.fill_in(supply_max_current=25)
    await flow.fill_in()
    await flow.fill_in(active=True)
    assert flow.created["result"]["entry_id"]


async def connectivity_becomes(browser: Browser, expected: str) -> None:
    """Wait until it is seen whether measurements arrive."""
    async with asyncio.timeout(PATIENCE):
        while True:
            for state in await browser.command("get_states"):
                is_it = state["entity_id"].endswith("_connectivity")
                if is_it and state["state"] == expected:
                    return
            await asyncio.sleep(LOOK_INTERVAL)


async def entries(browser: Browser) -> list[dict]:
    return await browser.command("config_entries/get", domain="amp_guard")


def keepers(folder: Path, secret: str) -> set[str]:
    """Return the files that hold a secret, as it is or as it is written in JSON."""
    return {
        path.name
        for path in folder.rglob("*")
        if path.is_file() and secret.encode() in path.read_bytes()
    }


@pytest.mark.parametrize("layout", Layout)
async def test_put_on_the_wifi(
    home_assistant: HomeAssistant,
    browser: Browser,
    unpack: Callable,
    tmp_path: Path,
    layout: Layout,
) -> None:
    await unpack(layout, mdns=True)
    flow = await browser.add_integration("amp_guard")
    await flow.choose("wifi")
    await flow.fill_in(serial_number=SERIAL, pin=PIN)
    await flow.fill_in(network_name="Home", password=WIFI_PASSWORD)
    async with asyncio.timeout(PATIENCE):
        await flow.goes_on()
    await finish(flow)
    await connectivity_becomes(browser, "on")

    # What was announced while it was awaited makes no second one.
    assert len(await entries(browser)) == 1
    assert await browser.command("config_entries/flow/progress") == []

    shown = json.dumps(
        [await browser.diagnostics("amp_guard"), await browser.command("get_states")]
    )
    assert PIN not in shown
    assert WIFI_PASSWORD not in shown
    await home_assistant.stop()
    assert keepers(tmp_path, SERIAL) >= {"core.config_entries", "console.log"}
    assert keepers(tmp_path, PIN) == {"core.config_entries"}
    assert keepers(tmp_path, WIFI_PASSWORD) == set()


async def test_shown_on_a_phone(
    browser: Browser, network: Neighbourhood, unpack: Callable
) -> None:
    device = await unpack(mdns=True)
    network.leave_wifi()
    flow = await browser.add_integration("amp_guard")
    await flow.choose("wifi")
    await flow.fill_in(serial_number=SERIAL, pin=PIN)
    await flow.fill_in(network_name="Home", password=WIFI_PASSWORD)
    await flow.fill_in()
    device.page.joined.set()  # by the phone
    async with asyncio.timeout(PATIENCE):
        await flow.goes_on()
    await finish(flow)
    await connectivity_becomes(browser, "on")


@pytest.mark.parametrize("known_by", ["mdns", "dhcp"])
async def test_found_by_itself_and_followed(
    browser: Browser, unpack: Callable, known_by: str
) -> None:
    device = await unpack(**{known_by: True})
    device.page.joined.set()
    async with asyncio.timeout(PATIENCE):
        flow = await browser.discovered("amp_guard")
    await flow.fill_in(pin=PIN)
    await finish(flow)
    await connectivity_becomes(browser, "on")

    await device.move(MOVED_TO)
    async with asyncio.timeout(PATIENCE):
        await device.meter.is_followed.wait()
    await connectivity_becomes(browser, "on")
    assert len(await entries(browser)) == 1


async def test_found_by_a_search(browser: Browser, unpack: Callable) -> None:
    device = await unpack()
    device.page.joined.set()
    await device.is_on_lan.wait()
    flow = await browser.add_integration("amp_guard")
    await flow.choose("found")
    await flow.goes_on()
    [(host, name)] = flow.options("host").items()
    assert name == f"Amp Guard {SERIAL} (Home, {host})"
    await flow.fill_in(host=host, pin=PIN)
    await finish(flow)
    await connectivity_becomes(browser, "on")
